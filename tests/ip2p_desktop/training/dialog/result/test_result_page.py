"""The page of a result: judged, tried at other steps and strengths, exported and kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.training_steps import TIMEOUT, button, press, reaches, start
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog
from pytestqt.qtbot import QtBot

from engine.library import ModelCard, list_models
from ip2p_desktop.base.paths import models_folder, runs_folder
from ip2p_desktop.training.dialog.result.result_page import ResultPage
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.run_list import RunState, find_runs
from ip2p_desktop.training.runs.training_phase import TrainingPhase

MakeDialog = Callable[..., TrainingDialog]
Behave = Callable[[str], None]
JUDGED = (
    "Follows the new instruction on 1 of 2 pictures that training never saw. Of 2 old edits, 1 still work."
)


@pytest.fixture(autouse=True)
def _scripted(judge_with: Behave, export_with: Behave) -> None:
    judge_with("judge")
    export_with("write")


@pytest.fixture
def show_result(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> Callable[..., TrainingDialog]:
    """Trains to the end, and shows the page of the result."""

    def show(behaviour: str = "train") -> TrainingDialog:
        dialog = make_dialog(behaviour)
        start(qtbot, dialog, pairs)
        reaches(qtbot, dialog, TrainingPhase.DONE)
        press(qtbot, dialog, "show_result")
        return dialog

    return show


def run_of(dialog: TrainingDialog) -> Path:
    assert dialog.session.run is not None
    return dialog.session.run.folder


def asked(dialog: TrainingDialog, name: str = "asked.jsonl") -> list[Any]:
    """What judging, or the export, was asked for."""
    file = run_of(dialog) / name
    return [json.loads(line) for line in file.read_text().splitlines()] if file.is_file() else []


def waits_for_words(qtbot: QtBot, page: ResultPage, words: str) -> None:
    qtbot.waitUntil(
        lambda: page.words.text().replace("(s)", "s") == words and page.words.isVisible(), timeout=TIMEOUT
    )


def enlarged_button(page: ResultPage, name: str) -> QAbstractButton:
    found = page.enlarged.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton)
    return found


def test_the_result_is_judged_in_words_and_pictures(
    qtbot: QtBot, show_result: Callable[..., TrainingDialog]
) -> None:
    dialog = show_result()
    page = dialog.result_page
    waits_for_words(qtbot, page, JUDGED)
    pictures = page.pictures
    assert not page.progress.isVisible()
    assert not page.no_wait.isVisible()
    assert not page.again_button.isVisible()
    assert pictures.instruction.text() == "“invert it”"
    assert pictures.place.text() == "1 / 4"
    needed = pictures.place.fontMetrics().horizontalAdvance("1 / 4")
    qtbot.waitUntil(lambda: pictures.place.width() >= needed)  # laid out in a later event
    qtbot.waitUntil(lambda: pictures.wanted.image is not None)
    assert not page.sliders.step.isVisible(), "there is only one step"
    for _ in range(3):
        qtbot.mouseClick(pictures.later, Qt.MouseButton.LeftButton)
    assert (pictures.place.text(), pictures.instruction.text()) == ("4 / 4", "“add snow”")
    assert pictures.kind.text() == "An old edit that no longer works"
    assert not pictures.later.isEnabled()
    assert not pictures.wanted.isVisible(), "nobody has made this edit"


def test_a_name_that_a_model_has_is_not_proposed_nor_given_again(
    qtbot: QtBot, make_dialog: MakeDialog, models: list[ModelCard], pairs: Path, tmp_path: Path
) -> None:
    dialog = make_dialog("train")
    start(qtbot, dialog, pairs)
    reaches(qtbot, dialog, TrainingPhase.DONE)
    assert dialog.session.run is not None
    name, page = dialog.session.run.plan.name, dialog.result_page
    dialog.show_models([*models, ModelCard(path=tmp_path / "other", name=name.upper())])
    press(qtbot, dialog, "show_result")
    assert page.name_box.text() == f"{name} 2"
    assert not page.name_hint.isVisible()
    page.name_box.setText(f" {name} ")
    assert page.name_hint.isVisible()
    assert page.name_hint.text().endswith(f"The new one is called “{name} 2”.")
    press(qtbot, dialog, "keep_model")
    qtbot.waitUntil(lambda: dialog.session.model is not None, timeout=TIMEOUT)
    assert [card.name for card in list_models(models_folder())] == [f"{name} 2"]


def test_a_judgement_is_made_once(qtbot: QtBot, show_result: Callable[..., TrainingDialog]) -> None:
    dialog = show_result()
    waits_for_words(qtbot, dialog.result_page, JUDGED)
    dialog.result_page.state.judging.clear()
    press(qtbot, dialog, "back_to_progress")
    press(qtbot, dialog, "show_result")
    waits_for_words(qtbot, dialog.result_page, JUDGED)
    assert len(asked(dialog)) == 1


def test_pictures_come_while_it_is_judged_and_it_ends_with_the_page(
    qtbot: QtBot, show_result: Callable[..., TrainingDialog], judge_with: Behave
) -> None:
    judge_with("linger")
    dialog = show_result()
    page = dialog.result_page
    waits_for_words(qtbot, page, "Trying the new model: 2 of 10 edits")
    assert page.progress.isVisible()
    assert page.no_wait.isVisible()
    assert page.pictures.place.text() == "1 / 1"
    press(qtbot, dialog, "back_to_progress")
    assert not page.state.judging.is_running


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [("fail", "The pairs are gone."), ("crash", "Judging the result ended unexpectedly.")],
)
def test_what_cannot_be_judged_is_told_and_judged_again(
    qtbot: QtBot,
    show_result: Callable[..., TrainingDialog],
    judge_with: Behave,
    behaviour: str,
    message: str,
) -> None:
    judge_with(behaviour)
    dialog = show_result()
    page = dialog.result_page
    qtbot.waitUntil(page.judging_notice.isVisible, timeout=TIMEOUT)
    assert page.judging_notice.message.text() == message
    assert page.keep_button.isEnabled(), "it can be kept all the same"
    qtbot.waitUntil(page.again_button.isVisible, timeout=TIMEOUT)
    judge_with("judge")
    press(qtbot, dialog, "judge_choice")
    waits_for_words(qtbot, page, JUDGED)
    assert not page.judging_notice.isVisible()


def test_another_step_and_strength_are_tried_judged_and_kept(
    qtbot: QtBot, show_result: Callable[..., TrainingDialog]
) -> None:
    dialog = show_result("snapshots")
    run = run_of(dialog)
    page, sliders = dialog.result_page, dialog.result_page.sliders
    waits_for_words(qtbot, page, JUDGED)
    assert (sliders.step_value.text(), sliders.strength_value.text()) == ("All 5 steps", "100 %")
    sliders.step.setFocus()
    qtbot.keyClick(sliders.step, Qt.Key.Key_Left)
    for _ in range(5):
        qtbot.keyClick(sliders.strength, Qt.Key.Key_Left)
    assert sliders.step_value.text() == "After 2 of 5 steps"
    assert sliders.strength_value.text() == "50 %"
    waits_for_words(qtbot, page, "These pictures show the choice; it is not judged yet.")
    trial = asked(dialog)[-1]
    assert (trial["step"], trial["strength"], trial["old_edits"]) == ("2", "0.5", "0")
    qtbot.waitUntil(page.again_button.isVisible, timeout=TIMEOUT)
    press(qtbot, dialog, "judge_choice")
    waits_for_words(qtbot, page, JUDGED)
    page.name_box.setText("Half inverted")
    page.note_box.setText("For portraits")
    press(qtbot, dialog, "keep_model")
    qtbot.waitUntil(lambda: dialog.session.model is not None, timeout=TIMEOUT)
    (card,) = list_models(models_folder())
    assert (card.name, card.description) == ("Half inverted", "For portraits")
    assert card.preview_file is not None
    assert card.preview_file.is_file()
    left = {"asked.jsonl", "exported.jsonl"}  # what the scripts have written
    qtbot.waitUntil(lambda: {each.name for each in run.iterdir()} == left, timeout=TIMEOUT)


def test_a_picture_is_enlarged_and_compared_by_keyboard(
    qtbot: QtBot, show_result: Callable[..., TrainingDialog]
) -> None:
    dialog = show_result()
    page = dialog.result_page
    waits_for_words(qtbot, page, JUDGED)
    pictures, enlarged = page.pictures, page.enlarged
    qtbot.waitUntil(lambda: pictures.wanted.image is not None and pictures.trained.image is not None)
    pictures.trained.setFocus()
    qtbot.keyClick(pictures.trained, Qt.Key.Key_Space)
    assert enlarged.isVisible()
    assert enlarged.pictures.accessibleName() == "Start model and New model"
    qtbot.mouseClick(enlarged_button(page, "compare_wanted"), Qt.MouseButton.LeftButton)
    assert enlarged.pictures.accessibleName() == "Wanted and New model"
    for _ in range(2):
        qtbot.keyClick(enlarged.pictures, Qt.Key.Key_PageDown)
    assert enlarged.heading.text() == "“invert it” · Your photo · 3 / 4"
    assert enlarged.pictures.accessibleName() == "Start model and New model", "of a photo nothing is wanted"
    assert not enlarged.with_wanted.isVisible()
    qtbot.keyClick(enlarged.pictures, Qt.Key.Key_Escape)
    assert not enlarged.isVisible()


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the platform of the tests says so of any dialog
@pytest.mark.parametrize("kind", ["pack", "lora"])
def test_it_is_exported(
    qtbot: QtBot, show_result: Callable[..., TrainingDialog], tmp_path: Path, kind: str
) -> None:
    dialog = show_result()
    page, target = dialog.result_page, tmp_path / "mine.ip2p-edit"
    waits_for_words(qtbot, page, JUDGED)
    action = next(each for each in page.export_menu.menu.actions() if each.objectName() == f"export_{kind}")
    action.trigger()
    file_dialog = dialog.findChild(QFileDialog)
    assert isinstance(file_dialog, QFileDialog)
    file_dialog.fileSelected.emit(str(target))
    file_dialog.close()
    qtbot.waitUntil(page.exported.isVisible, timeout=TIMEOUT)
    assert page.exported.text() == f"Exported to {target}"
    assert target.read_bytes() == b"exported"
    words = asked(dialog, "exported.jsonl")[0]
    if kind == "pack":
        assert words[words.index("--name") + 1] == page.name_box.text()
        assert Path(words[words.index("--preview") + 1]).name == "pair-0-trained.jpg"
    assert page.keep_button.isEnabled()


def test_a_failed_export_is_told(
    qtbot: QtBot, show_result: Callable[..., TrainingDialog], export_with: Behave, tmp_path: Path
) -> None:
    export_with("fail")
    dialog = show_result()
    page = dialog.result_page
    page.export_menu.chosen.emit("lora", tmp_path / "mine.safetensors")
    qtbot.waitUntil(page.notice.isVisible, timeout=TIMEOUT)
    assert (
        page.notice.message.text() == "The result could not be exported: The disk is full. Free some space."
    )
    assert not page.exported.isVisible()
    assert page.keep_button.isEnabled()


def test_nothing_else_is_done_while_it_is_exported(
    qtbot: QtBot, show_result: Callable[..., TrainingDialog], export_with: Behave, tmp_path: Path
) -> None:
    export_with("linger")
    dialog = show_result()
    page = dialog.result_page
    page.export_menu.chosen.emit("folder", tmp_path / "model")
    assert page.busy.text() == "Exporting…"
    assert page.busy.isVisible()
    for part in (page.keep_button, page.export_button, page.sliders, page.row.further):
        assert not part.isEnabled()
    page.state.shut_down()
    assert not (tmp_path / "model").exists()


def test_it_is_trained_further_from_here(qtbot: QtBot, show_result: Callable[..., TrainingDialog]) -> None:
    dialog = show_result()
    page = dialog.result_page
    press(qtbot, dialog, "train_result_further")
    question = page.row.question
    assert question.isVisible()
    qtbot.keyClick(question.steps, Qt.Key.Key_Escape)
    assert page.row.keep.isVisible()
    press(qtbot, dialog, "train_result_further")
    question.steps.setValue(4)
    qtbot.mouseClick(question.confirm, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.session.result is not None and dialog.session.result.step == 9)
    assert dialog.pages.currentWidget() is dialog.progress_page


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
