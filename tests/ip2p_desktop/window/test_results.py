"""Results are shown, used as source, saved and copied."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor
from fakes.strip_steps import click_node, press
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from engine.images.edit_record import METADATA_KEY, read_edit_record
from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.session.image_memory import ImageMemory

MakeEdit = Callable[[str], EditedPhoto]


def click_thumbnail(qtbot: QtBot, program: Program, place: int) -> None:
    """Of the node at a place in the strip, counted from the photo."""
    click_node(qtbot, program, program.window.history_strip.entries[place])


def tooltip_of(program: Program, node: EditedPhoto) -> str:
    model = program.window.history_strip.results.results
    program.window.history_strip.update_now()
    return str(model.index_of(node).data(Qt.ItemDataRole.ToolTipRole))


def test_the_strip_is_walked_with_the_keyboard(qtbot: QtBot, program: Program, make_edit: MakeEdit) -> None:
    first = make_edit("make it snow")
    make_edit("make it warmer")
    press(qtbot, program, Qt.Key.Key_Left)
    assert program.document.result is first


def test_tooltips_show_instruction_and_settings(program: Program, make_edit: MakeEdit) -> None:
    result = make_edit("make it 100 %1 snowy")
    tip = tooltip_of(program, result)
    assert tip.startswith(f"{result.name}\nmake it 100 %1 snowy\nModel Starter\n")
    assert f"seed {result.request.settings.seed}" in tip


def test_a_result_becomes_the_source_and_the_way_back_stays(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, editor: FakeEditor
) -> None:
    first = make_edit("make it snow")
    qtbot.mouseClick(program.window.header.source_button, Qt.MouseButton.LeftButton)
    assert program.document.result is None
    second = make_edit("make it warmer")
    assert editor.requests[1].source_image.tobytes() == first.image().tobytes()
    assert second.name == "dog - make it snow - make it warmer.png"
    click_thumbnail(qtbot, program, 0)
    assert program.document.source is first.source


def test_removing_from_the_strip(program: Program, make_edit: MakeEdit) -> None:
    first = make_edit("make it snow")
    program.window.history_strip.remove_requested.emit(first)
    assert program.window.history_strip.entries == [first.source]
    assert first not in program.tree.listed


def test_memory_is_bounded_and_no_result_is_lost(qtbot: QtBot, program: Program, make_edit: MakeEdit) -> None:
    results = [make_edit(f"edit {number}") for number in range(4)]
    pixels = [each.image().tobytes() for each in results]
    byte_limit = results[0].pixels.byte_count * 2
    tree = EditTree(ImageMemory(byte_limit))
    tree.add(*results)
    assert tree.byte_count <= byte_limit
    assert tree.listed == tuple(results)
    assert results[0].pixels.byte_count == 0
    click_thumbnail(qtbot, program, 1)
    qtbot.waitUntil(lambda: program.document.result is results[0])
    assert program.window.canvas.view.after is results[0].display_image
    assert [each.image().tobytes() for each in results] == pixels
    assert tree.byte_count <= byte_limit


@pytest.fixture
def lost(program: Program, make_edit: MakeEdit, tmp_path: Path) -> EditedPhoto:
    """A result whose file was deleted; another result is on screen."""
    first, second = make_edit("make it snow"), make_edit("make it warmer")
    file = tmp_path / "lost.tif"
    first.pixels.set_file(file)
    first.pixels.drop_from_memory()
    assert program.document.result is second
    return first


@pytest.mark.parametrize("content", [None, b"too short"])
def test_a_result_whose_file_is_lost_leaves_what_is_on_screen(
    qtbot: QtBot, program: Program, lost: EditedPhoto, content: bytes | None, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "lost.tif").write_bytes(content)
    document, strip, notice = program.document, program.window.history_strip, program.window.notice_bar
    shown, before, after = document.shown, document.state, program.window.canvas.view.after
    click_thumbnail(qtbot, program, 1)
    qtbot.waitUntil(notice.isVisible)
    assert "lost.tif cannot be read" in notice.message.text()
    assert (document.shown, program.window.canvas.view.after) == (shown, after)
    assert strip.current is shown
    for use in (
        lambda: strip.use_as_source_requested.emit(lost),
        lambda: program.saving.save_to(lost, tmp_path / "saved.png"),
        program.undo.undo,
    ):
        notice.clear()
        program.history.show_node(shown) if shown is not None else None
        use()
        qtbot.waitUntil(notice.isVisible)
        assert (document.shown, document.state) == (shown, before)


def test_undo_goes_past_a_result_whose_file_is_lost(
    qtbot: QtBot, program: Program, lost: EditedPhoto
) -> None:
    program.undo.undo()
    qtbot.waitUntil(program.window.notice_bar.isVisible)
    assert program.document.shown is program.tree.listed[-1]
    program.undo.undo()
    assert program.document.shown is lost.source
    program.undo.redo()
    assert program.document.shown is program.tree.listed[-1]


def test_every_variation_has_its_place_and_its_own_seed(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, editor: FakeEditor, tmp_path: Path
) -> None:
    program.document.change(seed=40, randomises_seed=False)
    program.window.settings_panel.variations.value = 3
    first = make_edit("make it snow")
    assert editor.requests[-1].variations == 3
    strip = program.window.history_strip
    assert len(strip.entries) == 4
    assert strip.current is first
    assert program.document.result is first
    click_thumbnail(qtbot, program, 3)
    program.window.actions_.use_settings.trigger()
    third = program.document.result
    assert third is not None
    assert third.image().tobytes() != first.image().tobytes()
    assert "seed 42" in tooltip_of(program, third)
    assert (program.document.state.settings.seed, program.document.state.variations) == (42, 1)
    with qtbot.waitSignal(program.files.saved):
        program.saving.save_to(third, tmp_path / "third.png")
    record = read_edit_record(tmp_path / "third.png")
    assert record is not None
    assert record.settings == third.request.settings
    assert record.settings.seed == 42


def test_fallbacks_are_reported_once(program: Program, make_edit: MakeEdit, editor: FakeEditor) -> None:
    editor.fallbacks = ("Memory was short: the photo was encoded and decoded in tiles.",)
    make_edit("make it snow")
    notice = program.window.notice_bar
    assert notice.isVisible()
    assert (notice.message.text(), notice.advice.text()) == ("The edit is done.", editor.fallbacks[0])
    assert notice.property("tone") == "info"
    make_edit("make it warmer")
    assert not notice.isVisible()
    editor.fallbacks = ()
    make_edit("make it cooler")
    editor.fallbacks = ("Memory was short: the edit was computed on the processor.",)
    make_edit("make it brighter")
    assert notice.advice.text() == editor.fallbacks[0]


def test_saving_writes_the_result_with_its_request(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, tmp_path: Path
) -> None:
    result = make_edit("make it snow")
    program.window.actions_.save.trigger()
    dialog = program.window.findChild(QFileDialog, "save_dialog")
    assert dialog is not None
    assert Path(dialog.selectedFiles()[0]).name == "dog - make it snow.png"
    dialog.reject()
    target = tmp_path / "out.png"
    with qtbot.waitSignal(program.files.saved):
        program.saving.save_to(result, target)
    assert program.window.notice_bar.message.text() == "Saved as out.png"
    with Image.open(target) as saved:
        stored = json.loads(saved.text[METADATA_KEY])
        assert saved.size == result.image().size
    assert stored["instruction"] == "make it snow"
    assert stored["seed"] == result.request.settings.seed


def test_a_result_used_as_source_keeps_what_the_camera_noted(make_edit: MakeEdit) -> None:
    result = make_edit("make it snow")
    result.source.info = {"dpi": (300.0, 300.0)}
    assert result.as_source().image.info == {"dpi": (300.0, 300.0)}
    assert result.as_source().image.tobytes() == result.image().tobytes()


def test_a_folder_that_cannot_be_written_is_reported(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, tmp_path: Path
) -> None:
    result = make_edit("make it snow")
    with qtbot.waitSignal(program.files.failed) as failed:
        program.saving.save_to(result, tmp_path / "missing" / "out.png")
    assert program.window.notice_bar.message.text() == failed.args[0].message


def test_copying_puts_the_result_on_the_clipboard(
    qtbot: QtBot, program: Program, make_edit: MakeEdit
) -> None:
    result = make_edit("make it snow")
    qtbot.mouseClick(program.window.header.copy_button, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().image().size() == result.display_image.size


def test_nothing_to_save_or_go_on_from_before_a_result(
    program: Program, open_photo: Callable[[], None]
) -> None:
    open_photo()
    header = program.window.header
    assert not header.save_button.isEnabled()
    assert not header.source_button.isEnabled()
    assert header.copy_button.isEnabled()
    assert isinstance(program.window.history_strip.entries[0], SourcePhoto)
