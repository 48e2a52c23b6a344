"""The command palette finds every action and every known edit, and runs them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.instructions.knowledge import Knowledge, KnownEdit, write_knowledge
from engine.library import ModelCard
from ip2p_desktop.app import Program
from ip2p_desktop.editing.previews.known_edits import known_ideas
from ip2p_desktop.window.help.action_list import listed_actions, plain_text
from ip2p_desktop.window.help.command_palette import CommandPalette
from ip2p_desktop.window.help.matching import best_matches
from ip2p_desktop.window.preferences_dialog import PreferencesDialog


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


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_tab_stays_in_the_palette(palette: CommandPalette, key: Qt.Key) -> None:
    QTest.keyClick(palette.search, key)
    assert palette.isVisible()
    assert palette.search.hasFocus()


@pytest.mark.parametrize(
    ("search", "key", "page"), [("theme", "theme", "Appearance"), ("device", "device", "Editing")]
)
def test_a_preference_is_opened_in_its_dialog(
    qtbot: QtBot, program: Program, palette: CommandPalette, search: str, key: str, page: str
) -> None:
    QTest.keyClicks(palette.search, search)
    entry = palette.shown_entries[0]
    assert (entry.title.casefold(), entry.detail) == (search, "Preferences")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: program.window.findChild(PreferencesDialog) is not None)
    dialog = program.window.findChild(PreferencesDialog)
    assert dialog is not None
    assert dialog.page_list.currentItem().text() == page
    focused = dialog.focusWidget()
    assert focused is not None
    assert dialog.controls[key].isAncestorOf(focused)


def test_all_preferences_of_the_dialog_are_offered(program: Program, palette: CommandPalette) -> None:
    program.window.actions_.preferences.trigger()
    dialog = program.window.findChild(PreferencesDialog)
    assert dialog is not None
    offered = [entry.title for entry in palette.shown_entries if entry.detail == "Preferences"]
    assert sorted(offered) == sorted(row.preference.label for page in dialog.pages for row in page.rows)


def test_a_screen_reader_is_told_what_enter_would_run(
    palette: CommandPalette, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[str] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: announced.append(event.message()))
    QTest.keyClicks(palette.search, "zoom")
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    assert announced[-1].startswith("Zoom out, View")


def test_edits_are_those_of_the_ideas(qtbot: QtBot, starter: ModelCard, program: Program) -> None:
    edits = (KnownEdit("night", "make it night"), KnownEdit("not offered"))
    write_knowledge(starter.path, Knowledge(edits=edits, vocabulary={}, instructions=("make it a postcard",)))
    program.help.open_palette()
    shown = {entry.title: entry.detail for entry in program.help.palette.shown_entries}
    assert shown["make it night"] == "Edit: Night"
    assert shown["make it a postcard"] == "Edit"
    listed = {idea.instruction for idea in known_ideas(starter)}
    assert {
        title for title, detail in shown.items() if detail.startswith("Edit") and title[0] == "m"
    } == listed
