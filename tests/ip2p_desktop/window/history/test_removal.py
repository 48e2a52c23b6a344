"""What is removed can be brought back, and costs no disk space once nothing can bring it back."""

from __future__ import annotations

from fakes.fake_editor import FakeEditor, Gate
from fakes.strip_steps import choose, click_node, open_menu, press
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto

from .conftest import MakeEdit

Branch = tuple[EditedPhoto, EditedPhoto, EditedPhoto]
CONTROL = Qt.KeyboardModifier.ControlModifier
Photos = tuple[SourcePhoto, ...]


def press_undo(qtbot: QtBot, program: Program) -> None:
    qtbot.keyClick(program.window.history_strip.results, Qt.Key.Key_Z, CONTROL)


def press_redo(qtbot: QtBot, program: Program) -> None:
    qtbot.keyClick(program.window.history_strip.results, Qt.Key.Key_Y, CONTROL)


def test_delete_shows_the_neighbour_and_undo_brings_it_back_to_its_place(
    qtbot: QtBot, program: Program, make_edit: MakeEdit
) -> None:
    results = [make_edit(f"edit {number}") for number in range(3)]
    photo, strip = results[0].source, program.window.history_strip
    click_node(qtbot, program, results[1])
    press(qtbot, program, Qt.Key.Key_Delete)
    assert strip.entries == [photo, results[0], results[2]]
    assert program.document.shown is results[2]
    press(qtbot, program, Qt.Key.Key_Delete)
    assert program.document.shown is results[0]
    for _ in range(2):
        press_undo(qtbot, program)
    assert strip.entries == [photo, *results]
    assert program.document.shown is strip.current is results[1]
    press_redo(qtbot, program)
    assert strip.entries == [photo, results[0], results[2]]
    assert program.document.shown is results[2]


def test_one_that_is_not_on_screen_is_removed_without_a_change_on_screen(
    qtbot: QtBot, program: Program, branch: Branch
) -> None:
    first, second, third = branch
    choose(open_menu(program, second), "Remove")
    assert program.document.shown is third
    assert program.tree.listed == (first.source, first, third)
    assert program.window.actions_.undo.text() == "&Undo Remove"
    press_undo(qtbot, program)
    assert program.tree.listed == (first.source, first, second, third)
    assert program.document.shown is third


def test_a_result_goes_with_what_was_made_from_it_and_the_notice_undoes_it(
    qtbot: QtBot, program: Program, branch: Branch
) -> None:
    first, second, third = branch
    choose(open_menu(program, first), "Remove")
    notice = program.window.notice_bar
    assert program.tree.listed == (first.source, second)
    assert program.document.shown is second
    assert first.name in notice.message.text()
    assert "(1)" in notice.message.text()
    qtbot.mouseClick(notice.action_button, Qt.MouseButton.LeftButton)
    assert program.tree.listed == (first.source, first, second, third)
    assert program.document.shown is third
    assert not notice.isVisible()


def test_the_notice_goes_when_something_else_would_be_undone(program: Program, branch: Branch) -> None:
    program.history.remove(branch[1])
    assert program.window.notice_bar.isVisible()
    program.document.change(turbo=True)
    assert not program.window.notice_bar.isVisible()


def test_a_photo_is_closed_with_its_results_as_one_step(
    qtbot: QtBot, program: Program, branch: Branch
) -> None:
    third = branch[2]
    listed = program.tree.listed
    qtbot.keyClick(program.window, Qt.Key.Key_W, CONTROL)
    assert program.tree.listed == ()
    assert program.document.shown is None
    assert program.window.canvas.welcome.isVisible()
    assert not program.window.history_strip.isVisible()
    qtbot.keyClick(program.window, Qt.Key.Key_Z, CONTROL)
    assert program.tree.listed == listed
    assert program.document.shown is third
    assert program.document.state.instruction == "make it foggy"
    qtbot.keyClick(program.window, Qt.Key.Key_Y, CONTROL)
    assert program.document.shown is None
    qtbot.keyClick(program.window, Qt.Key.Key_Z, CONTROL)
    qtbot.keyClick(program.window, Qt.Key.Key_Z, CONTROL)
    assert program.document.shown is third.source, "the steps before are still there"


def test_after_closing_the_next_photo_is_shown_with_its_own_settings(
    qtbot: QtBot, program: Program, photos: Photos
) -> None:
    first, second, third = photos
    program.history.show_photo(second)
    program.document.change(instruction="make it blue", turbo=True)
    program.history.show_photo(first)
    program.document.change(instruction="make it red", turbo=False)
    qtbot.keyClick(program.window, Qt.Key.Key_W, CONTROL)
    assert program.document.shown is second
    assert program.document.state.instruction == "make it blue"
    assert program.document.state.settings.turbo
    qtbot.keyClick(program.window, Qt.Key.Key_Z, CONTROL)
    assert program.document.shown is first
    assert program.window.history_strip.opened_photos == photos
    assert program.document.state.instruction == "make it red"
    program.history.show_photo(third)
    qtbot.keyClick(program.window, Qt.Key.Key_W, CONTROL)
    assert program.document.shown is second, "the last one has its neighbour before it"


def test_the_edit_of_a_closed_photo_is_cancelled(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, editor: FakeEditor
) -> None:
    make_edit("make it snow")
    editor.step_gates[1] = gate = Gate()
    program.document.change(instruction="make it cooler")
    program.edits.start()
    qtbot.waitUntil(lambda: gate.is_reached)
    program.history.close_photo()
    assert not program.queue.is_busy
    gate.open()
    qtbot.waitUntil(lambda: editor.cancelled_edits == 1)
    assert program.tree.photos == ()


def test_files_are_deleted_only_when_nothing_can_bring_the_result_back(
    qtbot: QtBot, program: Program, branch: Branch
) -> None:
    first, second, _third = branch
    file = second.pixels.file
    assert file is not None
    program.history.remove(second)
    qtbot.waitUntil(lambda: program.sessions.path is not None)
    assert second in program.tree.nodes
    assert file.exists()
    press_undo(qtbot, program)
    press_redo(qtbot, program)
    press_undo(qtbot, program)
    assert second.image().size == first.image().size
    program.history.remove(second)
    program.undo.histories.clear()
    program.undo.free_removed()
    assert second not in program.tree.nodes
    qtbot.waitUntil(lambda: not file.exists())
