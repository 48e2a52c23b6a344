"""A name that is being typed is not disturbed by what happens meanwhile."""

from __future__ import annotations

from fakes.fake_editor import FakeEditor, Gate
from fakes.strip_steps import press
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.window.history.name_editing import FIELD_NAME

from .conftest import MakeEdit


def name_field(program: Program) -> QLineEdit | None:
    found = program.window.history_strip.results.findChildren(QLineEdit, FIELD_NAME)
    return next((field for field in found if field.isVisible()), None)


def test_a_result_that_arrives_leaves_the_name_being_typed(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, editor: FakeEditor
) -> None:
    first = make_edit("make it snow")
    editor.step_gates[1] = gate = Gate()
    program.document.change(instruction="make it foggy")
    program.edits.start()
    qtbot.waitUntil(lambda: gate.is_reached)
    press(qtbot, program, Qt.Key.Key_F2)
    field = name_field(program)
    assert field is not None
    before = first.name
    qtbot.keyClicks(field, "win")
    with qtbot.waitSignal(program.edits.finished) as finished:
        gate.open()
    qtbot.wait(50)
    field = name_field(program)
    assert field is not None, "the field is still there"
    assert first.name == before, "half a name is no name"
    qtbot.keyClicks(field, "ter")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: first.name == "winter.png")
    strip = program.window.history_strip
    qtbot.waitUntil(lambda: finished.args[0] in strip.entries)
    assert strip.current is program.document.shown


def test_esc_in_the_name_cancels_no_edit(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, editor: FakeEditor
) -> None:
    make_edit("make it snow")
    editor.step_gates[1] = gate = Gate()
    program.document.change(instruction="make it foggy")
    program.edits.start()
    qtbot.waitUntil(lambda: gate.is_reached)
    press(qtbot, program, Qt.Key.Key_F2)
    field = name_field(program)
    assert field is not None
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert name_field(program) is None
    assert program.queue.is_busy
    gate.open()
    qtbot.waitUntil(lambda: not program.queue.is_busy)


def test_ctrl_z_in_the_name_undoes_typing_only(qtbot: QtBot, program: Program, make_edit: MakeEdit) -> None:
    first = make_edit("make it snow")
    press(qtbot, program, Qt.Key.Key_F2)
    field = name_field(program)
    assert field is not None
    before = field.text()
    qtbot.keyClicks(field, "x")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == before
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert program.document.shown is first
    assert name_field(program) is field


def test_the_field_goes_with_a_result_that_is_removed(
    qtbot: QtBot, program: Program, make_edit: MakeEdit
) -> None:
    first, second = make_edit("make it snow"), make_edit("make it warmer")
    press(qtbot, program, Qt.Key.Key_F2)
    program.history.remove(second)
    strip = program.window.history_strip
    assert strip.entries == [first.source, first]
    assert name_field(program) is None
    assert strip.current is program.document.shown is first
