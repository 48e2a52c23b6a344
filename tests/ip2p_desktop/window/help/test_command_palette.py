"""The command palette finds every action and every known edit, and runs them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.window.help.action_list import listed_actions, plain_text
from ip2p_desktop.window.help.command_palette import CommandPalette
from ip2p_desktop.window.help.matching import best_matches


@pytest.fixture
def palette(qtbot: QtBot, program: Program) -> CommandPalette:
    """The palette, opened with its shortcut while the instruction has the focus."""
    program.window.composer.instruction_box.setFocus()
    qtbot.waitUntil(program.window.composer.instruction_box.hasFocus)
    QTest.keyClick(program.window.composer.instruction_box, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = program.help.palette
    assert palette.isVisible()
    assert palette.search.hasFocus()
    return palette


def all_actions(program: Program) -> list[QAction]:
    """Found in another way: all actions of all menus, however deep."""
    menus = program.window.menuBar().findChildren(QMenu)
    return [action for menu in menus for action in menu.actions()]


def test_it_lists_every_action_of_the_menus(program: Program, palette: CommandPalette) -> None:
    titles = {entry.title for entry in palette.shown_entries}
    expected = {
        plain_text(action.text())
        for action in all_actions(program)
        if action.text() and action.isVisible() and action.menu() is None
    }
    assert expected - titles == {plain_text(program.window.actions_.palette.text())}
    assert len(expected) > 30


def test_typing_finds_an_action_and_enter_runs_it(
    qtbot: QtBot, program: Program, palette: CommandPalette
) -> None:
    assert not program.window.settings_panel.isHidden()
    QTest.keyClicks(palette.search, "settings pan")
    assert palette.shown_entries[0].title == "Settings panel"
    assert palette.shown_entries[0].keys == "F9"
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    qtbot.waitUntil(program.window.settings_panel.isHidden)
    assert palette.isHidden()
    assert program.window.composer.instruction_box.hasFocus()


def test_an_edit_is_written_into_the_box(qtbot: QtBot, program: Program, palette: CommandPalette) -> None:
    QTest.keyClicks(palette.search, "snowy")
    entry = palette.shown_entries[0]
    assert (entry.title, entry.detail) == ("make it snowy", "Edit")
    rectangle = palette.list.visualItemRect(palette.list.item(0))
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=rectangle.center())
    qtbot.waitUntil(lambda: program.document.state.instruction == "make it snowy")


def test_down_chooses_the_next_entry(qtbot: QtBot, program: Program, palette: CommandPalette) -> None:
    QTest.keyClicks(palette.search, "zoom")
    titles = [entry.title for entry in palette.shown_entries]
    assert titles == ["Zoom in", "Zoom out"]
    zoomed: list[str] = []
    program.window.actions_.zoom_out.triggered.connect(lambda: zoomed.append("out"))
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: zoomed == ["out"])


def test_what_is_not_possible_is_at_the_end_and_does_nothing(palette: CommandPalette) -> None:
    QTest.keyClicks(palette.search, "use result as source")
    (entry,) = palette.shown_entries
    assert not entry.is_enabled
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_nothing_found_says_so(palette: CommandPalette) -> None:
    QTest.keyClicks(palette.search, "xyzzy")
    assert palette.shown_entries == []
    assert palette.nothing.isVisible()


def test_escape_closes_it_and_cancels_no_edit(program: Program, palette: CommandPalette) -> None:
    cancelled: list[bool] = []
    program.window.actions_.cancel.triggered.connect(lambda: cancelled.append(True))
    program.window.actions_.cancel.setEnabled(True)
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.isHidden()
    assert cancelled == []
    assert program.window.composer.instruction_box.hasFocus()


def test_a_click_elsewhere_closes_it(qtbot: QtBot, program: Program, palette: CommandPalette) -> None:
    qtbot.mouseClick(program.window.composer.instruction_box, Qt.MouseButton.LeftButton)
    program.window.composer.instruction_box.setFocus()
    qtbot.waitUntil(palette.isHidden)
    assert QApplication.focusWidget() is program.window.composer.instruction_box


def test_it_stays_inside_a_small_window(program: Program, palette: CommandPalette) -> None:
    program.window.resize(720, 420)
    assert program.window.rect().contains(palette.geometry())


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("", ["Zoom in", "Zoom out", "Résumé", "Fit to window"]),
        ("zoom", ["Zoom in", "Zoom out"]),
        ("OUT", ["Zoom out"]),
        ("in", ["Zoom in", "Fit to window"]),
        ("resume", ["Résumé"]),
        ("zin", ["Zoom in"]),
        ("view zoom", ["Zoom in", "Zoom out"]),
        ("zoom fit", []),
    ],
)
def test_matching(search: str, expected: list[str]) -> None:
    entries = [("Zoom in", "View"), ("Zoom out", "View"), ("Résumé", "Edit"), ("Fit to window", "Other")]
    assert [title for title, _ in best_matches(entries, search, lambda entry: entry)] == expected


def test_the_search_for_all_actions_looks_into_inner_menus(program: Program) -> None:
    menus: dict[str, str] = {each.text: each.menu for each in listed_actions(program.window.menuBar())}
    assert menus["Dark"] == "View › Theme"
    assert menus["Undo"] == "Edit"
