"""Many photos in a row: each with its results, its steps and its settings."""

from __future__ import annotations

from fakes.session_steps import edit
from fakes.strip_steps import click_photo
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto
from ip2p_desktop.window.history.photo_row import COUNT

from .conftest import MakeEdit

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
Photos = tuple[SourcePhoto, ...]
Branch = tuple[EditedPhoto, EditedPhoto, EditedPhoto]


def test_a_single_photo_stands_only_in_its_tree(program: Program, make_edit: MakeEdit) -> None:
    make_edit("make it snow")
    strip = program.window.history_strip
    strip.update_now()
    assert not strip.photos.isVisible()
    assert strip.results.isVisible()


def test_each_photo_has_a_thumbnail_with_the_number_of_its_results(
    qtbot: QtBot, program: Program, photos: Photos
) -> None:
    edit(qtbot, program, "make it snow")
    program.history.use_as_source()
    result = edit(qtbot, program, "make it warmer")
    strip = program.window.history_strip
    assert strip.opened_photos == photos
    assert strip.photos.isVisible()
    model = strip.photos.photos
    assert [model.index(row).data(COUNT) for row in range(3)] == [2, 0, 0]
    assert strip.photos.currentIndex().row() == 0
    row = QAccessible.queryAccessibleInterface(strip.photos)
    assert row.child(0).text(QAccessible.Text.Name) == "a.png\nResults: 2"
    click_photo(qtbot, program, photos[1])
    assert program.document.shown is photos[1]
    assert strip.entries == [photos[1]]
    click_photo(qtbot, program, photos[0])
    assert program.document.shown is result, "a photo comes back as it was left"
    click_photo(qtbot, program, photos[0])
    assert program.document.shown is photos[0], "a second click shows the photo itself"


def test_arrows_in_the_row_show_other_photos(qtbot: QtBot, program: Program, photos: Photos) -> None:
    row = program.window.history_strip.photos
    program.window.history_strip.update_now()
    row.setFocus()
    qtbot.keyClick(row, Qt.Key.Key_Right)
    assert program.document.shown is photos[1]
    qtbot.keyClick(row, Qt.Key.Key_Delete)
    assert program.tree.photos == (photos[0], photos[2])
    assert program.document.shown is photos[2]


def test_photos_are_renamed_in_the_row(qtbot: QtBot, program: Program, photos: Photos) -> None:
    row = program.window.history_strip.photos
    program.window.history_strip.update_now()
    row.setFocus()
    qtbot.keyClick(row, Qt.Key.Key_F2)
    field = row.findChild(QLineEdit, "name_field")
    assert field is not None
    assert field.selectedText() == "a", "the ending stays"
    QTest.keyClicks(field, "beach")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: photos[0].name == "beach.png")


def test_keys_lead_to_the_photos_before_and_after(qtbot: QtBot, program: Program, photos: Photos) -> None:
    actions, box = program.window.actions_, program.window.composer.instruction_box
    box.setFocus()
    assert not actions.previous_photo.isEnabled()
    for expected in (1, 2, 2):
        qtbot.keyClick(box, Qt.Key.Key_PageDown, CONTROL)
        assert program.document.shown is photos[expected]
    assert not actions.next_photo.isEnabled()
    qtbot.keyClick(box, Qt.Key.Key_PageUp, CONTROL)
    assert program.document.shown is photos[1]


def test_keys_lead_to_the_results_before_and_after_in_time(
    qtbot: QtBot, program: Program, branch: Branch
) -> None:
    first, second, third = branch
    box = program.window.composer.instruction_box
    box.setFocus()
    for expected in (second, first, first.source, first.source):
        qtbot.keyClick(box, Qt.Key.Key_Left, ALT)
        assert program.document.shown is expected
    for expected in (first, second, third, third):
        qtbot.keyClick(box, Qt.Key.Key_Right, ALT)
        assert program.document.shown is expected
    assert box.text() == "make it foggy"


def test_each_photo_keeps_its_instruction_and_settings(
    qtbot: QtBot, program: Program, photos: Photos
) -> None:
    first, second, third = photos
    box, document = program.window.composer.instruction_box, program.document
    box.setFocus()
    qtbot.keyClicks(box, "make it red")
    document.change(num_inference_steps=7)
    program.history.show_photo(second)
    assert box.text() == "make it red", "one without settings of its own takes over what is set"
    box.selectAll()
    qtbot.keyClicks(box, "make it blue")
    program.history.show_photo(first)
    assert box.text() == "make it red"
    program.history.show_photo(second)
    assert (box.text(), document.state.settings.num_inference_steps) == ("make it blue", 7)
    assert program.window.actions_.undo.text() == "&Undo Instruction"
    program.history.show_photo(third)
    program.history.show_photo(first)
    document.change(instruction="make it green")
    program.history.show_photo(third)
    assert box.text() == "make it green", "looking at a photo gives it no settings of its own"


def test_an_instruction_is_not_lost_to_a_photo_that_has_none(program: Program, photos: Photos) -> None:
    first, second, _third = photos
    program.document.change(turbo=True)
    program.history.show_photo(second)
    program.document.change(instruction="make it blue", turbo=False)
    program.history.show_photo(first)
    assert program.document.state.instruction == "make it blue"
    assert program.document.state.settings.turbo
