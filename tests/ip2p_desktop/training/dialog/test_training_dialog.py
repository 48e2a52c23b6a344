"""The training dialog, used with mouse and keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from engine.library import ModelCard, list_models
from ip2p_desktop.base.paths import models_folder
from ip2p_desktop.training.dialog.plan.plan_page import suggested_name
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.training_session import TrainingPhase

MakeDialog = Callable[..., TrainingDialog]
TIMEOUT = 30_000


def button(dialog: TrainingDialog, name: str) -> QAbstractButton:
    found = dialog.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton)
    return found


def press(qtbot: QtBot, dialog: TrainingDialog, name: str) -> None:
    assert button(dialog, name).isVisible(), f"{name} is hidden"
    qtbot.mouseClick(button(dialog, name), Qt.MouseButton.LeftButton)


def text(dialog: TrainingDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text() if label.isVisible() else ""


def choose(qtbot: QtBot, dialog: TrainingDialog, folder: Path) -> None:
    dialog.choose_folder(folder)
    qtbot.waitUntil(lambda: not dialog.session.dataset.is_searching())


def start(qtbot: QtBot, dialog: TrainingDialog, folder: Path, steps: int = 5) -> None:
    choose(qtbot, dialog, folder)
    press(qtbot, dialog, "next")
    dialog.plan_page.length.steps = steps
    press(qtbot, dialog, "start")


def open_runs(qtbot: QtBot, dialog: TrainingDialog) -> None:
    qtbot.waitUntil(button(dialog, "show_runs").isVisible, timeout=TIMEOUT)
    press(qtbot, dialog, "show_runs")
    qtbot.waitUntil(lambda: not dialog.session.run_list.is_reading)
    QApplication.processEvents()  # the rows have their places


def reaches(qtbot: QtBot, dialog: TrainingDialog, phase: TrainingPhase) -> None:
    qtbot.waitUntil(lambda: dialog.session.phase == phase, timeout=TIMEOUT)


def test_it_opens_with_an_explanation_and_no_way_on(make_dialog: MakeDialog) -> None:
    dialog = make_dialog()
    assert not dialog.isModal()
    assert dialog.examples_page.example.isVisible()
    assert not button(dialog, "next").isEnabled()
    assert not button(dialog, "show_runs").isVisible()


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the platform of the tests says so of any dialog
def test_the_button_opens_a_folder_dialog(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    dialog = make_dialog()
    press(qtbot, dialog, "choose_folder")
    file_dialog = dialog.findChild(QFileDialog)
    assert isinstance(file_dialog, QFileDialog)
    file_dialog.fileSelected.emit(str(pairs))
    file_dialog.close()
    qtbot.waitUntil(lambda: text(dialog, "pairs_found") == "8 pairs found")
    assert text(dialog, "folder_name") == "negative pairs"


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_the_other_button_opens_a_zip_dialog(
    qtbot: QtBot, make_dialog: MakeDialog, zipped_pairs: Path
) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    dialog = make_dialog()
    press(qtbot, dialog, "choose_zip")
    file_dialog = dialog.findChild(QFileDialog)
    assert isinstance(file_dialog, QFileDialog)
    assert file_dialog.nameFilters() == ["Zip files (*.zip *.ZIP)"]
    file_dialog.fileSelected.emit(str(zipped_pairs))
    file_dialog.close()
    qtbot.waitUntil(lambda: text(dialog, "pairs_found") == "8 pairs found")
    assert text(dialog, "folder_name") == "negative pairs.zip"


def drop(dialog: TrainingDialog, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    action, mouse, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(5, 5), action, data, mouse, keys)
    QApplication.sendEvent(dialog.examples_page.drop, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(dialog.examples_page.drop, QDropEvent(QPointF(5, 5), action, data, mouse, keys))


@pytest.mark.filterwarnings("ignore:.*QDragEnterEvent")  # newer releases have another constructor
@pytest.mark.parametrize("kind", ["pairs", "zipped_pairs"])
def test_a_folder_or_a_zip_is_dropped_and_searched(
    qtbot: QtBot, make_dialog: MakeDialog, kind: str, request: pytest.FixtureRequest
) -> None:
    dialog = make_dialog()
    drop(dialog, request.getfixturevalue(kind))
    qtbot.waitUntil(lambda: text(dialog, "pairs_found") == "8 pairs found")
    strip = dialog.examples_page.findings.strip
    qtbot.waitUntil(lambda: len(strip.thumbnails) == 4)
    assert strip.thumbnails[0].original.pixelColor(48, 48) != strip.thumbnails[0].edited.pixelColor(48, 48)
    qtbot.waitUntil(lambda: dialog.session.dataset.report is not None, timeout=TIMEOUT)
    assert dialog.session.dataset.report is not None
    assert dialog.session.dataset.report.usable == 8


@pytest.mark.filterwarnings("ignore:.*QDragEnterEvent")
def test_another_file_is_refused_in_a_sentence(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog()
    other = pairs.parent / "notes.txt"
    other.write_text("words")
    drop(dialog, other)
    notice = dialog.examples_page.notice
    qtbot.waitUntil(notice.isVisible)
    assert notice.message.text() == "notes.txt is not a zip file."
    assert notice.advice.text() == "Choose a folder of image pairs, or a zip file of one."
    assert not button(dialog, "next").isEnabled()


def test_a_damaged_zip_is_explained(qtbot: QtBot, make_dialog: MakeDialog, zipped_pairs: Path) -> None:
    whole = zipped_pairs.read_bytes()
    zipped_pairs.write_bytes(whole[:2000] + whole[-22:])
    dialog = make_dialog()
    choose(qtbot, dialog, zipped_pairs)
    assert dialog.examples_page.notice.message.text() == "negative pairs.zip is not a readable zip file."


def test_a_zip_is_trained_under_its_name(qtbot: QtBot, make_dialog: MakeDialog, zipped_pairs: Path) -> None:
    dialog = make_dialog("train")
    choose(qtbot, dialog, zipped_pairs)
    findings = dialog.session.dataset.findings
    assert findings is not None
    assert suggested_name(replace(findings, instructions=("one", "two"))) == "Negative pairs"
    start(qtbot, dialog, zipped_pairs)
    reaches(qtbot, dialog, TrainingPhase.DONE)
    assert dialog.session.run is not None
    assert dialog.session.run.plan.dataset == zipped_pairs


@pytest.mark.filterwarnings("ignore:.*QDragEnterEvent")
def test_text_is_not_taken_for_a_folder(make_dialog: MakeDialog) -> None:
    data = QMimeData()
    data.setText("not a folder")
    action, mouse, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(5, 5), action, data, mouse, keys)
    dialog = make_dialog()
    QApplication.sendEvent(dialog.examples_page.drop, entering)
    assert not entering.isAccepted()


def test_findings_and_examples_are_shown(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, pairs)
    assert text(dialog, "pairs_found") == "8 pairs found"
    assert text(dialog, "instructions_found") == "“make it a photographic negative”"
    assert not button(dialog, "problems_button").isVisible()
    strip = dialog.examples_page.findings.strip
    qtbot.waitUntil(lambda: len(strip.thumbnails) == 4)
    assert strip.thumbnails[0].original.pixelColor(48, 48) != strip.thumbnails[0].edited.pixelColor(48, 48)


def test_entries_left_out_are_folded_away(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    with (pairs / "metadata.jsonl").open("a", encoding="utf-8") as file:
        file.write(
            "nonsense\n" + json.dumps({"original_image": "a", "edited_image": "b", "text": "c"}) + "\n{}\n"
        )
    dialog = make_dialog()
    choose(qtbot, dialog, pairs)
    assert button(dialog, "problems_button").text() == "3 entries were left out"
    assert text(dialog, "problems_list") == ""
    press(qtbot, dialog, "problems_button")
    assert text(dialog, "problems_list").splitlines()[1] == "Line 10: a is missing."


def test_a_folder_without_pairs_is_explained(qtbot: QtBot, make_dialog: MakeDialog, tmp_path: Path) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, tmp_path)
    notice = dialog.examples_page.notice
    assert notice.isVisible()
    assert "contains neither metadata.jsonl nor seeds.json" in notice.message.text()
    assert "Put a metadata.jsonl beside the images" in notice.advice.text()
    assert dialog.examples_page.example.isVisible()
    assert not button(dialog, "next").isEnabled()


def test_name_model_and_length_are_suggested(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, pairs)
    press(qtbot, dialog, "next")
    plan = dialog.plan_page
    assert plan.name_box.text() == "Make it a photographic negative"
    assert plan.model_box.currentText() == "Starter"
    assert plan.length.steps == 500
    qtbot.mouseClick(button(dialog, "length_quick"), Qt.MouseButton.LeftButton)
    assert plan.length.steps == 200
    plan.length.steps_box.setValue(123)
    assert not any(card.isChecked() for card in plan.length.cards.values())
    plan.length.steps_box.setValue(4000)
    assert button(dialog, "length_thorough").isChecked()


def test_a_name_is_needed_and_one_that_exists_is_mentioned(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, pairs)
    press(qtbot, dialog, "next")
    dialog.plan_page.name_box.setText("  ")
    assert not button(dialog, "start").isEnabled()
    dialog.plan_page.name_box.setText("starter")
    assert "There is a model of this name already." in text(dialog, "name_hint")
    assert button(dialog, "start").isEnabled()


def test_a_typed_name_survives_going_back(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, pairs)
    press(qtbot, dialog, "next")
    dialog.plan_page.name_box.setText("Mine")
    press(qtbot, dialog, "back")
    press(qtbot, dialog, "next")
    assert dialog.plan_page.name_box.text() == "Mine"


def test_new_models_are_offered(make_dialog: MakeDialog, models: list[ModelCard], tmp_path: Path) -> None:
    dialog = make_dialog()
    dialog.show_models([ModelCard(path=tmp_path, name="Another"), *models])
    assert dialog.plan_page.base_model() == models[0]
    dialog.show_models([])
    assert not button(dialog, "start").isEnabled()


def keep_model(qtbot: QtBot, dialog: TrainingDialog) -> None:
    press(qtbot, dialog, "show_result")
    press(qtbot, dialog, "keep_model")
    qtbot.waitUntil(lambda: dialog.session.model is not None, timeout=TIMEOUT)


def test_training_to_the_end_keeping_and_using_the_model(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog("train")
    start(qtbot, dialog, pairs)
    reaches(qtbot, dialog, TrainingPhase.DONE)
    assert text(dialog, "status_sentence") == "All steps are done."
    assert text(dialog, "latest_warning") == ""
    assert not button(dialog, "resume").isVisible()
    assert not button(dialog, "use").isVisible()
    keep_model(qtbot, dialog)
    assert text(dialog, "progress_page_title") == "“Make it a photographic negative” is ready"
    assert text(dialog, "advice") == "Choose a photo and write “invert it”."
    with qtbot.waitSignal(dialog.model_trained) as blocker:
        press(qtbot, dialog, "use")
    (card,) = list_models(models_folder())
    assert blocker.args == [card.path]
    assert not dialog.isVisible()


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


def test_the_keyboard_is_enough(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog("train")
    dialog.activateWindow()
    choose(qtbot, dialog, pairs)
    qtbot.waitUntil(lambda: dialog.focusWidget() is button(dialog, "next"))
    qtbot.keyClick(button(dialog, "next"), Qt.Key.Key_Return)
    box = dialog.focusWidget()
    assert isinstance(box, QLineEdit)
    qtbot.keyClicks(box, "Typed")
    dialog.plan_page.length.steps = 5
    qtbot.keyClick(box, Qt.Key.Key_Return)
    reaches(qtbot, dialog, TrainingPhase.DONE)
    assert dialog.session.run is not None
    assert dialog.session.run.plan.name == "Typed"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_progress_is_shown_and_the_run_can_be_stopped_and_resumed(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog("linger")
    start(qtbot, dialog, pairs, steps=1500)
    qtbot.waitUntil(lambda: text(dialog, "status_sentence") == "Step 3 of 1,500", timeout=TIMEOUT)
    page = dialog.progress_page
    assert (page.bar.value(), page.bar.maximum()) == (3, 1500)
    assert text(dialog, "time_left") == "about 25 hours left"
    assert page.curve.isVisible()
    press(qtbot, dialog, "stop")
    assert text(dialog, "status_sentence") == "Stopping: finishing this step and saving…"
    assert not button(dialog, "stop").isEnabled()
    reaches(qtbot, dialog, TrainingPhase.DONE)
    assert text(dialog, "status_sentence") == "Stopped after step 3 of 1,500."
    press(qtbot, dialog, "resume")
    qtbot.waitUntil(lambda: text(dialog, "status_sentence") == "Step 6 of 1,500", timeout=TIMEOUT)


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


def test_closing_leaves_the_run_going_on(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog("linger")
    start(qtbot, dialog, pairs)
    with qtbot.assertNotEmitted(dialog.finished):
        dialog.close()
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: dialog.session.progress.step == 3, timeout=TIMEOUT)
    dialog.show()
    assert text(dialog, "status_sentence") == "Step 3 of 5"
    dialog.choose_folder(pairs.parent)
    assert text(dialog, "status_sentence") == "Step 3 of 5"


def test_a_failure_leads_back_to_the_plan(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog("diverge")
    start(qtbot, dialog, pairs)
    reaches(qtbot, dialog, TrainingPhase.FAILED)
    assert text(dialog, "progress_page_title") == "Training failed"
    assert dialog.progress_page.notice.message.text() == "The loss became NaN."
    assert dialog.progress_page.notice.advice.text() == "Start again."
    press(qtbot, dialog, "back_to_plan")
    assert button(dialog, "start").isVisible()
    assert dialog.plan_page.name_box.text() == "Make it a photographic negative"


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


def test_every_control_has_a_name_for_tests_and_one_for_ears(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, pairs)
    buttons, fields = dialog.findChildren(QAbstractButton), dialog.findChildren(QLineEdit)
    assert all(control.objectName() for control in (*buttons, *fields))
    assert all(control.accessibleName() for control in buttons)
    named = [dialog.plan_page.name_box, dialog.plan_page.model_box, dialog.plan_page.length.steps_box]
    assert all(control.accessibleName() for control in named)
