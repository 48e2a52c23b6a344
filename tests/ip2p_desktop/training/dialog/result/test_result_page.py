"""The page of a result: its model is kept, with or without its run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fakes.training_steps import TIMEOUT, button, press, reaches, start
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.paths import models_folder, runs_folder
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.run_list import RunState, find_runs
from ip2p_desktop.training.runs.training_phase import TrainingPhase

MakeDialog = Callable[..., TrainingDialog]


def test_a_model_that_cannot_be_kept_is_explained_and_kept_later(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog("train")
    start(qtbot, dialog, pairs)
    reaches(qtbot, dialog, TrainingPhase.DONE)
    models_folder().write_text("in the way")
    press(qtbot, dialog, "show_result")
    press(qtbot, dialog, "keep_model")
    page = dialog.result_page
    qtbot.waitUntil(page.notice.isVisible, timeout=TIMEOUT)
    assert "cannot be written" in page.notice.message.text()
    models_folder().unlink()
    press(qtbot, dialog, "keep_model")
    qtbot.waitUntil(lambda: button(dialog, "use").isVisible(), timeout=TIMEOUT)
    assert not page.notice.isVisible()


def test_a_run_can_be_kept_with_its_model(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog("train")
    start(qtbot, dialog, pairs)
    reaches(qtbot, dialog, TrainingPhase.DONE)
    press(qtbot, dialog, "show_result")
    assert not dialog.result_page.keep_run_box.isChecked(), "by default only the model stays"
    dialog.result_page.keep_run_box.setChecked(True)
    press(qtbot, dialog, "keep_model")
    qtbot.waitUntil(lambda: button(dialog, "use").isVisible(), timeout=TIMEOUT)
    assert button(dialog, "train_further").isVisible()
    folder = dialog.session.run.folder if dialog.session.run else None
    assert [summary.state for summary in find_runs(runs_folder(), folder)] == [RunState.KEPT]
