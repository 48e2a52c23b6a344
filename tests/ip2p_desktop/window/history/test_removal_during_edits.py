"""What is removed stays removed, whatever edits and undo do meanwhile."""

from __future__ import annotations

import time

from fakes.fake_editor import FakeEditor, Gate
from fakes.session_steps import edit
from fakes.strip_steps import press
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto

from .conftest import MakeEdit

CONTROL = Qt.KeyboardModifier.ControlModifier
Photos = tuple[SourcePhoto, ...]


def start_edit(program: Program, instruction: str, **values: object) -> None:
    program.document.change(instruction=instruction, **values)
    program.edits.start()


def test_a_result_that_arrives_just_after_its_photo_was_closed_does_not_bring_it_back(
    qtbot: QtBot, program: Program, photos: Photos, editor: FakeEditor
) -> None:
    editor.second_gate = gate = Gate()
    start_edit(program, "make it snow", variations=2)
    deadline = time.monotonic() + 20
    while not gate.is_reached and time.monotonic() < deadline:  # events of the first result wait
        time.sleep(0.005)
    assert gate.is_reached
    program.history.close_photo()
    gate.open()
    qtbot.waitUntil(lambda: editor.cancelled_edits == 1)
    qtbot.wait(50)
    assert program.window.history_strip.opened_photos == photos[1:]
    assert all(node.photo is not photos[0] for node in program.tree.listed)
    qtbot.keyClick(program.window, Qt.Key.Key_Z, CONTROL)
    assert program.window.history_strip.opened_photos == photos


def test_redo_of_a_removal_cancels_the_edits_and_takes_what_was_made_since(
    qtbot: QtBot, program: Program, photos: Photos, editor: FakeEditor
) -> None:
    first, second, _third = photos
    program.document.change(instruction="make it snow")
    program.history.remove(first)
    program.undo.undo()
    assert program.document.shown is first
    made = edit_elsewhere(qtbot, program, editor, first, second)
    assert program.tree.is_listed(made)
    editor.step_gates[1] = gate = Gate()
    program.edits.start()
    qtbot.waitUntil(lambda: gate.is_reached)
    program.undo.redo()
    gate.open()
    assert not program.queue.is_busy
    qtbot.waitUntil(lambda: editor.cancelled_edits == 1)
    assert first not in program.window.history_strip.opened_photos
    assert not program.tree.is_listed(made)
    program.undo.undo()
    assert program.tree.is_listed(first)
    assert program.tree.is_listed(made)


def edit_elsewhere(
    qtbot: QtBot, program: Program, editor: FakeEditor, photo: SourcePhoto, other: SourcePhoto
) -> EditedPhoto:
    """A result of a photo that was made while another one was on screen, which is no step of undo."""
    editor.step_gates[1] = gate = Gate()
    program.edits.start()
    qtbot.waitUntil(lambda: gate.is_reached)
    program.history.show_photo(other)
    with qtbot.waitSignal(program.edits.finished) as finished:
        gate.open()
    program.history.show_photo(photo)
    result = finished.args[0]
    assert isinstance(result, EditedPhoto)
    return result


def test_a_sequence_does_not_go_on_from_a_variation_that_was_removed(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, editor: FakeEditor
) -> None:
    make_edit("make it snow")
    editor.second_gate = gate = Gate()
    start_edit(program, "make it foggy, then make it dark", variations=2)
    qtbot.waitUntil(lambda: gate.is_reached and bool(program.queue.running and program.queue.running.results))
    job = program.queue.running
    assert job is not None
    first = job.results[0]
    program.history.remove(first)
    gate.open()
    qtbot.waitUntil(lambda: not program.queue.is_busy)
    assert program.tree.children_of(first) == ()
    second = job.results[1]
    (source,) = program.tree.children_of(second)
    assert len(program.tree.children_of(source)) == 1, "the other one goes on"


