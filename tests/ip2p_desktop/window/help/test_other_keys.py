"""The keys on the page of shortcuts that are no entries of menus do what the page says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditNode
from ip2p_desktop.window.help.action_list import listed_actions
from ip2p_desktop.window.help.help_pages import HelpPages
from ip2p_desktop.window.help.other_keys import OtherKeys


def keys_of(group: str) -> dict[str, str]:
    return {text: keys for rows in (dict(OtherKeys().groups())[group],) for text, keys in rows}


def press(widget: QWidget, key: str) -> None:
    QTest.keySequence(widget, QKeySequence(key))


@pytest.fixture
def with_results(qtbot: QtBot, program: Program, open_photo: Callable[[], None]) -> Program:
    """Three results in a row."""
    open_photo()
    for instruction in ("make it warmer", "make it snowy", "make it foggy"):
        program.document.change(instruction=instruction)
        with qtbot.waitSignal(program.queue.finished):
            program.edits.start()
    return program


def test_those_of_the_strip(qtbot: QtBot, with_results: Program) -> None:
    program, keys = with_results, keys_of("Photos and results below it")
    view = program.window.history_strip.results
    view.setFocus()

    def shown() -> EditNode | None:
        return program.document.shown

    left, right, _, _ = keys.pop("Go along the results and their branches").split(", ")
    home, end = keys.pop("First, last").split(", ")
    nodes = program.tree.listed
    press(view, home)
    qtbot.waitUntil(lambda: shown() is nodes[0])
    press(view, right)
    qtbot.waitUntil(lambda: shown() is nodes[1])
    press(view, left)
    qtbot.waitUntil(lambda: shown() is nodes[0])
    press(view, end)
    qtbot.waitUntil(lambda: shown() is not nodes[0])
    last = shown()
    assert last is not None
    press(view, keys.pop("Star, or remove the star"))
    assert last.is_starred
    press(view, keys.pop("Rename"))
    qtbot.waitUntil(lambda: view.findChild(QLineEdit) is not None)
    QTest.keyClick(view.findChild(QLineEdit), Qt.Key.Key_Escape)
    view.setFocus()
    press(view, keys.pop("Show"))
    assert shown() is last
    press(view, keys.pop("Remove"))
    qtbot.waitUntil(lambda: last not in program.tree.listed)
    assert not keys, "a key that no test presses"


def test_those_of_the_photo(qtbot: QtBot, with_results: Program) -> None:
    view = with_results.window.canvas.view
    view.setFocus()
    key = keys_of("Photo, while it has the focus")["See the original"].removeprefix("Hold ")
    combination = QKeySequence(key)[0].key()  # type: ignore[index]
    QTest.keyPress(view, combination)
    assert not view.divider.isVisible(), "the original alone"
    QTest.keyRelease(view, combination)
    assert view.divider.isVisible()


def test_those_of_the_masks_are_on_the_page(program: Program) -> None:
    page = HelpPages().keys(listed_actions(program.window.menuBar()))
    assert all(
        f"<b>{key}" in page for key in ("V", "B", "E", "R", "L", "X", "Q", "[", "]", "Shift+[", "Shift+]")
    )
