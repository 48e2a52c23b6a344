"""Undo and redo restore photos and results with the settings at that time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor, Gate
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_tree import EditedPhoto

MakeEdit = Callable[[str], EditedPhoto]
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def make_edit(qtbot: QtBot, program: Program, open_photo: Callable[[], None]) -> MakeEdit:
    open_photo()

    def make(instruction: str) -> EditedPhoto:
        program.document.change(instruction=instruction)
        with qtbot.waitSignal(program.edits.finished) as finished:
            program.edits.start()
        result = finished.args[0]
        assert isinstance(result, EditedPhoto)
        return result

    return make


def undo(program: Program) -> None:
    program.window.actions_.undo.trigger()


def redo(program: Program) -> None:
    program.window.actions_.redo.trigger()


def test_there_is_nothing_to_undo_at_first(program: Program, open_photo: Callable[[], None]) -> None:
    actions = program.window.actions_
    assert not actions.undo.isEnabled()
    open_photo()
    assert not actions.undo.isEnabled()
    assert not actions.redo.isEnabled()


def test_an_edit_is_undone_and_redone(program: Program, make_edit: MakeEdit) -> None:
    result = make_edit("make it snow")
    document, actions = program.document, program.window.actions_
    state_before = document.state
    program.window.composer.instruction_box.setText("make it warmer")
    undo(program)
    assert document.shown is result.source
    assert document.state == state_before
    assert program.window.composer.instruction_box.text() == "make it snow"
    assert program.window.canvas.view.after is None
    assert program.window.history_strip.currentRow() == 0
    assert (actions.undo.isEnabled(), actions.redo.isEnabled()) == (False, True)
    redo(program)
    assert document.shown is result
    assert document.state.instruction == "make it warmer"
    assert program.window.canvas.view.after is result.display_image
    assert (actions.undo.isEnabled(), actions.redo.isEnabled()) == (True, False)


def test_a_result_used_as_source_is_a_child_and_the_way_back_is_undo(
    program: Program, make_edit: MakeEdit
) -> None:
    first = make_edit("make it snow")
    program.history.use_as_source()
    child = program.document.source
    assert child is not None
    assert child.parent is first
    assert first.parent is first.source
    assert program.tree.children_of(first) == (child,)
    assert child not in program.tree.listed
    second = make_edit("make it warmer")
    assert second.parent is child
    for node in (child, first, first.source):
        undo(program)
        assert program.document.shown is node
    for node in (first, child, second):
        redo(program)
        assert program.document.shown is node
    assert program.document.source is child


def test_a_new_step_takes_the_place_of_what_was_undone(program: Program, make_edit: MakeEdit) -> None:
    first = make_edit("make it snow")
    undo(program)
    second = make_edit("make it warmer")
    assert not program.window.actions_.redo.isEnabled()
    undo(program)
    assert program.document.shown is first.source
    redo(program)
    assert program.document.shown is second


def test_settings_that_were_set_all_at_once_come_back(program: Program, make_edit: MakeEdit) -> None:
    result = make_edit("make it snow")
    document = program.document
    document.change(num_inference_steps=7, turbo=True, instruction="make it warmer")
    before = document.state
    program.window.actions_.use_settings.trigger()
    assert document.state == result.state
    undo(program)
    assert (document.state, document.shown) == (before, result)
    redo(program)
    assert document.state == result.state
    undo(program)
    program.window.settings_panel.reset.click()
    assert document.state.settings.num_inference_steps == 20
    undo(program)
    assert document.state == before


def test_another_model_is_undone_with_its_settings(program: Program, make_edit: MakeEdit) -> None:
    make_edit("make it snow")
    menu = program.window.settings_panel.model_menu
    before, card = program.document.state, program.document.model
    menu.menu.setCurrentIndex(1)
    assert program.document.state.settings.num_inference_steps == 30
    undo(program)
    assert (program.document.state, program.document.model) == (before, card)
    assert menu.menu.currentText() == "Starter"
    redo(program)
    assert menu.menu.currentText() == "Postcard"
    assert program.document.state.settings.num_inference_steps == 30


def test_showing_several_results_in_a_row_is_one_step(
    qtbot: QtBot, program: Program, make_edit: MakeEdit
) -> None:
    results = [make_edit(f"edit {number}") for number in range(3)]
    strip = program.window.history_strip
    for _ in range(2):
        qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert program.document.shown is results[0]
    undo(program)
    assert program.document.shown is results[2]
    redo(program)
    assert program.document.shown is results[0]


def test_what_was_removed_is_passed_over(program: Program, make_edit: MakeEdit) -> None:
    first, second = make_edit("make it snow"), make_edit("make it warmer")
    program.window.history_strip.remove_requested.emit(first)
    undo(program)
    assert program.document.shown is first.source
    redo(program)
    assert program.document.shown is second
    assert first not in program.tree.nodes
    assert first.source in program.tree.nodes


def test_a_photo_that_results_need_stays_in_the_tree(program: Program, make_edit: MakeEdit) -> None:
    result = make_edit("make it snow")
    program.window.history_strip.remove_requested.emit(result.source)
    assert program.tree.listed == (result,)
    assert result.source in program.tree.nodes
    program.window.history_strip.remove_requested.emit(result)
    assert program.document.shown is result
    assert program.tree.listed == ()


def test_the_keys_undo_typing_first(qtbot: QtBot, program: Program, make_edit: MakeEdit) -> None:
    result = make_edit("make it snow")
    box = program.window.composer.instruction_box
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "warmer")
    qtbot.keyClick(box, Qt.Key.Key_Z, CONTROL)
    while box.isUndoAvailable():
        assert program.document.shown is result
        qtbot.keyClick(box, Qt.Key.Key_Z, CONTROL)
    assert box.text() == "make it snow"
    assert program.document.shown is result
    qtbot.keyClick(box, Qt.Key.Key_Z, CONTROL)
    assert program.document.shown is result.source
    program.window.history_strip.setFocus()
    qtbot.keyClick(program.window.history_strip, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert program.document.shown is result


def test_the_keys_undo_the_last_step_in_a_field_without_typing(
    qtbot: QtBot, program: Program, make_edit: MakeEdit
) -> None:
    result = make_edit("make it snow")
    panel = program.window.settings_panel
    panel.more.setChecked(True)
    field = panel.negative_instruction.field
    field.setFocus()
    qtbot.keyClicks(field, "a")
    qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert field.text() == ""
    assert program.document.shown is result
    qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert program.document.shown is result.source


def test_undo_during_an_edit_leaves_it_alone(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, editor: FakeEditor
) -> None:
    first = make_edit("make it snow")
    second = make_edit("make it warmer")
    editor.step_gates[1] = gate = Gate()
    program.document.change(instruction="make it cooler")
    program.edits.start()
    qtbot.waitUntil(lambda: gate.is_reached)
    undo(program)
    assert program.document.shown is first
    with qtbot.waitSignal(program.edits.finished):
        gate.open()
    assert program.document.shown is first
    assert program.document.state.instruction == "make it warmer"
    redo(program)
    assert program.document.shown is second


def test_another_photo_is_undone(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, tmp_path: Path, photo: Path
) -> None:
    result = make_edit("make it snow")
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(photo)
    other = program.document.shown
    undo(program)
    assert program.document.shown is result
    redo(program)
    assert program.document.shown is other
