"""A mask belongs to its photo: it stays with it, limits its edits, and comes back with the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor, Gate
from fakes.mask_painter import Painter, bounds
from fakes.session_steps import (
    Start,
    edit,
    kill,
    open_file,
    quit_program,
    wait_until_shown,
    wait_until_stored,
)
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.edit_settings import OutputSize
from ip2p_desktop.app import Program
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.session.masks.stored_mask import MASK_SUFFIX
from ip2p_desktop.widgets.display_images import DisplayImage


@pytest.fixture
def other_photo(tmp_path: Path) -> Path:
    path = tmp_path / "cat.png"
    Image.new("RGB", (120, 90), "teal").save(path)
    return path


def test_each_photo_keeps_its_mask(
    qtbot: QtBot, painter: Painter, program: Program, other_photo: Path
) -> None:
    dog = program.document.source
    assert dog is not None
    painter.brush(20)
    painter.drag((20, 20), (60, 40))
    painted, state = painter.mask, program.document.state
    cat = open_file(qtbot, program, other_photo)
    assert program.document.state.mask_id == ""
    assert program.masks.draft.mask is not None
    assert program.masks.draft.mask.size == (120, 90)
    painter.drag((100, 70))
    assert painter.mask.size == (120, 90)
    program.history.show_node(dog)
    assert program.document.state.mask_id == state.mask_id
    assert painter.mask.tobytes() == painted.tobytes()
    program.history.show_node(cat)
    assert near_centre(painter.mask, (100, 70))
    program.window.actions_.undo.trigger()
    assert program.document.shown is cat
    assert program.document.state.mask_id == ""
    program.history.show_node(dog)
    assert painter.mask.tobytes() == painted.tobytes()
    program.window.actions_.undo.trigger()
    assert program.document.shown is dog
    assert program.document.state.mask_id == ""
    program.history.show_node(cat)
    assert program.document.state.mask_id == ""
    program.window.actions_.redo.trigger()
    assert near_centre(painter.mask, (100, 70))


def near_centre(mask: Image.Image, place: tuple[int, int]) -> bool:
    box = bounds(mask)
    assert box is not None
    return abs((box[0] + box[2]) / 2 - place[0]) <= 1 and abs((box[1] + box[3]) / 2 - place[1]) <= 1


def test_an_edit_gets_the_mask_and_its_result_remembers_it(
    qtbot: QtBot, painter: Painter, program: Program, editor: FakeEditor
) -> None:
    painter.brush(20)
    painter.drag((20, 20), (60, 40))
    painted, first = painter.mask, program.document.state.mask_id
    masked = edit(qtbot, program, "make it snowy")
    assert editor.requests[-1].mask is not None
    assert editor.requests[-1].mask.tobytes() == painted.tobytes()
    assert masked.state.mask_id == first
    assert program.document.matches(masked)
    program.window.actions_.clear_mask.trigger()
    assert not program.document.matches(masked)
    plain = edit(qtbot, program, "make it snowy")
    assert editor.requests[-1].mask is None
    assert plain.state.mask_id == ""
    program.history.show_node(masked)
    program.window.actions_.use_settings.trigger()
    assert program.document.state.mask_id == first
    assert painter.mask.tobytes() == painted.tobytes()


def test_a_waiting_edit_keeps_the_mask_it_was_submitted_with(
    qtbot: QtBot, painter: Painter, program: Program, editor: FakeEditor
) -> None:
    editor.load_gate = Gate()
    program.document.change(instruction="make it warmer")
    painter.brush(20)
    painter.drag((20, 20))
    painted = painter.mask
    program.edits.start()
    qtbot.waitUntil(lambda: program.queue.running is not None)
    painter.drag((70, 40))
    program.document.change(instruction="make it snowy")
    program.edits.start()
    program.undo.histories.clear()  # nothing but the jobs refers to the masks any more
    program.window.actions_.clear_mask.trigger()
    program.undo.histories.clear()
    program.sessions.recorder._write_record()
    assert len(program.queue.jobs) == 2
    with qtbot.waitSignals([program.edits.finished, program.edits.finished]):
        editor.load_gate.open()
    masks = [request.mask for request in editor.requests]
    assert masks[0] is not None
    assert masks[1] is not None
    assert masks[0].tobytes() == painted.tobytes()
    assert masks[1].getpixel((70, 40)) == 255


@pytest.mark.parametrize("size", [OutputSize.SOURCE, OutputSize.WORKING])
def test_every_edit_of_a_sequence_gets_the_mask(
    qtbot: QtBot, painter: Painter, program: Program, editor: FakeEditor, size: OutputSize
) -> None:
    painter.brush(20)
    painter.drag((20, 20), (60, 40))
    program.document.change(instruction="make it snowy, then make it warmer", output_size=size)
    program.edits.start()
    qtbot.waitUntil(lambda: len(editor.requests) == 2 and not program.queue.is_busy)
    for request in editor.requests:
        assert request.mask is not None
        assert request.mask.size == request.source_image.size
        assert near(bounds(request.mask), (10, 10, 70, 50))


def near(box: tuple[int, int, int, int] | None, expected: tuple[int, int, int, int]) -> bool:
    return box is not None and all(abs(a - b) <= 1 for a, b in zip(box, expected, strict=True))


def test_a_mask_is_scaled_for_a_result_of_another_size(painter: Painter, program: Program) -> None:
    painter.brush(20)
    painter.drag((20, 20), (60, 40))
    document = program.document
    assert document.source is not None
    assert document.model is not None
    job = EditJob(replace(document.state, instruction="make it warmer"), document.source, document.model)
    small = Image.new("RGB", (48, 32))
    job.follow(SourcePhoto.of(small, DisplayImage.of(small), "small.png"))
    mask = job.request().mask
    assert mask is not None
    assert near(bounds(mask), (5, 5, 35, 25))


def test_the_result_used_as_source_keeps_the_mask(qtbot: QtBot, painter: Painter, program: Program) -> None:
    painter.brush(20)
    painter.drag((20, 20))
    painted = painter.mask
    edit(qtbot, program, "make it snowy")
    program.window.actions_.use_as_source.trigger()
    assert painter.mask.tobytes() == painted.tobytes()


@pytest.mark.parametrize("is_killed", [False, True])
def test_mask_and_strokes_come_back_with_the_session(
    qtbot: QtBot,
    start: Start,
    photo: Path,
    data_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_killed: bool,
) -> None:
    program = start()
    open_file(qtbot, program, photo)
    program.window.composer.instruction_box.setText("make it snowy")
    painter = Painter(qtbot, program)
    painter.brush(20)
    painter.drag((20, 20), (60, 40))
    first = painter.mask
    painter.drag((80, 50))
    second = painter.mask
    result = edit(qtbot, program, "make it snowy")
    wait_until_stored(qtbot, program)
    kill(monkeypatch, data_folder) if is_killed else quit_program(program)
    again = start()
    wait_until_shown(qtbot, again)
    painter = Painter(qtbot, again)
    painter.wait()
    assert painter.mask.tobytes() == second.tobytes()
    assert again.masks.draft.mask is not None
    assert again.document.result is not None
    assert again.document.result.state.mask_id == result.state.mask_id == again.document.state.mask_id
    again.window.actions_.undo.trigger()  # shows the photo before the edit
    qtbot.waitUntil(lambda: again.document.result is None)
    again.window.actions_.undo.trigger()
    painter.wait()
    assert painter.mask.tobytes() == first.tobytes()
    again.window.actions_.redo.trigger()
    painter.wait()
    assert painter.mask.tobytes() == second.tobytes()


def test_a_project_has_the_masks(qtbot: QtBot, start: Start, photo: Path, tmp_path: Path) -> None:
    program = start()
    open_file(qtbot, program, photo)
    painter = Painter(qtbot, program)
    painter.brush(20)
    painter.drag((20, 20), (60, 40))
    painted = painter.mask
    project = tmp_path / "dog.ip2p"
    with qtbot.waitSignal(program.sessions.project_saved):
        program.sessions.save_project(project)
    program.sessions.begin()
    qtbot.waitUntil(lambda: program.document.shown is None)
    assert program.document.state.mask_id == ""
    program.sessions.open_project(project)
    wait_until_shown(qtbot, program)
    painter.wait()
    assert painter.mask.tobytes() == painted.tobytes()


def test_masks_that_nothing_refers_to_are_deleted_from_disk(qtbot: QtBot, start: Start, photo: Path) -> None:
    program = start()
    open_file(qtbot, program, photo)
    painter = Painter(qtbot, program)
    painter.brush(20)
    painter.drag((20, 20))
    painter.drag((60, 40))
    wait_until_stored(qtbot, program)
    folder = program.sessions.path
    assert folder is not None
    source = program.document.source
    assert source is not None

    def files() -> set[str]:
        return {file.name.removesuffix(MASK_SUFFIX) for file in folder.glob(f"*{MASK_SUFFIX}")}

    qtbot.waitUntil(lambda: files() == set(source.masks))
    assert len(files()) == 2
    undone = program.document.state.mask_id
    program.window.actions_.undo.trigger()
    painter.drag((80, 20))  # the second stroke can no longer be redone
    wait_until_stored(qtbot, program)
    qtbot.waitUntil(lambda: files() == set(source.masks) and undone not in files())
    assert len(files()) == 2


def test_a_mask_whose_file_is_damaged_is_reported_and_the_photo_stays(
    qtbot: QtBot, start: Start, photo: Path
) -> None:
    program = start()
    open_file(qtbot, program, photo)
    painter = Painter(qtbot, program)
    painter.brush(20)
    painter.drag((20, 20))
    wait_until_stored(qtbot, program)
    folder = program.sessions.path
    quit_program(program)
    assert folder is not None
    for file in folder.glob(f"*{MASK_SUFFIX}"):
        file.write_bytes(b"no picture")
    again = start()
    wait_until_shown(qtbot, again)
    Painter(qtbot, again).wait()
    assert "mask" in again.window.notice_bar.message.text()
    assert again.document.state.mask_id == ""
    painter = Painter(qtbot, again)
    painter.brush(20)
    painter.drag((40, 30))
    assert painter.mask.getpixel((40, 30)) == 255


def test_the_brush_finds_its_size_with_the_photo(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], tmp_path: Path
) -> None:
    large = tmp_path / "large.png"
    Image.new("RGB", (2000, 1000)).save(large)
    open_photo()
    assert program.masks.draft.brush.size == 8
    open_file(qtbot, program, large)
    assert program.masks.draft.brush.size == 160
    program.window.canvas.view.setFocus()
    program.window.actions_.brush.trigger()
    qtbot.keyClick(program.window.canvas.view, Qt.Key.Key_BracketRight)
    open_photo()
    assert program.masks.draft.brush.size == 184