def test_a_sequence_whose_only_result_was_removed_ends(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, editor: FakeEditor
) -> None:
    make_edit("make it snow")
    editor.second_gate = gate = Gate()
    start_edit(program, "make it foggy, then make it dark", variations=2)
    qtbot.waitUntil(lambda: gate.is_reached and bool(program.queue.running and program.queue.running.results))
    job = program.queue.running
    assert job is not None
    program.history.remove(job.results[0])
    program.queue.produced.connect(lambda _job, result: program.history.remove(result))
    gate.open()
    qtbot.waitUntil(lambda: not program.queue.is_busy)
    assert [node.state.instruction for node in program.tree.nodes if isinstance(node, EditedPhoto)][-1] == (
        "make it foggy"
    )


def test_keys_pressed_twice_before_the_neighbour_is_read_remove_one(
    qtbot: QtBot, program: Program, make_edit: MakeEdit
) -> None:
    results = [make_edit(f"edit {number}") for number in range(3)]
    qtbot.waitUntil(lambda: all(node.pixels.file is not None for node in program.tree.nodes))
    program.history.show_node(results[2])
    results[1].pixels.drop_from_memory()
    strip = program.window.history_strip.results
    strip.setFocus()
    for _ in range(2):
        qtbot.keyClick(strip, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: program.document.shown is results[1])
    assert program.tree.listed == (results[0].source, results[0], results[1])


def test_closing_twice_before_the_next_photo_is_read_closes_one(
    qtbot: QtBot, program: Program, photos: Photos
) -> None:
    qtbot.waitUntil(lambda: all(node.pixels.file is not None for node in program.tree.nodes))
    photos[1].pixels.drop_from_memory()
    for _ in range(2):
        program.window.actions_.close_photo.trigger()
    qtbot.waitUntil(lambda: program.document.shown is photos[1])
    assert program.tree.photos == photos[1:]


def test_of_starred_results_the_next_starred_one_follows_a_removed_one(
    qtbot: QtBot, program: Program, make_edit: MakeEdit
) -> None:
    results = [make_edit(f"edit {number}") for number in range(5)]
    for place in (0, 2, 4):
        program.history.toggle_star(results[place])
    program.window.history_strip.starred_button.setChecked(True)
    program.history.show_node(results[0])
    press(qtbot, program, Qt.Key.Key_Delete)
    assert program.document.shown is results[2]
    program.window.actions_.next_result.trigger()
    assert program.document.shown is results[4]
    program.window.actions_.previous_result.trigger()
    assert program.document.shown is results[2]


def test_a_result_has_its_new_name_where_it_is_a_source_too(
    qtbot: QtBot, program: Program, make_edit: MakeEdit
) -> None:
    first = make_edit("make it snow")
    program.history.use_as_source()
    child = program.document.source
    edit(qtbot, program, "make it foggy")
    program.history.show_node(first)
    program.history.rename(first, "winter.png")
    assert child is not None
    program.edits.show(child)
    assert program.window.header.title.text() == "winter.png"
    program.undo.undo()
    program.undo.undo()
    assert child.name == first.name != "winter.png"


def test_where_the_neighbour_cannot_be_read_another_photo_is_shown(
    qtbot: QtBot, program: Program, photos: Photos
) -> None:
    first, second, third = photos
    damage(qtbot, program, second)
    qtbot.keyClick(program.window, Qt.Key.Key_W, CONTROL)
    qtbot.waitUntil(lambda: program.document.shown is third)
    qtbot.keyClick(program.window, Qt.Key.Key_Z, CONTROL)
    assert program.tree.photos == photos
    assert program.document.shown is first


def test_where_the_neighbour_cannot_be_read_the_photo_is_shown(
    qtbot: QtBot, program: Program, make_edit: MakeEdit
) -> None:
    first, second = make_edit("make it snow"), make_edit("make it warmer")
    damage(qtbot, program, first)
    press(qtbot, program, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: program.document.shown is second.source)
    program.undo.undo()
    assert program.document.shown is second


def damage(qtbot: QtBot, program: Program, node: EditNode) -> None:
    """Let the image of a node be only in a file, which is not whole."""
    qtbot.waitUntil(lambda: all(each.pixels.file is not None for each in program.tree.nodes))
    assert node.pixels.file is not None
    node.pixels.file.write_bytes(b"not an image")
    node.pixels.drop_from_memory()
