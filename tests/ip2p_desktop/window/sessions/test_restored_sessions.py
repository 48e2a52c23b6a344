"""What the window holds is on disk as it arises, and comes back after quitting and after being killed."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor, Gate, negative
from fakes.session_steps import (
    COLOUR,
    Start,
    edit,
    kill,
    open_file,
    quit_program,
    wait_until_shown,
    wait_until_stored,
)
from PIL import Image
from pytestqt.qtbot import QtBot

from engine.images.edit_record import read_edit_record
from engine.progress import CancelToken
from ip2p_desktop.base import paths
from ip2p_desktop.session import image_memory
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto
from ip2p_desktop.session.store.session_folder import session_paths
from ip2p_desktop.session.store.session_record import PREVIOUS_NAME, SESSION_NAME
from ip2p_desktop.widgets.display_images import DisplayImage


def test_a_killed_session_comes_back_whole(
    qtbot: QtBot, start: Start, coloured: Path, monkeypatch: pytest.MonkeyPatch, data_folder: Path
) -> None:
    program = start()
    photo = open_file(qtbot, program, coloured)
    program.document.change(seed=77, randomises_seed=False, num_inference_steps=7)
    first = edit(qtbot, program, "make it snow")
    program.history.use_as_source()
    second = edit(qtbot, program, "make it warmer")
    program.window.canvas.view.zoom_to_pixels()
    program.window.canvas.view.divider.setValue(250)
    program.window.composer.instruction_box.setText("now add a")
    program.document.change(text_guidance_scale=3.5)
    wait_until_stored(qtbot, program)
    before = program.document.state, program.window.canvas.view.position
    kill(monkeypatch, data_folder)

    again = start()
    wait_until_shown(qtbot, again)
    photo2, first2, child2, second2 = again.tree.nodes
    assert again.tree.listed == (photo2, first2, second2)
    assert [each.name for each in again.tree.nodes] == [each.name for each in program.tree.nodes]
    assert isinstance(first2, EditedPhoto)
    assert isinstance(second2, EditedPhoto)
    assert (first2.source, child2.parent, second2.source) == (photo2, first2, child2)
    assert again.document.result is second2
    assert (first2.state, second2.state) == (first.state, second.state)
    assert first2.state.settings.seed == 77
    assert (first2.model.path, first2.model.name) == (first.model.path, "Starter")
    assert first2.image().tobytes() == first.image().tobytes()
    assert second2.image().getpixel((5, 5)) == negative(first.image(), 0).getpixel((5, 5))
    assert isinstance(photo2, SourcePhoto)
    assert photo2.image.tobytes() == photo.image.tobytes()
    assert photo2.info == photo.info
    assert (again.document.state, again.window.canvas.view.position) == before
    assert again.window.composer.instruction_box.text() == "now add a"
    assert again.window.history_strip.entries == [photo2, first2, second2]
    for _ in range(3):  # the setting, what was typed, and the edit
        assert again.document.shown is second2
        again.window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: again.document.shown is child2)


def test_metadata_survives_to_a_later_save(
    qtbot: QtBot, start: Start, coloured: Path, tmp_path: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    edit(qtbot, program, "make it snow")
    quit_program(program)
    again = start()
    wait_until_shown(qtbot, again)
    assert again.document.result is not None
    with qtbot.waitSignal(again.files.saved):
        again.saving.save_to(again.document.result, tmp_path / "saved.png")
    with Image.open(tmp_path / "saved.png") as saved:
        assert saved.getexif()[0x013B] == "A. Painter"
        assert 'Rating="4"' in saved.text["XML:com.adobe.xmp"]
        assert [round(value) for value in saved.info["dpi"]] == [300, 300]
        assert saved.convert("RGB").getpixel((3, 3)) == tuple(255 - value for value in COLOUR)
    record = read_edit_record(tmp_path / "saved.png")
    assert record is not None
    assert record.instruction == "make it snow"


def test_a_result_is_on_disk_before_it_is_reported(qtbot: QtBot, start: Start, coloured: Path) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    found: list[bool] = []

    def note(result: EditedPhoto) -> None:
        file = result.pixels.file
        assert file is not None
        assert result.source.pixels.file is not None
        found.append(file.with_suffix(".json").exists() and file.exists())

    program.edits.finished.connect(note)
    program.document.change(variations=2)
    edit(qtbot, program, "make it snow")
    assert found == [True]
    with Image.open(program.tree.listed[2].pixels.file) as image:  # any program opens it
        assert image.format == "TIFF"
        assert image.getpixel((3, 3)) == tuple(255 - value - 16 for value in COLOUR)


def test_a_cancelled_edit_leaves_no_result(
    qtbot: QtBot, start: Start, coloured: Path, editor: FakeEditor
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    gate = editor.step_gates[0] = Gate()
    program.document.change(instruction="make it snow")
    program.edits.start()
    qtbot.waitUntil(lambda: gate.is_reached)
    program.edits.cancel()
    quit_program(program)
    assert [node.name for node in start().tree.nodes] == [coloured.name]


@pytest.mark.parametrize("damage", ["empty", "half", "missing", "nonsense", "deep"])
def test_with_a_damaged_record_the_one_before_is_used(
    qtbot: QtBot, start: Start, coloured: Path, damage: str
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    edit(qtbot, program, "make it snow")
    wait_until_stored(qtbot, program)
    program.window.composer.instruction_box.setText("make it")
    wait_until_stored(qtbot, program)
    program.window.composer.instruction_box.setText("make it warm")
    quit_program(program)
    (folder,) = session_paths(paths.sessions_folder())
    file = folder / SESSION_NAME
    text = file.read_text(encoding="utf-8")
    file.unlink()
    contents = {"empty": "", "half": text[: len(text) // 2], "nonsense": "[1, 2]", "deep": "[" * 100_000}
    if damage in contents:
        file.write_text(contents[damage], encoding="utf-8")
    again = start()
    wait_until_shown(qtbot, again)
    assert [node.name for node in again.tree.listed] == [coloured.name, "harbour & sea - make it snow.png"]
    assert again.document.state.instruction == "make it"
    notice = again.window.notice_bar
    assert notice.isVisible() == (damage != "missing")
    if damage != "missing":
        assert SESSION_NAME in notice.message.text()
        assert (folder / "damaged" / SESSION_NAME).exists()


def test_without_any_record_everything_made_comes_back(qtbot: QtBot, start: Start, coloured: Path) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    edit(qtbot, program, "make it snow")
    result = edit(qtbot, program, "make it warmer")
    quit_program(program)
    (folder,) = session_paths(paths.sessions_folder())
    for name in (SESSION_NAME, PREVIOUS_NAME):
        (folder / name).write_text("{", encoding="utf-8")
    again = start()
    wait_until_shown(qtbot, again)
    assert [node.name for node in again.tree.listed] == [node.name for node in program.tree.listed]
    assert again.document.result is again.tree.listed[-1]
    assert again.document.result.state == result.state


def test_damaged_images_are_named_and_everything_else_comes_back(
    qtbot: QtBot, start: Start, coloured: Path
) -> None:
    program = start()
    photo = open_file(qtbot, program, coloured)
    results = [edit(qtbot, program, text) for text in ("make it snow", "make it warmer", "make it blue")]
    quit_program(program)
    cut, missing, whole = results
    for node in (cut, missing, whole, photo):
        assert node.pixels.file is not None
    cut.pixels.file.write_bytes(cut.pixels.file.read_bytes()[:-7])  # type: ignore[union-attr]
    missing.pixels.file.unlink()  # type: ignore[union-attr]
    photo.pixels.file.unlink()  # type: ignore[union-attr]
    again = start()
    wait_until_shown(qtbot, again)
    (only,) = again.tree.listed
    assert isinstance(only, EditedPhoto)
    assert (only.name, only.state) == (whole.name, whole.state)
    assert only.image().tobytes() == whole.image().tobytes()
    assert only.source.name == coloured.name
    text = again.window.notice_bar.message.text()
    for node in (cut, missing, photo):
        assert node.name in text
    assert whole.name not in text
    folder = whole.pixels.file.parent  # type: ignore[union-attr]
    assert (folder / "damaged" / f"{cut.node_id}.tif").exists()
    quit_program(again)
    third = start()
    wait_until_shown(qtbot, third)
    assert not third.window.notice_bar.isVisible()
    assert [node.name for node in third.tree.nodes] == [coloured.name, whole.name]
    assert third.tree.listed == (third.tree.nodes[1],)


def test_a_damaged_description_costs_the_settings_but_not_the_image(
    qtbot: QtBot, start: Start, coloured: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    result = edit(qtbot, program, "make it snow")
    quit_program(program)
    assert result.pixels.file is not None
    result.pixels.file.with_suffix(".json").write_text("{}", encoding="utf-8")
    again = start()
    wait_until_shown(qtbot, again)
    recovered = again.tree.listed[-1]
    assert isinstance(recovered, SourcePhoto)
    assert recovered.name == result.name
    assert recovered.image.tobytes() == result.image().tobytes()
    assert result.name in again.window.notice_bar.message.text()


def test_a_session_of_a_newer_version_is_left_alone_and_reported(
    qtbot: QtBot, start: Start, coloured: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    quit_program(program)
    (folder,) = session_paths(paths.sessions_folder())
    file = folder / SESSION_NAME
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"version": 2}), encoding="utf-8")
    before = {each: each.read_bytes() for each in folder.iterdir()}
    again = start()
    assert again.tree.nodes == ()
    assert "newer version" in again.window.notice_bar.message.text()
    open_file(qtbot, again, coloured)
    quit_program(again)
    assert {each: each.read_bytes() for each in folder.iterdir()} == before
    assert len(session_paths(paths.sessions_folder())) == 2


def test_fields_of_other_versions_are_kept(qtbot: QtBot, start: Start, coloured: Path) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    quit_program(program)
    (folder,) = session_paths(paths.sessions_folder())
    file = folder / SESSION_NAME
    values = json.loads(file.read_text(encoding="utf-8"))
    values["masks"], values["nodes"][0]["stars"] = {"a": 1}, 4
    file.write_text(json.dumps(values), encoding="utf-8")
    again = start()
    wait_until_shown(qtbot, again)
    again.document.change(instruction="make it new")
    quit_program(again)
    stored = json.loads(file.read_text(encoding="utf-8"))
    assert (stored["masks"], stored["nodes"][0]["stars"]) == ({"a": 1}, 4)
    assert stored["state"]["instruction"] == "make it new"


def test_two_programs_do_not_share_a_session(qtbot: QtBot, start: Start, coloured: Path) -> None:
    first = start()
    open_file(qtbot, first, coloured)
    wait_until_stored(qtbot, first)
    second = start()
    assert second.tree.nodes == ()
    assert not second.window.notice_bar.isVisible()
    open_file(qtbot, second, coloured)
    wait_until_stored(qtbot, second)
    assert first.sessions.path != second.sessions.path
    assert first.sessions.path is not None
    second.sessions.open_session(first.sessions.path)
    qtbot.waitUntil(second.window.notice_bar.isVisible)
    assert "another window" in second.window.notice_bar.message.text()
    assert len(second.tree.nodes) == 1


def test_a_photo_that_is_opened_at_once_is_shown_after_the_restored_ones(
    qtbot: QtBot, start: Start, coloured: Path, photo: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    edit(qtbot, program, "make it snow")
    quit_program(program)
    again = start(wait=False)
    again.edits.open_source(
        SourcePhoto.of(image := Image.new("RGB", (40, 30)), DisplayImage.of(image), "new")
    )
    qtbot.waitUntil(lambda: again.sessions.is_restored)
    names = [coloured.name, "harbour & sea - make it snow.png", "new"]
    assert [node.name for node in again.tree.listed] == names
    assert again.window.history_strip.opened_photos == (again.tree.listed[0], again.tree.listed[2])
    assert again.document.shown is again.tree.listed[-1]
    assert again.window.history_strip.current is again.tree.listed[2]
    wait_until_stored(qtbot, again)
    quit_program(again)
    third = start()
    wait_until_shown(qtbot, third)
    assert [node.name for node in third.tree.listed] == names
    assert third.document.shown is third.tree.listed[-1]


def test_a_window_that_is_closed_before_it_shows_its_session_leaves_it_as_it_is(
    qtbot: QtBot, start: Start, coloured: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    edit(qtbot, program, "make it snow")
    program.window.composer.instruction_box.setText("make it new")
    quit_program(program)
    quit_program(start(wait=False))
    again = start()
    wait_until_shown(qtbot, again)
    assert again.document.result is again.tree.listed[1]
    assert again.document.state.instruction == "make it new"


def test_images_are_read_once_and_never_while_the_window_waits(
    qtbot: QtBot, start: Start, coloured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where a photo and its result together need more memory than images may use."""
    monkeypatch.setattr("ip2p_desktop.app.MEGABYTE", 0)
    read_file, reads = image_memory.read_display_image, list[tuple[str, bool]]()

    def read(file: Path) -> DisplayImage:
        reads.append((file.stem, threading.current_thread() is threading.main_thread()))
        return read_file(file)

    monkeypatch.setattr(image_memory, "read_display_image", read)
    program = start()
    photo = open_file(qtbot, program, coloured)
    first, second = (edit(qtbot, program, text) for text in ("make it snow", "make it warmer"))
    assert reads == []
    assert not first.pixels.is_in_memory
    program.history.show_node(first)
    qtbot.waitUntil(lambda: program.document.shown is first)
    assert reads == [(first.node_id, False)]
    wait_until_stored(qtbot, program)
    quit_program(program)
    reads.clear()
    again = start()
    wait_until_shown(qtbot, again)
    assert reads == [(photo.node_id, False), (first.node_id, False)]
    again.undo.undo()
    qtbot.waitUntil(lambda: again.document.shown is again.tree.listed[2])
    assert reads[2:] == [(second.node_id, False)]


def test_typing_without_a_photo_comes_back_and_an_empty_window_leaves_nothing(
    qtbot: QtBot, start: Start
) -> None:
    program = start()
    quit_program(program)
    assert session_paths(paths.sessions_folder()) == []
    program = start()
    program.window.composer.instruction_box.setText("make it night")
    quit_program(program)
    again = start()
    assert again.window.composer.instruction_box.text() == "make it night"
    assert again.document.shown is None


def test_typing_is_stored_while_a_large_image_is_being_written(
    qtbot: QtBot, start: Start, coloured: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    wait_until_stored(qtbot, program)
    gate = Gate()
    program.sessions.recorder.submit(lambda: gate.pass_through(CancelToken()), lambda _: None, lambda _: None)
    program.window.composer.instruction_box.setText("make it")
    wait_until_stored(qtbot, program)
    gate.open()
