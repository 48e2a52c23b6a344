"""Undo and redo restore what was on screen and all settings, for each photo by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor, Gate
from fakes.session_steps import open_file
from fakes.strip_steps import press
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto
from ip2p_desktop.session.undo_step import NodeField, StepKind
from ip2p_desktop.window.wiring import undo_controller

MakeEdit = Callable[[str], EditedPhoto]
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def undo(program: Program) -> None:
    program.window.actions_.undo.trigger()


def redo(program: Program) -> None:
    program.window.actions_.redo.trigger()


def texts(program: Program) -> tuple[str, str]:
    """What the menu says undo and redo would do."""
    return program.window.actions_.undo.text(), program.window.actions_.redo.text()


def test_there_is_nothing_to_undo_at_first(program: Program, open_photo: Callable[[], None]) -> None:
    actions = program.window.actions_
    assert not actions.undo.isEnabled()
    open_photo()
    assert not actions.undo.isEnabled()
    assert not actions.redo.isEnabled()
    assert texts(program) == ("&Undo", "&Redo")


def test_an_edit_is_undone_and_redone(program: Program, make_edit: MakeEdit) -> None:
    result = make_edit("make it snow")
    document, box = program.document, program.window.composer.instruction_box
    state_before = document.state
    assert texts(program) == ("&Undo Edit", "&Redo")
    undo(program)
    assert document.shown is result.source
    assert document.state == state_before
    assert program.window.canvas.view.after is None
    assert program.window.history_strip.current is result.source
    assert texts(program) == ("&Undo Instruction", "&Redo Edit")
    undo(program)
    assert box.text() == ""
    assert not program.window.actions_.undo.isEnabled()
    for _ in range(2):
        redo(program)
    assert document.shown is result
    assert box.text() == "make it snow"
    assert program.window.canvas.view.after is result.display_image
    assert not program.window.actions_.redo.isEnabled()


def test_a_result_used_as_source_is_a_child_and_the_way_back_is_undo(
    program: Program, make_edit: MakeEdit
) -> None:
    first = make_edit("make it snow")
    program.history.use_as_source()
    assert texts(program)[0] == "&Undo Use as source"
    child = program.document.source
    assert child is not None
    assert child.parent is first
    assert program.tree.children_of(first) == (child,)
    assert child not in program.tree.listed
    second = make_edit("make it snow")
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
    second = make_edit("make it snow")
    assert not program.window.actions_.redo.isEnabled()
    undo(program)
    assert program.document.shown is first.source
    redo(program)
    assert program.document.shown is second


def test_every_setting_is_a_step_with_its_name(program: Program, make_edit: MakeEdit) -> None:
    make_edit("make it snow")
    panel, document = program.window.settings_panel, program.document
    before = document.state
    panel.controls["text_guidance_scale"].value = 4.0
    panel.controls["turbo"].value = True
    panel.seed.randomises = False
    program.window.settings_panel.seed.value = 5
    names = []
    for _ in range(4):
        names.append(texts(program)[0])
        undo(program)
    assert names == ["&Undo Seed", "&Undo New seed for every edit", "&Undo Turbo", "&Undo Text guidance"]
    assert document.state == before
    assert panel.controls["text_guidance_scale"].value == before.settings.text_guidance_scale
    for _ in range(4):
        redo(program)
    assert (document.state.settings.text_guidance_scale, document.state.settings.seed) == (4.0, 5)


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
    assert texts(program)[0] == "&Undo Model"
    undo(program)
    assert (program.document.state, program.document.model) == (before, card)
    assert menu.menu.currentText() == "Starter"
    redo(program)
    assert menu.menu.currentText() == "Postcard"
    assert program.document.state.settings.num_inference_steps == 30


def test_dragging_a_slider_is_one_step_however_long_it_takes(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_controller, "MERGE_SECONDS", 0.0)
    result = make_edit("make it snow")
    slider = program.window.settings_panel.controls["text_guidance_scale"].slider
    before = program.document.state
    for end in (0.6, 0.9):
        drag(qtbot, slider, end)
    assert program.document.state.settings.text_guidance_scale > before.settings.text_guidance_scale
    middle = slider.value()
    undo(program)
    assert before.settings.text_guidance_scale != program.document.state.settings.text_guidance_scale
    assert slider.value() < middle
    undo(program)
    assert (program.document.state, program.document.shown) == (before, result)


def drag(qtbot: QtBot, slider: QSlider, end: float) -> None:
    """Drag the handle to a share of the width, in steps."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    handle = slider.style().subControlRect(
        QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider
    )
    start, target = handle.center(), QPoint(int(slider.width() * end), handle.center().y())
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(slider, start + (target - start) * (step / 5))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=target)


def test_quick_steps_of_one_setting_are_one(program: Program, make_edit: MakeEdit) -> None:
    make_edit("make it snow")
    before = program.document.state
    for steps in (21, 22, 23):
        program.document.change(num_inference_steps=steps)
    undo(program)
    assert program.document.state == before


