"""The window shows before an edit if the model does not know it; the corrected instruction is edited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes.fake_editor import FakeEditor
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditArea
from engine.instructions import InstructionReading
from engine.library import ModelCard, read_model_card, write_model_card
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.models.dialog.models_dialog import ModelsDialog

TIMEOUT_MS = 30_000


@pytest.fixture
def starter() -> ModelCard:
    """The starter model."""
    return read_model_card(paths.starter_model())


def write(qtbot: QtBot, program: Program, instruction: str) -> InstructionReading:
    """Type an instruction, and wait until it is read."""
    box = program.window.composer.instruction_box
    box.clear()
    with qtbot.waitSignal(
        program.document.reading_changed,
        timeout=TIMEOUT_MS,
        check_params_cb=lambda reading: reading is not None and reading.typed == instruction,
    ) as updated:
        qtbot.keyClicks(box, instruction)
    assert updated.args is not None
    reading = updated.args[0]
    assert isinstance(reading, InstructionReading)
    return reading


def shown(program: Program) -> tuple[str, list[str]]:
    hint = program.window.composer.hint
    return hint.sentence.text(), [link.text() for link in hint.links]


def test_a_known_instruction_is_left_alone(qtbot: QtBot, program: Program) -> None:
    write(qtbot, program, "make it black and white")
    assert shown(program) == ("", [])


def test_an_unknown_one_gets_one_line_and_the_window_keeps_still(qtbot: QtBot, program: Program) -> None:
    before = program.window.canvas.geometry()
    write(qtbot, program, "add a hat")
    sentence, links = shown(program)
    assert sentence.startswith("Starter does not know this edit.")
    assert links[-1] == "InstructPix2Pix can (2.1 GB)…"
    assert program.window.canvas.geometry() == before
    program.window.composer.instruction_box.clear()
    assert shown(program) == ("", [])


def test_a_near_edit_is_written_by_a_click(qtbot: QtBot, program: Program) -> None:
    reading = write(qtbot, program, "make the sky purple")
    link = program.window.composer.hint.links[0]
    assert link.text() == reading.nearest[0]
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert program.document.state.instruction == reading.nearest[0]


def test_the_model_that_can_do_it_is_found_in_the_dialog(qtbot: QtBot, program: Program) -> None:
    write(qtbot, program, "add a hat")
    qtbot.mouseClick(program.window.composer.hint.links[-1], Qt.MouseButton.LeftButton)
    dialog = program.window.findChild(ModelsDialog)
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.pages.currentWidget() is dialog.catalogue_page


def test_one_that_is_installed_is_used_instead(
    qtbot: QtBot, program: Program, trained_model: ModelCard, reload_models: Callable[[], None]
) -> None:
    write_model_card(replace(trained_model, source="timbrooks/instruct-pix2pix"))
    reload_models()
    write(qtbot, program, "add a hat")
    link = program.window.composer.hint.links[-1]
    assert link.text() == "Postcard can"
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert program.document.model is not None
    assert program.document.model.path == trained_model.path
    assert shown(program) == ("", [])


def test_a_misspelt_instruction_is_edited_as_it_was_meant(
    qtbot: QtBot, program: Program, editor: FakeEditor, open_photo: Callable[[], None]
) -> None:
    open_photo()
    write(qtbot, program, "make it blakc and whte")
    assert shown(program) == ("Read as “make it black and white”.", [])
    with qtbot.waitSignal(program.edits.finished, timeout=TIMEOUT_MS) as finished:
        qtbot.keyClick(program.window.composer.instruction_box, Qt.Key.Key_Return)
    assert editor.requests[0].instruction == "make it black and white"
    assert finished.args is not None
    assert finished.args[0].request.instruction == "make it black and white"
    assert program.window.composer.instruction_box.value == "make it blakc and whte"


def test_enter_right_after_typing_is_corrected_as_well(
    qtbot: QtBot, program: Program, editor: FakeEditor, open_photo: Callable[[], None]
) -> None:
    open_photo()
    box = program.window.composer.instruction_box
    qtbot.keyClicks(box, "add som fogg")
    with qtbot.waitSignal(program.edits.finished, timeout=TIMEOUT_MS):
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert editor.requests[0].instruction == "add some fog"


def test_a_place_is_edited_only_and_that_is_said(
    qtbot: QtBot, program: Program, editor: FakeEditor, open_photo: Callable[[], None]
) -> None:
    open_photo()
    write(qtbot, program, "blur the background")
    assert shown(program) == ("Background only.", ["Edit everything"])
    with qtbot.waitSignal(program.edits.finished, timeout=TIMEOUT_MS):
        qtbot.keyClick(program.window.composer.instruction_box, Qt.Key.Key_Return)
    request = editor.requests[0]
    assert (request.instruction, request.settings.area) == ("blur it", EditArea.BACKGROUND)
    assert program.document.state.settings.area is EditArea.AUTOMATIC


def test_everything_is_edited_after_a_click(
    qtbot: QtBot, program: Program, editor: FakeEditor, open_photo: Callable[[], None]
) -> None:
    open_photo()
    write(qtbot, program, "make only the dog sepia")
    assert shown(program)[0] == "Subject only."
    qtbot.mouseClick(program.window.composer.hint.links[0], Qt.MouseButton.LeftButton)
    assert shown(program) == ("", [])
    with qtbot.waitSignal(program.edits.finished, timeout=TIMEOUT_MS):
        qtbot.keyClick(program.window.composer.instruction_box, Qt.Key.Key_Return)
    request = editor.requests[0]
    assert (request.instruction, request.settings.area) == ("make it sepia", EditArea.EVERYTHING)


def test_the_end_of_a_long_instruction_is_marked(qtbot: QtBot, program: Program) -> None:
    long = "make it black and white " + "and really very nice " * 12 + "in the end"
    reading = write(qtbot, program, long)
    sentence, _ = shown(program)
    assert "it is read up to" in sentence
    assert program.window.composer.instruction_box.unread_words == len(reading.unread.split()) > 3


def test_the_links_follow_the_edit_button_for_the_tab_key(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None]
) -> None:
    open_photo()
    write(qtbot, program, "add a hat")
    composer = program.window.composer
    composer.edit_button.setFocus()
    qtbot.keyClick(composer.edit_button, Qt.Key.Key_Tab)
    assert program.window.focusWidget() is composer.hint.links[0]


def test_a_sequence_is_announced_and_each_edit_judged(qtbot: QtBot, program: Program) -> None:
    write(qtbot, program, "make it foggy, then black and white")
    assert shown(program) == ("Two edits, one after the other.", [])
    write(qtbot, program, "make it foggy and add some snow")
    assert shown(program) == ("Two edits, one after the other.", []), "the starter makes one at a time"
    write(qtbot, program, "make it foggy, then add snow, then make it black and white")
    assert shown(program) == ("3 edits, one after the other.", [])
    reading = write(qtbot, program, "make it foggy, then make the sky purple")
    sentence, _ = shown(program)
    assert sentence.startswith("Two edits, one after the other. “make the sky purple”: Starter ")
    link = program.window.composer.hint.links[0]
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    expected = f"make it foggy, then {reading.steps[1].nearest[0]}"
    assert program.document.state.instruction == expected
