"""Eight pairs taught with the real trainer through the real dialog: stopped, continued, listed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.training_steps import kill_trainer
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.library import list_models, read_model_card
from ip2p_desktop.base.paths import models_folder, runs_folder, starter_model, trainer_program
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.run_list import RunState, find_runs
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_session import TrainingSession

PAIRS = Path(__file__).resolve().parent.parent / "assets" / "pairs"
SMALL = ["model.micro_batch_size=1"]
STEPS = 12
TIMEOUT = 300_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[TrainingDialog]:
    session = TrainingSession(program=[*trainer_program(), *SMALL])
    dialog = TrainingDialog([read_model_card(starter_model())], session=session)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    kill_trainer(dialog.session)
    dialog.shut_down()


def start(qtbot: QtBot, dialog: TrainingDialog, folder: Path) -> None:
    dialog.choose_folder(folder)
    qtbot.waitUntil(lambda: dialog.examples_page.next_button.isEnabled())
    qtbot.mouseClick(dialog.examples_page.next_button, LEFT)
    dialog.plan_page.form.name_box.setText("Negative: #1 “é”")
    dialog.plan_page.length.steps = STEPS
    qtbot.mouseClick(dialog.plan_page.start_button, LEFT)


def test_pairs_are_taught_with_a_pause_and_listed(
    qtbot: QtBot, dialog: TrainingDialog, tmp_path: Path
) -> None:
    pairs = Path(shutil.copytree(PAIRS, tmp_path / "my pairs, [new]: é"))
    session, page = dialog.session, dialog.progress_page
    start(qtbot, dialog, pairs)
    qtbot.waitUntil(lambda: session.progress.step >= 1, timeout=TIMEOUT)
    qtbot.mouseClick(page.stop_button, LEFT)
    qtbot.waitUntil(lambda: not session.is_running(), timeout=TIMEOUT)
    assert session.failure is None
    assert page.sentence.text().startswith("Stopped after step ")
    assert session.run is not None
    stopped_at = session.run.step
    assert 1 <= stopped_at < STEPS
    assert session.result is not None
    assert session.result.step == stopped_at
    (summary,) = find_runs(runs_folder(), session.run.folder)
    assert (summary.state, summary.step) == (RunState.READY, stopped_at)

    qtbot.mouseClick(page.resume_button, LEFT)
    qtbot.waitUntil(lambda: not session.is_running(), timeout=TIMEOUT)
    assert session.phase == TrainingPhase.DONE
    assert page.sentence.text() == "All steps are done."
    steps = [point.step for point in session.progress.losses]
    assert steps == sorted(set(steps)), "each step is there once, although the run has two processes"
    assert (steps[0], steps[-1]) == (1, STEPS)
    assert list_models(models_folder()) == []
    qtbot.mouseClick(page.result_button, LEFT)
    qtbot.mouseClick(dialog.result_page.keep_button, LEFT)
    qtbot.waitUntil(lambda: session.model is not None, timeout=TIMEOUT)
    (card,) = list_models(models_folder())
    kept = read_model_card(starter_model()).suggestions
    assert card.suggestions == ("make it a photographic negative", *kept)
    assert list(runs_folder().iterdir()) == []
    with qtbot.waitSignal(dialog.model_trained) as blocker:
        qtbot.mouseClick(page.use_button, LEFT)
    assert blocker.args == [card.path]


def test_what_the_trainer_refuses_is_told_in_words(
    qtbot: QtBot, dialog: TrainingDialog, tmp_path: Path
) -> None:
    pairs = Path(shutil.copytree(PAIRS, tmp_path / "pairs"))
    dialog.choose_folder(pairs)
    qtbot.waitUntil(lambda: dialog.examples_page.next_button.isEnabled())
    shutil.rmtree(pairs)
    qtbot.mouseClick(dialog.examples_page.next_button, LEFT)
    qtbot.mouseClick(dialog.plan_page.start_button, LEFT)
    qtbot.waitUntil(lambda: not dialog.session.is_running(), timeout=TIMEOUT)
    assert dialog.session.phase == TrainingPhase.FAILED
    assert "is not a folder" in dialog.progress_page.notice.message.text()
