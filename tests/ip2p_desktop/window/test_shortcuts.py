"""Every shortcut of the window acts wherever the focus is, and none erases text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program

FIELDS = ("instruction_box", "negative_instruction_field", "seed_field", "steps_spin_box", "variations_field")


@pytest.fixture
def actions(program: Program) -> list[QAction]:
    """The actions with shortcuts for the whole window, all enabled; they only count what triggers them."""
    actions = program.window.actions_
    found = [
        action
        for action in actions.findChildren(QAction)
        if action.shortcuts() and action not in actions.of_view
    ]
    for action in found:
        action.triggered.disconnect()
        action.setEnabled(True)
    return found


@pytest.fixture(params=FIELDS)
def field(request: pytest.FixtureRequest, qtbot: QtBot, program: Program) -> QWidget:
    """A field with the focus and the text 1, which was not typed."""
    program.window.settings_panel.more.setChecked(True)
    field = program.window.findChild(QWidget, request.param)
    assert field is not None
    program.document.change(instruction="1", negative_instruction="1", seed=1, num_inference_steps=1)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    text_of(field).end(False)
    assert text_of(field).text() == "1"
    QApplication.clipboard().setText("2")
    return field


def text_of(field: QWidget) -> QLineEdit:
    text = field if isinstance(field, QLineEdit) else field.findChild(QLineEdit)
    assert isinstance(text, QLineEdit)
    return text


def press(field: QWidget, keys: QKeySequence) -> None:
    pressed = keys[0]
    QTest.keyClick(field, pressed.key(), pressed.keyboardModifiers())


def shortcuts(action: QAction) -> list[QKeySequence]:
    """Those on any keyboard; there are also special keys, which tests cannot press."""
    return [keys for keys in action.shortcuts() if keys.count() and keys[0].key() < Qt.Key.Key_Back]


def test_all_shortcuts_act_in_every_field(actions: list[QAction], field: QWidget) -> None:
    assert len(actions) > 15
    triggered: list[QAction] = []
    for action in actions:
        action.triggered.connect(lambda _=False, action=action: triggered.append(action))
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    QApplication.clipboard().setImage(image)
    for action in actions:
        for keys in shortcuts(action):
            triggered.clear()
            action.setEnabled(True)  # the window disables it again when a setting changes
            press(field, keys)
            assert triggered == [action], (action.objectName(), keys.toString())
            assert text_of(field).text() == "1"


@pytest.mark.parametrize("name", ["steps_slider", "model_menu_list", "turbo_switch", "history_strip"])
def test_all_shortcuts_act_in_other_controls(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], actions: list[QAction], name: str
) -> None:
    open_photo()
    control = program.window.findChild(QWidget, name)
    assert control is not None
    control.setFocus()
    qtbot.waitUntil(control.hasFocus)
    triggered: list[QAction] = []
    for action in actions:
        action.triggered.connect(lambda _=False, action=action: triggered.append(action))
    for action in actions:
        for keys in shortcuts(action):
            triggered.clear()
            action.setEnabled(True)
            press(control, keys)
            assert triggered == [action], (action.objectName(), keys.toString())


def test_shortcuts_of_disabled_actions_change_no_text(actions: list[QAction], field: QWidget) -> None:
    # Ctrl+U erases only where the keys are those of X11; this one erases everywhere
    actions[0].setShortcut(QKeySequence("Ctrl+Backspace"))
    for action in actions:
        action.setEnabled(False)
    for action in actions:
        if action.objectName() == "action_paste":
            continue
        for keys in shortcuts(action):
            press(field, keys)
            assert text_of(field).text() == "1", (action.objectName(), keys.toString())


def test_what_the_field_can_do_itself_it_does(actions: list[QAction], field: QWidget) -> None:
    triggered: list[QAction] = []
    for action in actions:
        action.triggered.connect(lambda _=False, action=action: triggered.append(action))
    text = text_of(field)
    text.selectAll()
    press(field, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QApplication.clipboard().text() == "1"
    QApplication.clipboard().setText("3")
    text.selectAll()
    press(field, QKeySequence(QKeySequence.StandardKey.Paste))
    assert text.text() == "3"
    press(field, QKeySequence(QKeySequence.StandardKey.Undo))
    assert text.text() == "1"
    press(field, QKeySequence(QKeySequence.StandardKey.Redo))
    assert text.text() == "3"
    assert triggered == []


def test_the_instruction_is_kept_while_completions_are_open(qtbot: QtBot, program: Program) -> None:
    program.window.actions_.use_as_source.setShortcut(QKeySequence("Ctrl+Backspace"))
    box = program.window.composer.instruction_box
    box.setFocus()
    qtbot.keyClicks(box, "snow")
    popup = box.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    assert box.text() == "snow"


def test_ctrl_u_uses_the_result_as_source(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None]
) -> None:
    open_photo()
    box = program.window.composer.instruction_box
    box.setText("make it snow")
    press(box, QKeySequence("Ctrl+U"))
    assert box.text() == "make it snow"
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    result = program.document.result
    box.setFocus()
    press(box, QKeySequence("Ctrl+U"))
    assert program.document.source is not None
    assert program.document.source.parent is result
    assert box.text() == "make it snow"
