"""The tree of results, driven with the mouse and the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor, Gate
from fakes.strip_steps import choose, click_star, menu_by_key, open_menu, press
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode
from ip2p_desktop.window.history import results_view
from ip2p_desktop.window.wiring import history_controller

from .conftest import MakeEdit

Branch = tuple[EditedPhoto, EditedPhoto, EditedPhoto]
Key = Qt.Key


def test_the_photo_comes_first_and_a_branch_below_its_source(program: Program, branch: Branch) -> None:
    first, second, third = branch
    strip = program.window.history_strip
    assert strip.entries == [first.source, first, second, third]
    rects = [strip.node_rect(node) for node in strip.entries]
    assert [rect.top() == rects[0].top() for rect in rects] == [True, True, True, False]
    assert rects[0].left() < rects[1].left() < rects[2].left()
    assert rects[3].left() == rects[2].left()
    assert strip.results.results.source is first, "the source of the result on screen is marked"


def test_the_strip_grows_with_branches_up_to_three_rows(
    qtbot: QtBot, program: Program, branch: Branch, make_edit: MakeEdit
) -> None:
    strip = program.window.history_strip
    strip.update_now()
    cell = strip.results.size_.cell.height()
    assert strip.height() >= 2 * cell
    for number in range(3):
        program.history.use_as_source()
        make_edit(f"edit {number}")
    strip.update_now()
    assert 3 * cell <= strip.height() < 4 * cell
    qtbot.waitUntil(lambda: strip.results.verticalScrollBar().maximum() > 0)
    qtbot.waitUntil(lambda: strip.results.viewport().rect().contains(strip.node_rect(program.document.shown)))  # type: ignore[arg-type]


def test_f4_shows_larger_thumbnails_with_names(qtbot: QtBot, program: Program, make_edit: MakeEdit) -> None:
    make_edit("make it snow")
    strip = program.window.history_strip
    strip.update_now()
    before = strip.height()
    qtbot.keyClick(program.window, Key.Key_F4)
    assert strip.height() > 1.5 * before
    assert strip.tall_button.isChecked()
    qtbot.mouseClick(strip.tall_button, Qt.MouseButton.LeftButton)
    assert strip.height() == before
    assert not program.window.actions_.tall_strip.isChecked()


def test_arrows_home_and_end_show_what_they_lead_to(qtbot: QtBot, program: Program, branch: Branch) -> None:
    first, second, third = branch
    state = program.document.state
    expected: list[tuple[Key, EditNode]] = [
        (Key.Key_Up, first),
        (Key.Key_Down, third),
        (Key.Key_Left, first),
        (Key.Key_Right, second),
        (Key.Key_Right, second),
        (Key.Key_Home, first.source),
        (Key.Key_End, second),
        (Key.Key_Down, third),
    ]
    for key, node in expected:
        press(qtbot, program, key)
        assert program.document.shown is node, key
    assert program.document.state == state, "looking changes no setting"


def test_enter_and_a_click_show_the_current_result_again_during_an_edit(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, editor: FakeEditor
) -> None:
    result = make_edit("make it snow")
    editor.step_gates[1] = gate = Gate()
    program.document.change(instruction="make it blue")
    program.edits.start()
    qtbot.waitUntil(lambda: program.document.preview is not None)
    press(qtbot, program, Key.Key_Return)
    assert program.document.preview is None
    assert program.window.canvas.view.after is result.display_image
    gate.open()
    qtbot.waitUntil(lambda: not program.queue.is_busy)
    assert program.document.result is result


def rename(qtbot: QtBot, program: Program, name: str) -> None:
    press(qtbot, program, Key.Key_F2)
    field = program.window.history_strip.results.findChild(QLineEdit, "name_field")
    assert field is not None
    assert field.hasFocus()
    field.selectAll()
    field.del_()
    QTest.keyClicks(field, name)
    QTest.keyClick(field, Key.Key_Return)


def test_f2_renames_in_place_and_the_name_is_that_of_the_file(
    qtbot: QtBot, program: Program, make_edit: MakeEdit
) -> None:
    result = make_edit("make it snow")
    rename(qtbot, program, "  Winter/1: best  ")
    qtbot.waitUntil(lambda: result.name == "Winter/1: best")
    program.window.actions_.save.trigger()
    dialog = program.window.findChild(QFileDialog, "save_dialog")
    assert dialog is not None
    assert Path(dialog.selectedFiles()[0]).name == "Winter_1_ best.png"
    dialog.reject()
    assert program.window.actions_.undo.text() == "&Undo Rename"
    program.window.actions_.undo.trigger()
    assert result.name == "dog - make it snow.png"


def test_an_empty_name_is_refused(qtbot: QtBot, program: Program, make_edit: MakeEdit) -> None:
    result = make_edit("make it snow")
    rename(qtbot, program, "   ")
    qtbot.waitUntil(program.window.notice_bar.isVisible)
    assert result.name == "dog - make it snow.png"
    assert "at least one character" in program.window.notice_bar.message.text()
    assert program.window.actions_.undo.text() == "&Undo Edit"


def test_escape_leaves_the_name(qtbot: QtBot, program: Program, make_edit: MakeEdit) -> None:
    result = make_edit("make it snow")
    press(qtbot, program, Key.Key_F2)
    field = program.window.history_strip.results.findChild(QLineEdit, "name_field")
    assert field is not None
    QTest.keyClicks(field, "sS")
    QTest.keyClick(field, Key.Key_Escape)
    assert (result.name, result.is_starred) == ("dog - make it snow.png", False)
    assert program.window.history_strip.results.hasFocus()


def test_the_photo_on_screen_has_its_new_name_in_the_header(
    qtbot: QtBot, program: Program, make_edit: MakeEdit
) -> None:
    make_edit("make it snow")
    press(qtbot, program, Key.Key_Home)
    rename(qtbot, program, "My dog")
    qtbot.waitUntil(lambda: program.window.header.title.text() == "My dog")
    program.window.actions_.undo.trigger()
    assert program.window.header.title.text() == "dog.jpg"


def test_s_and_a_click_on_the_star_set_it_and_take_it_away(
    qtbot: QtBot, program: Program, branch: Branch
) -> None:
    first, _second, third = branch
    press(qtbot, program, Key.Key_S)
    click_star(qtbot, program, first)
    assert program.document.shown is third, "the star is no choice"
    assert program.tree.starred == (first, third)
    click_star(qtbot, program, first)
    assert program.tree.starred == (third,)
    assert program.window.actions_.undo.text() == "&Undo Star"
    program.window.actions_.undo.trigger()
    assert program.tree.starred == (first, third)
    press(qtbot, program, Key.Key_Home)
    press(qtbot, program, Key.Key_S)
    assert not first.source.is_starred, "stars are for results"


def test_only_starred_results_are_shown_on_request(qtbot: QtBot, program: Program, branch: Branch) -> None:
    first, second, third = branch
    strip = program.window.history_strip
    qtbot.mouseClick(strip.starred_button, Qt.MouseButton.LeftButton)
    assert strip.entries == [first.source]
    assert strip.results.empty_text.isVisible()
    assert "press S" in strip.results.empty_text.text()
    assert program.window.actions_.only_starred.isChecked()
    program.history.toggle_star(third)
    program.history.toggle_star(second)
    assert strip.entries == [first.source, second, third]
    assert not strip.results.empty_text.isVisible()
    assert strip.starred_button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    program.window.actions_.only_starred.trigger()
    assert strip.entries == [first.source, first, second, third]


def test_the_menu_acts_on_the_node_without_showing_it(
    qtbot: QtBot, program: Program, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = branch
    strip = program.window.history_strip
    compared: list[object] = []
    strip.compare_requested.connect(compared.append)
    choose(open_menu(program, second), "Compare with the one on screen")
    assert (compared, program.document.shown) == ([second], third)
    choose(open_menu(program, second), "Star")
    choose(open_menu(program, second), "Remove the star")
    assert not second.is_starred
    folders: list[Path] = []
    monkeypatch.setattr(history_controller, "show_in_system", lambda path, parent: folders.append(path))
    choose(open_menu(program, second), "Show the photo's file in its folder")
    assert folders == [first.source.file.parent] if first.source.file else False
    choose(open_menu(program, second), "Show")
    assert program.document.shown is second
    menu = open_menu(program, second)
    compare = next(action for action in menu.actions() if action.text().startswith("Compare"))
    assert not compare.isEnabled()
    menu.close()


def test_the_menu_key_opens_the_menu_of_the_current_result(
    qtbot: QtBot, program: Program, branch: Branch
) -> None:
    _first, _second, third = branch
    choose(menu_by_key(program), "Use as source")
    assert program.document.source is not None
    assert program.document.source.parent is third


def test_an_older_result_is_used_as_source_from_the_menu(
    qtbot: QtBot, program: Program, branch: Branch, make_edit: MakeEdit, editor: FakeEditor
) -> None:
    first, second, third = branch
    choose(open_menu(program, second), "Use as source")
    fourth = make_edit("make it blue")
    assert editor.requests[-1].source_image.tobytes() == second.image().tobytes()
    assert fourth.source.parent is second
    strip = program.window.history_strip
    rows = [list(row.nodes) for row in strip.results.results.layout_.rows]
    assert rows == [[first.source, first, second], [fourth], [third]]


def test_what_a_screen_reader_is_told(qtbot: QtBot, program: Program, branch: Branch) -> None:
    first, _second, _third = branch
    program.history.toggle_star(first)
    strip = program.window.history_strip
    strip.update_now()
    table = QAccessible.queryAccessibleInterface(strip.results)
    names = [table.child(number).text(QAccessible.Text.Name) for number in range(table.childCount())]
    text = next(name for name in names if name.startswith(f"{first.name}\n"))
    for part in (first.name, "make it snow", "Starred", "Source of the next edit", "Results made from it: 1"):
        assert part in text
    headers = [name for name in names if name.isdigit()]
    assert len([name for name in names if name]) == 4 + len(headers)
    for control in (strip.results, strip.photos, strip.starred_button, strip.tall_button):
        assert control.accessibleName()


def test_of_thousands_of_results_only_the_visible_ones_are_painted(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_edit("make it snow")
    painted: list[object] = []
    monkeypatch.setattr(results_view, "draw_thumbnail", lambda *arguments: painted.append(arguments))
    results = [EditedPhoto(first.source, first.model, first.state, first.pixels) for _ in range(2000)]
    program.tree.add(*results)
    strip = program.window.history_strip
    assert len(strip.entries) == 2002
    painted.clear()
    strip.results.viewport().repaint()
    assert 0 < len(painted) < 60
    press(qtbot, program, Key.Key_End)
    assert program.document.shown is results[-1]
    assert strip.results.viewport().rect().contains(strip.node_rect(results[-1]))