def test_showing_several_results_in_a_row_is_one_step(
    qtbot: QtBot, program: Program, make_edit: MakeEdit
) -> None:
    results = [make_edit(f"edit {number}") for number in range(3)]
    for _ in range(2):
        press(qtbot, program, Qt.Key.Key_Left)
    assert program.document.shown is results[0]
    assert texts(program)[0] == "&Undo Show"
    undo(program)
    assert program.document.shown is results[2]
    redo(program)
    assert program.document.shown is results[0]


def test_looking_away_and_back_is_no_step(qtbot: QtBot, program: Program, make_edit: MakeEdit) -> None:
    result = make_edit("make it snow")
    press(qtbot, program, Qt.Key.Key_Left)
    press(qtbot, program, Qt.Key.Key_Right)
    assert program.document.shown is result
    assert texts(program)[0] == "&Undo Edit"


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
    assert texts(program) == ("&Undo Edit", "&Redo Instruction")
    qtbot.keyClick(box, Qt.Key.Key_Z, CONTROL)
    assert program.document.shown is result.source
    program.window.history_strip.setFocus()
    qtbot.keyClick(program.window.history_strip.results, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert program.document.shown is result


@pytest.mark.parametrize("keys", [(Qt.Key.Key_Z, CONTROL | SHIFT), (Qt.Key.Key_Y, CONTROL)])
def test_both_redo_keys_redo_typing_and_then_steps(
    qtbot: QtBot,
    program: Program,
    make_edit: MakeEdit,
    keys: tuple[Qt.Key, Qt.KeyboardModifier],
) -> None:
    result = make_edit("make it snow")
    box = program.window.composer.instruction_box
    undo(program)
    box.setFocus()
    qtbot.keyClick(box, *keys)
    assert program.document.shown is result
    qtbot.keyClicks(box, "y")
    qtbot.keyClick(box, Qt.Key.Key_Z, CONTROL)
    assert box.text() == "make it snow"
    qtbot.keyClick(box, *keys)
    assert box.text() == "make it snowy"
    assert texts(program) == ("&Undo Instruction", "&Redo")


def test_typing_is_undone_from_elsewhere_too(qtbot: QtBot, program: Program, make_edit: MakeEdit) -> None:
    make_edit("make it snow")
    box = program.window.composer.instruction_box
    box.setFocus()
    box.end(False)
    qtbot.keyClicks(box, " heavily")
    press(qtbot, program, Qt.Key.Key_End)
    qtbot.keyClick(program.window.history_strip.results, Qt.Key.Key_Z, CONTROL)
    assert box.text() == "make it snow"


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
    second = make_edit("make it snow")
    editor.step_gates[1] = gate = Gate()
    program.document.change(instruction="make it cooler")
    program.edits.start()
    qtbot.waitUntil(lambda: gate.is_reached)
    for _ in range(2):
        undo(program)
    assert program.document.shown is first
    with qtbot.waitSignal(program.edits.finished):
        gate.open()
    assert program.document.shown is first
    assert program.document.state.instruction == "make it snow"
    redo(program)
    assert program.document.shown is second


def test_undo_never_leads_to_another_photo(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, photo: Path
) -> None:
    result = make_edit("make it snow")
    other = open_file(qtbot, program, photo)
    assert not program.window.actions_.undo.isEnabled()
    program.document.change(turbo=True)
    undo(program)
    undo(program)
    assert program.document.shown is other
    program.history.show_photo(result.source)
    assert program.document.shown is result
    undo(program)
    assert program.document.shown is result.source


def test_a_value_of_a_node_can_be_a_step(program: Program, make_edit: MakeEdit) -> None:
    result = make_edit("make it snow")
    changed: list[object] = []
    program.tree.changed.connect(changed.append)
    for opacity in (0.8, 0.6, 0.4):
        program.undo.change_node(result, NodeField.OPACITY, opacity, StepKind.OPACITY)
    assert texts(program)[0] == "&Undo Opacity"
    undo(program)
    assert result.opacity == 1.0
    assert changed == [result] * 4
    redo(program)
    assert result.opacity == 0.4


def test_the_oldest_steps_are_forgotten(
    program: Program, make_edit: MakeEdit, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = make_edit("make it snow")
    for module in ("ip2p_desktop.session.undo", "ip2p_desktop.window.wiring.undo_controller"):
        monkeypatch.setattr(f"{module}.MOST_STEPS", 3)
    program.history.remove(result)
    photo = program.document.source
    assert isinstance(photo, SourcePhoto)
    for number in range(4):
        assert (result in program.tree.nodes) == (number < 3)
        program.undo.end_gesture()
        program.document.change(turbo=number % 2 == 0)
    assert len(program.undo.histories.of(photo).done) == 3
