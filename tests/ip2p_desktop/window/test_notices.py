"""Notices disappear when they are resolved, on Esc, and when an edit starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor, Gate
from fakes.session_steps import choose_model
from fakes.strip_steps import click_node, click_photo
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditSettings
from engine.errors import (
    DeviceNotUsable,
    EngineError,
    ErrorReport,
    ModelNotUsable,
    OutOfMemory,
    UnsafeCheckpoint,
)
from engine.library import ModelCard
from ip2p_desktop.app import Program
from ip2p_desktop.window.controls.notice_bar import NoticeBar

OpenPhoto = Callable[[], None]


@pytest.fixture
def notice(program: Program) -> NoticeBar:
    return program.window.notice_bar


@pytest.fixture
def finish_edit(qtbot: QtBot, program: Program, open_photo: OpenPhoto) -> Callable[[], None]:
    """Opens the photo; each call makes an edit of it."""
    open_photo()

    def finish() -> None:
        program.document.change(instruction="make it snow")
        with qtbot.waitSignal(program.edits.finished):
            program.edits.start()

    return finish


def fail(qtbot: QtBot, program: Program, editor: FakeEditor, error: Exception) -> None:
    editor.error = error
    program.document.change(instruction="make it snow")
    with qtbot.waitSignal(program.edits.failed):
        program.edits.start()
    editor.error = None
    assert program.window.notice_bar.isVisible()


def click_thumbnail(qtbot: QtBot, program: Program, place: int) -> None:
    """Of the node at a place in the strip, counted from the photo."""
    click_node(qtbot, program, program.window.history_strip.entries[place])


def test_a_notice_about_a_missing_photo_goes_when_there_is_one(
    program: Program, notice: NoticeBar, open_photo: OpenPhoto
) -> None:
    program.edits.start()
    assert notice.message.text() == "There is no photo yet."
    program.document.change(instruction="make it snow")
    assert notice.isVisible()
    open_photo()
    assert not notice.isVisible()


def test_a_notice_about_a_missing_model_goes_when_there_is_one(
    program: Program, notice: NoticeBar, open_photo: OpenPhoto
) -> None:
    open_photo()
    model, program.document.model = program.document.model, None
    program.edits.start()
    assert notice.message.text() == "No model is installed."
    program.document.change(instruction="make it snow")
    assert notice.isVisible()
    program.document.model = model
    assert not notice.isVisible()


@pytest.mark.parametrize("change", ["seed", "variations"])
def test_a_notice_about_an_invalid_setting_goes_when_it_changes(
    qtbot: QtBot, program: Program, notice: NoticeBar, open_photo: OpenPhoto, change: str
) -> None:
    open_photo()
    panel = program.window.settings_panel
    panel.seed.field.selectAll()
    qtbot.keyClicks(panel.seed.field, "9223372036854775807")
    panel.variations.value = 2
    qtbot.keyClicks(program.window.composer.instruction_box, "make it snow")
    qtbot.keyClick(program.window.composer.instruction_box, Qt.Key.Key_Return)
    assert notice.message.text() == "The seeds of the variations become too large."
    assert notice.property("tone") == "error"
    if change == "seed":
        qtbot.keyClick(panel.seed.field, Qt.Key.Key_Backspace)
    else:
        qtbot.mouseClick(panel.variations.fewer, Qt.MouseButton.LeftButton)
    assert not notice.isVisible()


@pytest.mark.parametrize(
    "error",
    [
        ModelNotUsable("model.damaged", "The model is damaged."),
        UnsafeCheckpoint("unsafe.code", "It runs code."),
    ],
)
def test_an_error_of_the_model_goes_with_another_model(
    qtbot: QtBot,
    program: Program,
    notice: NoticeBar,
    editor: FakeEditor,
    open_photo: OpenPhoto,
    error: EngineError,
) -> None:
    open_photo()
    fail(qtbot, program, editor, error)
    program.document.change(text_guidance_scale=3.0)
    program.document.change(instruction="make it warmer")
    assert program.document.model is not None
    program.document.update_model(replace(program.document.model, description="More is known."))
    assert notice.isVisible()
    choose_model(program, "Postcard")
    assert not notice.isVisible()


def test_a_lack_of_memory_goes_with_the_settings_that_need_it(
    qtbot: QtBot, program: Program, notice: NoticeBar, editor: FakeEditor, open_photo: OpenPhoto
) -> None:
    open_photo()
    fail(
        qtbot,
        program,
        editor,
        OutOfMemory("memory.editing", "Not enough memory.", "Try a smaller resolution."),
    )
    program.document.draw_seed()
    program.document.change(instruction="make it warmer")
    assert notice.isVisible()
    program.window.settings_panel.resolution.value = 256
    assert not notice.isVisible()


def test_an_unreadable_photo_is_forgotten_once_another_is_on_screen(
    qtbot: QtBot, program: Program, notice: NoticeBar, open_photo: OpenPhoto, tmp_path: Path
) -> None:
    open_photo()
    open_photo()
    (tmp_path / "notes.txt").write_text("just words")
    with qtbot.waitSignal(program.files.failed):
        program.files.open_file(tmp_path / "notes.txt")
    program.document.change(text_guidance_scale=3.0)
    assert notice.isVisible()
    click_photo(qtbot, program, program.tree.photos[0])
    assert not notice.isVisible()


@pytest.mark.parametrize(
    "error", [DeviceNotUsable("device.not-available", "There is no GPU."), RuntimeError("tensor sizes")]
)
def test_the_next_edit_takes_errors_away(
    qtbot: QtBot,
    program: Program,
    notice: NoticeBar,
    editor: FakeEditor,
    finish_edit: Callable[[], None],
    error: Exception,
) -> None:
    fail(qtbot, program, editor, error)
    editor.load_gate = gate = Gate()
    program.edits.start()
    assert not notice.isVisible()
    with qtbot.waitSignal(program.edits.finished):
        gate.open()
    assert not notice.isVisible()


def test_esc_cancels_first_and_then_takes_the_notice_away(
    qtbot: QtBot, program: Program, notice: NoticeBar, editor: FakeEditor, open_photo: OpenPhoto
) -> None:
    open_photo()
    editor.load_gate = gate = Gate()
    program.document.change(instruction="make it snow")
    program.edits.start()
    program.window.actions_.copy.trigger()
    assert notice.message.text() == "Copied."
    qtbot.keyClick(program.window, Qt.Key.Key_Escape)
    assert not program.queue.is_busy
    assert (notice.message.text(), notice.isVisible()) == ("Cancelled.", True)
    qtbot.keyClick(program.window, Qt.Key.Key_Escape)
    assert not notice.isVisible()
    gate.open()


def test_esc_takes_an_error_away(
    qtbot: QtBot, program: Program, notice: NoticeBar, editor: FakeEditor, open_photo: OpenPhoto
) -> None:
    open_photo()
    fail(qtbot, program, editor, RuntimeError("tensor sizes"))
    box = program.window.composer.instruction_box
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert not notice.isVisible()
    assert box.text() == "make it snow"


def test_a_notice_about_one_result_goes_with_the_next(
    qtbot: QtBot, program: Program, notice: NoticeBar, finish_edit: Callable[[], None]
) -> None:
    finish_edit()
    for trigger in (program.photos.copy, program.history.use_as_source):
        trigger()
        assert notice.isVisible()
        click_thumbnail(qtbot, program, 0)
        assert not notice.isVisible()
        click_thumbnail(qtbot, program, 1)


def test_an_empty_clipboard_is_forgotten_once_a_photo_is_open(
    program: Program, notice: NoticeBar, open_photo: OpenPhoto
) -> None:
    QApplication.clipboard().clear()
    program.window.actions_.paste.trigger()
    assert notice.isVisible()
    open_photo()
    assert not notice.isVisible()


def test_an_edit_that_changed_hardly_anything_shows_advice(
    qtbot: QtBot, program: Program, notice: NoticeBar, editor: FakeEditor, finish_edit: Callable[[], None]
) -> None:
    editor.is_unchanged = (True,)
    finish_edit()
    assert notice.message.text() == "Hardly anything changed."
    assert notice.advice.text() == (
        "Raise text guidance above 7.5. Lower image guidance below 1.5. "
        "Phrase the instruction differently, or choose one of the suggestions."
    )
    assert notice.property("tone") == "info"
    program.document.change(text_guidance_scale=9.0)
    assert notice.isVisible()
    editor.is_unchanged = (False,)
    finish_edit()
    assert not notice.isVisible()


def test_the_advice_goes_with_its_result(
    qtbot: QtBot, program: Program, notice: NoticeBar, editor: FakeEditor, finish_edit: Callable[[], None]
) -> None:
    finish_edit()
    editor.is_unchanged = (True,)
    finish_edit()
    assert notice.isVisible()
    click_thumbnail(qtbot, program, 1)
    assert not notice.isVisible()


@pytest.mark.parametrize(
    ("text", "image", "advice"),
    [
        (10.0, 1.5, "Lower image guidance below 1.5."),
        (12.0, 0.85, "Lower image guidance below 0.85."),
        (9.5, 0.0, "Raise text guidance above 9.5."),
        (10.0, 0.0, ""),
    ],
)
def test_no_advice_goes_beyond_the_sliders(
    program: Program,
    notice: NoticeBar,
    editor: FakeEditor,
    finish_edit: Callable[[], None],
    text: float,
    image: float,
    advice: str,
) -> None:
    program.document.change(text_guidance_scale=text, image_guidance_scale=image)
    editor.is_unchanged = (True,)
    finish_edit()
    instruction = "Phrase the instruction differently, or choose one of the suggestions."
    assert notice.advice.text() == f"{advice} {instruction}".strip()


def test_a_model_for_one_step_is_better_helped_by_another_instruction(
    program: Program,
    notice: NoticeBar,
    editor: FakeEditor,
    finish_edit: Callable[[], None],
    starter: ModelCard,
) -> None:
    quick = EditSettings(num_inference_steps=1, text_guidance_scale=1.0, image_guidance_scale=1.0)
    program.document.choose_model(replace(starter, recommended=quick, suggestions=()))
    editor.is_unchanged = (True,)
    finish_edit()
    assert notice.advice.text() == (
        "Phrase the instruction differently. Raise text guidance above 1. Lower image guidance below 1."
    )


def test_the_first_variation_decides(
    program: Program, notice: NoticeBar, editor: FakeEditor, finish_edit: Callable[[], None]
) -> None:
    program.document.change(variations=2)
    editor.is_unchanged = (False, True)
    finish_edit()
    assert not notice.isVisible()
    editor.is_unchanged = (True, False)
    finish_edit()
    assert notice.message.text() == "Hardly anything changed."


def test_an_edit_has_one_notice(
    program: Program, notice: NoticeBar, editor: FakeEditor, finish_edit: Callable[[], None]
) -> None:
    editor.is_unchanged = (True,)
    editor.fallbacks = ("Memory was short: the edit was computed on the processor.",)
    finish_edit()
    assert notice.message.text() == "Hardly anything changed."
    assert notice.advice.text().endswith(f"suggestions. {editor.fallbacks[0]}")


def test_a_warning_of_the_model_is_shown_in_words(
    notice: NoticeBar, editor: FakeEditor, finish_edit: Callable[[], None]
) -> None:
    editor.warnings = (ErrorReport("model", "20 of 22 modules do not fit.", "Choose another LoRA."),)
    finish_edit()
    assert notice.message.text() == "The edit is done."
    assert notice.advice.text() == "20 of 22 modules do not fit. Choose another LoRA."
