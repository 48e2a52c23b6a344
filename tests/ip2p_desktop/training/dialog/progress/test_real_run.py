"""The page beside the real trainer: pictures come, and go on when the run is trained further."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.training_steps import kill_trainer
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.paths import starter_model, trainer_program
from ip2p_desktop.training.dialog.progress.progress_page import ProgressPage
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingPlan
from ip2p_desktop.training.runs.training_session import TrainingSession

PAIRS = Path(__file__).resolve().parents[4] / "assets" / "pairs"
TIMEOUT = 900_000
"""Milliseconds; on a busy machine importing torch alone has taken four minutes."""
LEFT = Qt.MouseButton.LeftButton
SMALL = (
    "data.resolution=64",
    "model.micro_batch_size=1",
    "data.replay.pairs=0",
    "trainer.val_check_interval=2",
    "validation.edits=2",
)


@pytest.fixture
def real_session(qtbot: QtBot) -> Iterator[TrainingSession]:
    session = TrainingSession(program=trainer_program())
    yield session
    kill_trainer(session)
    session.shut_down()


def steps_of_curve(page: ProgressPage) -> list[int]:
    plot = page.curve.plot
    return [point.step for point in plot.line] if plot is not None else []


@pytest.mark.slow
def test_pictures_and_curve_of_a_run_that_is_trained_further(
    qtbot: QtBot, real_session: TrainingSession, tmp_path: Path
) -> None:
    session = real_session
    pairs = Path(shutil.copytree(PAIRS, tmp_path / "pairs"))
    page = ProgressPage(session)
    qtbot.addWidget(page)
    page.resize(720, 640)
    page.show()
    session.start(
        TrainingPlan(
            dataset=pairs,
            base_model=starter_model(),
            base_model_name="Starter",
            name="Negative",
            steps=4,
            settings=SMALL,
        )
    )
    qtbot.waitUntil(lambda: session.phase in (TrainingPhase.DONE, TrainingPhase.FAILED), timeout=TIMEOUT)
    assert session.failure is None
    previews = page.previews
    qtbot.waitUntil(lambda: previews.before.image is not None and previews.now.image is not None)
    assert previews.instruction.text() == "“make it a photographic negative”"
    assert previews.timeline.steps[-1] == 4
    assert previews.before.image is not None
    assert previews.now.image is not None
    assert previews.before.image.size() == previews.now.image.size()
    # fast steps are not all in the file of events, but the last one is
    qtbot.waitUntil(lambda: steps_of_curve(page)[-1:] == [4])
    before = steps_of_curve(page)
    assert before[0] == 1

    phases: list[TrainingPhase] = []
    session.phase_changed.connect(phases.append)
    qtbot.mouseClick(page.row.further_button, LEFT)
    page.row.steps_question.steps.setValue(2)
    qtbot.mouseClick(page.row.steps_question.confirm, LEFT)
    ends = {TrainingPhase.DONE, TrainingPhase.FAILED}
    qtbot.waitUntil(lambda: bool(ends & set(phases)), timeout=TIMEOUT)
    assert phases[0] == TrainingPhase.PREPARING
    assert session.failure is None
    qtbot.waitUntil(lambda: previews.timeline.steps[-1] == 6)
    assert previews.slider.is_following
    qtbot.waitUntil(lambda: steps_of_curve(page)[-1:] == [6])
    assert steps_of_curve(page)[: len(before)] == before, "the curve goes on"
    page.shut_down()
