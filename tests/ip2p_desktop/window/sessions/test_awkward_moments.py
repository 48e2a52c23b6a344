"""Sessions that are left, opened, saved or restored at awkward moments."""

from __future__ import annotations

import errno
import json
import shutil
import threading
import time
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from fakes.session_steps import (
    Start,
    edit,
    kill,
    open_file,
    quit_program,
    remove_for_good,
    wait_until_shown,
    wait_until_stored,
)
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from ip2p_desktop.base import paths
from ip2p_desktop.session import session_store
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.image_memory import StoredImage
from ip2p_desktop.session.session_loading import load_session
from ip2p_desktop.session.session_store import SessionStore
from ip2p_desktop.session.store import project_file
from ip2p_desktop.session.store.node_files import record_file
from ip2p_desktop.session.store.session_folder import SessionFolder, session_paths
from ip2p_desktop.session.store.session_record import SESSION_NAME
from ip2p_desktop.widgets.display_images import DisplayImage


def test_results_used_as_source_a_thousand_times_are_stored_and_come_back(
    start: Start, coloured: Path, qtbot: QtBot
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    node = edit(qtbot, program, "make it snow")
    wait_until_stored(qtbot, program)
    path = program.sessions.path
    line: list[EditNode] = [node]
    assert path is not None
    for _ in range(600):
        child = node.as_source()
        node = EditedPhoto(child, node.model, node.state, node.pixels)
        line += [child, node]
    store = SessionStore(path.parent)
    store.decide(SessionFolder(path, ExitStack()))
    store.mark_stored(line[:-2])
    store.write_nodes(node)
    assert store.has_stored(line[-2])
    quit_program(program)
    record = json.loads(record_file(path, node.node_id).read_text(encoding="utf-8"))
    for each in line[1:-1]:  # without waiting for the disk after each
        kind, parent = ("result", each.parent) if isinstance(each, EditedPhoto) else ("photo", each.parent)
        values = record | {"id": each.node_id, "kind": kind, "parent": parent.node_id if parent else ""}
        record_file(path, each.node_id).write_text(json.dumps(values), encoding="utf-8")
    nodes = {each.node_id: each for each, _ in load_session(path).nodes}
    last, steps = nodes[node.node_id], 0
    while last.parent is not None:
        last, steps = last.parent, steps + 1
    assert (last.name, steps) == (coloured.name, 1201)


def test_a_project_of_a_newer_version_leaves_no_session_behind(
    start: Start, coloured: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    project = tmp_path / "newer.ip2p"
    with zipfile.ZipFile(project, "w") as archive:
        archive.writestr(SESSION_NAME, json.dumps({"version": 99}))
    program = start()
    open_file(qtbot, program, coloured)
    wait_until_stored(qtbot, program)
    program.files.open_file(project)
    qtbot.waitUntil(program.window.notice_bar.isVisible)
    assert "newer version" in program.window.notice_bar.message.text()
    assert session_paths(paths.sessions_folder()) == [program.sessions.path]


def test_removing_results_frees_a_full_disk(
    start: Start, coloured: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    first = edit(qtbot, program, "make it snow")
    edit(qtbot, program, "make it warmer")
    wait_until_stored(qtbot, program)
    file = first.pixels.file
    assert file is not None
    write = session_store.write_session

    def write_if_there_is_room(folder: Path, record: object) -> None:
        if file.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        write(folder, record)  # type: ignore[arg-type]

    monkeypatch.setattr(session_store, "write_session", write_if_there_is_room)
    remove_for_good(program, first)
    qtbot.waitUntil(lambda: not file.exists())
    wait_until_stored(qtbot, program)
    assert program.sessions.recorder.problem is None


def test_a_photo_chosen_while_the_session_comes_back_is_the_one_that_is_stored(
    start: Start, coloured: Path, photo: Path, qtbot: QtBot
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    edit(qtbot, program, "make it snow")
    wait_until_stored(qtbot, program)
    quit_program(program)
    again = start(wait=False)
    qtbot.waitUntil(lambda: bool(again.tree.listed))
    first = again.tree.listed[0]
    again.window.history_strip.chosen.emit(first)
    wait_until_shown(qtbot, again)
    assert again.document.shown is first
    quit_program(again)
    path = again.sessions.path
    assert path is not None
    assert json.loads((path / SESSION_NAME).read_text(encoding="utf-8"))["shown"] == first.node_id


def test_a_project_is_not_saved_without_what_could_not_be_stored(
    start: Start, coloured: Path, photo: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    wait_until_stored(qtbot, program)

    def full(*_: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(session_store, "write_image", full)
        open_file(qtbot, program, photo)
        qtbot.waitUntil(lambda: program.sessions.recorder.problem is not None)
        with qtbot.waitSignal(program.edits.refused):
            program.sessions.save_project(tmp_path / "whole.ip2p")
    assert not (tmp_path / "whole.ip2p").exists()
    with qtbot.waitSignal(program.sessions.project_saved):
        program.sessions.save_project(tmp_path / "whole.ip2p")
    with zipfile.ZipFile(tmp_path / "whole.ip2p") as archive:
        assert len([name for name in archive.namelist() if name.endswith(".tif")]) == 2


def test_a_result_that_arrives_after_its_session_was_left_stays_in_that_session(
    start: Start, coloured: Path, qtbot: QtBot
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    wait_until_stored(qtbot, program)
    path = program.sessions.path
    assert path is not None
    program.document.change(instruction="make it snow")
    program.edits.start()
    while len([*path.glob("*.tif")]) < 2 or len([*path.glob("[0-9a-f]*.json")]) < 2:
        time.sleep(0.01)  # without events, so that the result is not reported yet
    time.sleep(0.05)
    with qtbot.waitSignal(program.sessions.recorder.closed):
        program.window.actions_.new_session.trigger()
    qtbot.waitUntil(lambda: not program.queue.is_busy)
    assert program.tree.nodes == ()
    assert program.sessions.recorder.problem is None
    folder = SessionFolder.open(path)
    assert {type(node) for node, _ in load_session(path).nodes} == {SourcePhoto, EditedPhoto}
    folder.close()


def test_a_photo_removed_before_it_was_written_does_not_come_back(
    start: Start, coloured: Path, tmp_path: Path
) -> None:
    store = SessionStore(tmp_path / "sessions")
    store.decide(None)
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0)
    kept, removed = (SourcePhoto(StoredImage.of(DisplayImage((image,))), name) for name in ("a", "b"))
    store.write_nodes(kept)
    store.delete_node(removed, keeps_image=False)
    store.write_nodes(removed)
    assert store.path is not None
    assert [node.name for node, _ in load_session(store.path).nodes] == ["a"]
    store.close()


def test_a_new_session_can_be_begun_before_the_last_one_is_read(
    start: Start, coloured: Path, qtbot: QtBot
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    wait_until_stored(qtbot, program)
    quit_program(program)
    again = start(wait=False)
    again.window.actions_.new_session.trigger()
    qtbot.waitUntil(lambda: again.sessions.is_restored)
    assert again.tree.nodes == ()


def test_a_session_whose_folder_was_removed_is_written_again(
    start: Start, coloured: Path, qtbot: QtBot
) -> None:
    program = start()
    photo = open_file(qtbot, program, coloured)
    first = edit(qtbot, program, "make it snow")
    wait_until_stored(qtbot, program)
    path = program.sessions.path
    assert path is not None
    shutil.rmtree(path)
    second = edit(qtbot, program, "make it warmer")
    wait_until_stored(qtbot, program)
    assert program.sessions.recorder.problem is None
    quit_program(program)
    again = start()
    wait_until_shown(qtbot, again)
    nodes = (photo, first, second)
    assert [node.node_id for node in again.tree.nodes] == [node.node_id for node in nodes]
    read = [node.pixels.read_image().tobytes() for node in again.tree.nodes]
    assert read == [node.pixels.read_image().tobytes() for node in nodes]
    assert not again.window.notice_bar.isVisible()


def test_a_result_that_cannot_be_shown_again_is_named(start: Start, coloured: Path, qtbot: QtBot) -> None:
    program = start()
    photo = open_file(qtbot, program, coloured)
    result = edit(qtbot, program, "make it snow")
    wait_until_stored(qtbot, program)
    quit_program(program)
    file = result.pixels.file
    assert file is not None
    file.write_bytes(bytes(file.stat().st_size))
    again = start()
    wait_until_shown(qtbot, again)
    assert again.document.shown is not None
    assert again.document.shown.node_id == photo.node_id
    assert again.window.notice_bar.isVisible()
    assert file.name in again.window.notice_bar.message.text()


def test_after_the_reading_of_a_project_was_killed_the_session_before_comes_back(
    start: Start, coloured: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = start()
    photo = open_file(qtbot, program, coloured)
    with qtbot.waitSignal(program.sessions.project_saved):
        program.sessions.save_project(tmp_path / "whole.ip2p")
    wait_until_stored(qtbot, program)
    quit_program(program)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(project_file, "sync_folder", killed)
        patch.setattr(SessionFolder, "delete", SessionFolder.close)
        with pytest.raises(KeyboardInterrupt):
            project_file.read_project(tmp_path / "whole.ip2p", paths.sessions_folder())
    assert len(session_paths(paths.sessions_folder())) == 2
    again = start()
    wait_until_shown(qtbot, again)
    assert again.sessions.path == program.sessions.path
    assert [node.node_id for node in again.tree.nodes] == [photo.node_id]


def test_what_is_removed_while_a_project_is_saved_is_still_whole_in_it(
    start: Start, coloured: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    first = edit(qtbot, program, "make it snow")
    edit(qtbot, program, "make it warmer")
    wait_until_stored(qtbot, program)
    copied, may_go_on = threading.Event(), threading.Event()
    copy = shutil.copyfileobj

    def slow_copy(*args: object) -> None:
        copied.set()
        assert may_go_on.wait(60)
        copy(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(project_file.shutil, "copyfileobj", slow_copy)
    with qtbot.waitSignal(program.sessions.project_saved):
        program.sessions.save_project(tmp_path / "whole.ip2p")
        qtbot.waitUntil(copied.is_set)
        path, file = program.sessions.path, first.pixels.file
        assert path is not None
        assert file is not None
        remove_for_good(program, first)
        qtbot.waitUntil(lambda: first.node_id not in (path / SESSION_NAME).read_text(encoding="utf-8"))
        may_go_on.set()
    qtbot.waitUntil(lambda: not file.exists())
    folder = project_file.read_project(tmp_path / "whole.ip2p", tmp_path / "sessions")
    session = load_session(folder.path)
    assert (len(session.nodes), session.damaged) == (3, ())
    folder.close()


def test_a_session_is_not_left_before_its_photo_is_written(
    start: Start, coloured: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = start()
    may_go_on = threading.Event()

    def slowly_full(*_: object) -> Path:
        assert may_go_on.wait(60)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(session_store, "write_image", slowly_full)
        photo = open_file(qtbot, program, coloured)
        program.window.actions_.new_session.trigger()
        may_go_on.set()
        qtbot.waitUntil(lambda: program.sessions.recorder.problem is not None)
        qtbot.waitUntil(program.window.notice_bar.isVisible)
        assert program.tree.nodes == (photo,)
    program.sessions.recorder.write_all()
    wait_until_stored(qtbot, program)
    program.window.actions_.new_session.trigger()
    assert program.tree.nodes == ()


def test_the_session_in_a_killed_window_comes_back_although_it_was_only_looked_at(
    start: Start,
    coloured: Path,
    photo: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    data_folder: Path,
) -> None:
    program = start()
    earlier = open_file(qtbot, program, coloured)
    wait_until_stored(qtbot, program)
    path = program.sessions.path
    assert path is not None
    with qtbot.waitSignal(program.sessions.recorder.closed):
        program.window.actions_.new_session.trigger()
    open_file(qtbot, program, photo)
    wait_until_stored(qtbot, program)
    for _ in range(2):  # a double click
        program.sessions.open_session(path)
    qtbot.waitUntil(lambda: program.sessions.path == path)
    wait_until_shown(qtbot, program)
    done: list[bool] = []
    program.sessions.recorder.submit(lambda: None, lambda _: done.append(True), lambda _: None)
    qtbot.waitUntil(lambda: bool(done))  # what was submitted before has ended too
    assert not program.window.notice_bar.isVisible()
    qtbot.waitUntil(lambda: session_paths(path.parent)[0] == path)
    kill(monkeypatch, data_folder)
    again = start()
    wait_until_shown(qtbot, again)
    assert [node.node_id for node in again.tree.nodes] == [earlier.node_id]
