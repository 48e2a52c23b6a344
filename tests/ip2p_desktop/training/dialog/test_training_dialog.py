"""The training dialog, used with mouse and keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.training_steps import TIMEOUT, button, choose, keep_model, press, reaches, start, text
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from engine.library import ModelCard, list_models
from ip2p_desktop.base.paths import models_folder
from ip2p_desktop.training.dialog.pictures.gallery_list import THUMBNAIL
from ip2p_desktop.training.dialog.plan.plan_page import suggested_name
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.training_phase import TrainingPhase

MakeDialog = Callable[..., TrainingDialog]


def test_it_opens_with_an_explanation_and_no_way_on(make_dialog: MakeDialog) -> None:
    dialog = make_dialog()
    assert not dialog.isModal()
    assert dialog.examples_page.example.isVisible()
    assert not button(dialog, "next").isVisible()
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
    view = dialog.examples_page.findings.panel.view
    assert {view.list.index(row).data() for row in range(view.list.rowCount())} == {
        "make it a photographic negative"
    }
    first = view.list.index(0)
    qtbot.waitUntil(lambda: first.data(THUMBNAIL) is not None, timeout=TIMEOUT)
    thumbnail = first.data(THUMBNAIL)
    assert thumbnail.original.pixelColor(40, 20) != thumbnail.edited.pixelColor(40, 20)


def test_entries_that_are_no_pairs_are_shown_in_place(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    with (pairs / "metadata.jsonl").open("a", encoding="utf-8") as file:
        file.write(
            "nonsense\n" + json.dumps({"original_image": "a", "edited_image": "b", "text": "c"}) + "\n{}\n"
        )
    dialog = make_dialog()
    choose(qtbot, dialog, pairs)
    assert button(dialog, "show_all").text() == "All 11"
    assert button(dialog, "show_left_out").text() == "Left out 3"
    press(qtbot, dialog, "show_left_out")
    view = dialog.examples_page.findings.panel.view
    assert view.list.index(1).data() == "Line 10: a is missing."


def test_a_folder_without_pairs_is_explained(qtbot: QtBot, make_dialog: MakeDialog, tmp_path: Path) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, tmp_path)
    notice = dialog.examples_page.notice
    assert notice.isVisible()
    assert "no metadata.jsonl, seeds.json or parquet" in notice.message.text()
    assert "Put the photos into two such folders" in notice.advice.text()
    assert dialog.examples_page.example.isVisible()
    assert not button(dialog, "next").isEnabled()


def test_name_model_and_length_are_suggested(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, pairs)
    press(qtbot, dialog, "next")
    plan = dialog.plan_page
    assert plan.form.name_box.text() == "Make it a photographic negative"
    assert plan.form.base_choice.menu.currentText() == "Starter"
    proposed = plan.length.steps
    qtbot.mouseClick(button(dialog, "preset_quick"), Qt.MouseButton.LeftButton)
    assert 0 < plan.length.steps < proposed
    plan.length.steps_box.setValue(123)
    assert button(dialog, "preset_quick").isChecked()
    qtbot.mouseClick(button(dialog, "preset_best"), Qt.MouseButton.LeftButton)
    assert plan.length.steps > proposed


def test_a_name_is_needed_and_one_that_exists_is_mentioned(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, pairs)
    press(qtbot, dialog, "next")
    dialog.plan_page.form.name_box.setText("  ")
    assert not button(dialog, "start").isEnabled()
    dialog.plan_page.form.name_box.setText("starter")
    assert "There is a model of this name already." in text(dialog, "name_hint")
    assert button(dialog, "start").isEnabled()


def test_a_typed_name_survives_going_back(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, pairs)
    press(qtbot, dialog, "next")
    dialog.plan_page.form.name_box.setText("Mine")
    press(qtbot, dialog, "back")
    press(qtbot, dialog, "next")
    assert dialog.plan_page.form.name_box.text() == "Mine"


def test_new_models_are_offered(make_dialog: MakeDialog, models: list[ModelCard], tmp_path: Path) -> None:
    dialog = make_dialog()
    dialog.show_models([ModelCard(path=tmp_path, name="Another"), *models])
    assert dialog.plan_page.base_model() == models[0]
    dialog.show_models([])
    assert not button(dialog, "start").isEnabled()


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
    assert text(dialog, "advice") == "It is in the list of models now. Choose a photo and write “invert it”."
    with qtbot.waitSignal(dialog.model_trained) as blocker:
        press(qtbot, dialog, "use")
    (card,) = list_models(models_folder())
    assert blocker.args == [card.path, "invert it"]
    assert not dialog.isVisible()


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
    stopping = "Stopping: finishing the current step, then saving. Nothing is lost."
    assert text(dialog, "status_sentence") == stopping
    assert not button(dialog, "stop").isEnabled()
    reaches(qtbot, dialog, TrainingPhase.DONE)
    assert text(dialog, "status_sentence") == "Stopped after step 3 of 1,500."
    press(qtbot, dialog, "resume")
    qtbot.waitUntil(lambda: text(dialog, "status_sentence") == "Step 6 of 1,500", timeout=TIMEOUT)


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
    assert dialog.plan_page.form.name_box.text() == "Make it a photographic negative"


def test_every_control_has_a_name_for_tests_and_one_for_ears(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog()
    choose(qtbot, dialog, pairs)
    buttons, fields = dialog.findChildren(QAbstractButton), dialog.findChildren(QLineEdit)
    assert all(control.objectName() for control in (*buttons, *fields))
    assert all(control.accessibleName() for control in buttons)
    named = [
        dialog.plan_page.form.name_box,
        dialog.plan_page.form.base_choice.menu,
        dialog.plan_page.length.steps_box,
    ]
    assert all(control.accessibleName() for control in named)
