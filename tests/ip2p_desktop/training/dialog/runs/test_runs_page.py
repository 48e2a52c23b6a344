"""The list of runs in the training dialog: opened, resumed, deleted, and kept from a second window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fakes.training_steps import TIMEOUT, button, open_runs, press, reaches, start, text
from pytestqt.qtbot import QtBot

from engine.library import list_models
from ip2p_desktop.base.paths import models_folder
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.training_phase import TrainingPhase

MakeDialog = Callable[..., TrainingDialog]


def test_warnings_are_shown_once_each_and_stay_with_the_run(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog("warn")
    start(qtbot, dialog, pairs, steps=9)
    qtbot.waitUntil(lambda: text(dialog, "status_sentence") == "Step 3 of 9", timeout=TIMEOUT)
    assert text(dialog, "latest_warning") == "The model could not be tried out."
    assert button(dialog, "earlier_warnings_button").text() == "2 earlier notes"
    assert text(dialog, "earlier_warnings_list") == ""
    press(qtbot, dialog, "earlier_warnings_button")
    earlier = "Full precision is used. Nothing is lost.\nMemory was short."
    assert text(dialog, "earlier_warnings_list") == earlier
    press(qtbot, dialog, "stop")
    reaches(qtbot, dialog, TrainingPhase.DONE)
    assert text(dialog, "latest_warning") == "The model could not be tried out."
    assert text(dialog, "earlier_warnings_list") == earlier

    dialog.shut_down()
    after = make_dialog("linger")
    open_runs(qtbot, after)
    press(qtbot, after, "open_run")
    reaches(qtbot, after, TrainingPhase.DONE)
    press(qtbot, after, "resume")
    qtbot.waitUntil(lambda: text(after, "status_sentence") == "Step 6 of 9", timeout=TIMEOUT)
    assert text(after, "latest_warning") == "The model could not be tried out."
    assert button(after, "earlier_warnings_button").text() == "2 earlier notes"


def test_quitting_leaves_the_run_to_the_next_window(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    before = make_dialog("linger")
    start(qtbot, before, pairs, steps=9)
    qtbot.waitUntil(lambda: before.session.progress.step == 3, timeout=TIMEOUT)
    before.shut_down()
    after = make_dialog("linger")
    open_runs(qtbot, after)
    (row,) = after.runs_page.rows
    assert row.state.text() == "Training, step 3 of 9"
    assert not row.remove.isVisible()
    press(qtbot, after, "open_run")
    qtbot.waitUntil(lambda: text(after, "status_sentence") == "Step 3 of 9", timeout=TIMEOUT)
    assert [point.step for point in after.session.progress.losses] == [1, 2, 3]
    press(qtbot, after, "stop")
    reaches(qtbot, after, TrainingPhase.DONE)
    assert text(after, "status_sentence") == "Stopped after step 3 of 9."


def test_one_run_after_the_other_is_opened(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog("train")
    for _ in range(2):
        start(qtbot, dialog, pairs)
        reaches(qtbot, dialog, TrainingPhase.DONE)
        press(qtbot, dialog, "train_another")
    for place in (0, 1):
        dialog.show_runs()
        qtbot.waitUntil(lambda: not dialog.session.run_list.is_reading)
        row = dialog.runs_page.rows[place]
        row.open.click()
        qtbot.waitUntil(lambda: dialog.pages.currentWidget() is dialog.progress_page, timeout=TIMEOUT)
        assert dialog.session.run is not None
        assert dialog.session.run.folder == row.summary.run.folder
        assert button(dialog, "show_result").isVisible()


def test_a_second_window_sees_a_run_as_in_use(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    first = make_dialog("linger")
    start(qtbot, first, pairs)
    qtbot.waitUntil(lambda: first.session.progress.step == 3, timeout=TIMEOUT)
    second = make_dialog("linger")
    open_runs(qtbot, second)
    (row,) = second.runs_page.rows
    assert row.state.text() == "Open in another window of this program"
    assert not any(each.isVisible() for each in (row.open, row.resume, row.remove))
    second.runs_page.open_requested.emit(row.summary.run.folder)
    notice = second.runs_page.notice
    qtbot.waitUntil(notice.isVisible, timeout=TIMEOUT)
    assert notice.message.text() == (
        "The training “Make it a photographic negative” is open in another window of this program."
    )


def test_a_folder_without_a_run_is_refused_in_place(
    qtbot: QtBot, make_dialog: MakeDialog, tmp_path: Path
) -> None:
    dialog = make_dialog()
    dialog.show_runs()
    assert text(dialog, "runs_total") == "No training has been started yet."
    dialog.runs_page.open_requested.emit(tmp_path)
    qtbot.waitUntil(dialog.runs_page.notice.isVisible, timeout=TIMEOUT)
    assert dialog.runs_page.notice.message.text() == f"{tmp_path} contains no training run."
    assert dialog.session.phase == TrainingPhase.CHOOSE


def test_deleting_a_run_requires_confirmation_in_its_row(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog("linger")
    start(qtbot, dialog, pairs)
    qtbot.waitUntil(lambda: dialog.session.progress.step == 3, timeout=TIMEOUT)
    press(qtbot, dialog, "stop")
    reaches(qtbot, dialog, TrainingPhase.DONE)
    press(qtbot, dialog, "train_another")
    open_runs(qtbot, dialog)
    qtbot.waitUntil(lambda: bool(dialog.runs_page.rows) and button(dialog, "remove_run").isVisible())
    (row,) = dialog.runs_page.rows
    assert row.state.text() == "Stopped at step 3 of 5; its model is not kept yet"
    press(qtbot, dialog, "remove_run")
    assert row.state.text() == "Its model was not kept, and is deleted too."
    press(qtbot, dialog, "keep_run")
    press(qtbot, dialog, "remove_run")
    press(qtbot, dialog, "confirm_removal")
    qtbot.waitUntil(lambda: dialog.runs_page.rows == [])
    assert text(dialog, "runs_total") == "No training has been started yet."
    press(qtbot, dialog, "runs_back")
    assert dialog.examples_page.isVisible()


def test_runs_that_are_no_longer_needed_are_cleaned_up_at_once(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog("train")
    for keeps in (True, False):
        start(qtbot, dialog, pairs)
        reaches(qtbot, dialog, TrainingPhase.DONE)
        if keeps:
            dialog.session.keep(keeps_run=True)
            qtbot.waitUntil(lambda: dialog.session.model is not None, timeout=TIMEOUT)
        press(qtbot, dialog, "train_another")
    open_runs(qtbot, dialog)
    assert len(dialog.runs_page.rows) == 2
    press(qtbot, dialog, "clean_up")
    assert "Kept models stay." in text(dialog, "runs_total")
    press(qtbot, dialog, "cancel_clean_up")
    press(qtbot, dialog, "clean_up")
    press(qtbot, dialog, "confirm_clean_up")
    qtbot.waitUntil(lambda: len(dialog.runs_page.rows) == 1, timeout=TIMEOUT)
    assert dialog.runs_page.rows[0].state.text() == "Finished; its model is not kept yet"
    assert not button(dialog, "clean_up").isVisible()
    assert len(list_models(models_folder())) == 1
