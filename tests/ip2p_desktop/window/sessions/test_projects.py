"""New sessions, earlier ones, recent files, and a session saved as one file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from fakes.session_steps import (
    Start,
    edit,
    open_file,
    quit_program,
    wait_until_shown,
    wait_until_stored,
)
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.errors import EngineError
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.session.session_loading import load_session
from ip2p_desktop.session.store import project_file
from ip2p_desktop.session.store.project_file import read_project
from ip2p_desktop.session.store.session_folder import session_paths
from ip2p_desktop.session.store.session_record import STANDARD_VIEW, ViewRecord, read_session


def recent_entries(program: Program) -> list[QAction]:
    program.window.recent_menu.aboutToShow.emit()
    return [each for each in program.window.recent_menu.actions() if each.text() and not each.isSeparator()]


def test_a_new_session_is_empty_and_the_old_one_is_opened_again(
    qtbot: QtBot, start: Start, coloured: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    result = edit(qtbot, program, "make it snow")
    with qtbot.waitSignal(program.sessions.recorder.closed):
        program.window.actions_.new_session.trigger()
    assert (program.tree.nodes, program.document.shown) == ((), None)
    assert program.window.composer.instruction_box.text() == ""
    assert not program.window.history_strip.isVisible()
    assert program.window.canvas.welcome.isVisible()
    assert not program.window.actions_.undo.isEnabled()
    assert not program.window.actions_.save_project.isEnabled()
    names = [action.text() for action in recent_entries(program)]
    assert names[0] == "harbour && sea.png"
    assert names[1].startswith("Session harbour && sea.png · ")
    recent_entries(program)[1].trigger()
    wait_until_shown(qtbot, program)
    shown = program.document.result
    assert shown is not None
    assert (shown.node_id, shown.state) == (result.node_id, result.state)
    assert shown.image().tobytes() == result.image().tobytes()
    assert program.window.composer.instruction_box.text() == "make it snow"
    assert len(program.window.history_strip.entries) == 2


def test_recent_files_are_opened_again_and_forgotten_on_request(
    qtbot: QtBot, start: Start, coloured: Path, photo: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    open_file(qtbot, program, photo)
    assert [action.text() for action in recent_entries(program)][:2] == [photo.name, "harbour && sea.png"]
    assert recent_entries(program)[1].toolTip() == str(coloured)
    with qtbot.waitSignal(program.files.read) as read:
        recent_entries(program)[1].trigger()
    assert read.args[0].name == coloured.name
    quit_program(program)
    again = start()
    assert [action.text() for action in recent_entries(again)][:2] == ["harbour && sea.png", photo.name]
    recent_entries(again)[-1].trigger()
    assert [action.text() for action in recent_entries(again)] == ["Clear this list of files"]


@pytest.fixture
def project(qtbot: QtBot, start: Start, coloured: Path, tmp_path: Path) -> Path:
    """A project with a photo and two results; the program that saved it was quit."""
    program = start()
    open_file(qtbot, program, coloured)
    for instruction in ("make it snow", "make it warmer"):
        edit(qtbot, program, instruction)
    program.window.composer.instruction_box.setText("make it new")
    program.window.actions_.save_project.trigger()
    dialog = program.window.findChild(QFileDialog, "save_project_dialog")
    assert dialog is not None
    assert Path(dialog.selectedFiles()[0]).name == "harbour & sea.ip2p"
    dialog.reject()
    file = tmp_path / "harbour.ip2p"
    with qtbot.waitSignal(program.sessions.project_saved):
        program.sessions.save_project(file)
    assert program.window.notice_bar.message.text() == "Saved as harbour.ip2p"
    quit_program(program)
    return file


def test_a_project_is_saved_and_opened_as_one_file(
    qtbot: QtBot, start: Start, project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IP2P_DATA_DIR", str(tmp_path / "data of another computer"))
    program = start(wait=False)
    program.files.open_file(project)
    wait_until_shown(qtbot, program)
    photo, first, second = program.tree.listed
    assert [each.name for each in (photo, first, second)] == [
        "harbour & sea.png",
        "harbour & sea - make it snow.png",
        "harbour & sea - make it warmer.png",
    ]
    assert program.document.shown is second
    assert isinstance(first, EditedPhoto)
    assert first.state.instruction == "make it snow"
    assert first.image().getpixel((2, 2)) == (55, 135, 215)
    assert program.document.state.instruction == "make it new"
    edit(qtbot, program, "make it blue")
    wait_until_stored(qtbot, program)
    assert recent_entries(program)[0].text() == "harbour.ip2p"


def rewrite(project: Path, change: dict[str, bytes | None]) -> Path:
    """A copy of the project with other members; None leaves one out."""
    copy = project.with_name("changed.ip2p")
    with zipfile.ZipFile(project) as archive, zipfile.ZipFile(copy, "w") as changed:
        members = {name: archive.read(name) for name in archive.namelist()} | change
        for name, content in members.items():
            if content is not None:
                changed.writestr(name, content)
    return copy


def test_a_project_writes_nothing_outside_its_session(project: Path, tmp_path: Path) -> None:
    outside = ["../evil.json", "/tmp/evil.json", "..\\evil.json", "a/b.json", "evil.py", "x" * 16 + ".json"]
    changed = rewrite(project, dict.fromkeys(outside, b"{}"))
    before = {*tmp_path.rglob("*")}
    folder = read_project(changed, tmp_path / "sessions")
    new = {*tmp_path.rglob("*")} - before - {tmp_path / "sessions"}
    lock = folder.path.with_name(f"{folder.path.name}.lock")
    assert {each.parent for each in new - {folder.path, lock}} == {folder.path}
    assert not [each for each in new if "evil" in each.name or "x" * 16 in each.name]
    assert len(load_session(folder.path).nodes) == 3
    folder.close()


def test_names_in_a_project_are_no_paths(project: Path, tmp_path: Path) -> None:
    """A file outside is neither read nor moved, whatever the project calls its photos."""
    outside = tmp_path / "sessions" / "mine.json"
    outside.parent.mkdir()
    outside.write_text("{}", encoding="utf-8")
    with zipfile.ZipFile(project) as archive:
        values = json.loads(archive.read("session.json"))
        first = values["nodes"][0]["id"]
        record = json.loads(archive.read(f"{first}.json"))
    values["nodes"].append({"id": "../mine", "name": "odd"})
    values["view"]["divider"] = 10**30
    record["image"] = "../mine"
    changed = {"session.json": json.dumps(values).encode(), f"{first}.json": json.dumps(record).encode()}
    folder = read_project(rewrite(project, dict(changed)), outside.parent)
    session = load_session(folder.path)
    assert outside.read_text(encoding="utf-8") == "{}"
    assert session.damaged == ("harbour & sea.png",)
    assert [node.name for node, is_listed in session.nodes if is_listed] == [
        "harbour & sea.png",  # its image is there, although its record is not valid
        "harbour & sea - make it snow.png",
        "harbour & sea - make it warmer.png",
    ]
    assert session.record.view == STANDARD_VIEW
    folder.close()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "session.project-damaged"),
        (b"PK\x03\x04 nonsense", "session.project-damaged"),
        (None, "session.not-a-project"),
    ],
)
def test_a_file_that_is_no_project_is_refused_by_name(
    qtbot: QtBot, start: Start, tmp_path: Path, content: bytes | None, code: str
) -> None:
    file = tmp_path / "odd.ip2p"
    if content is None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("readme.txt", "hello")
    else:
        file.write_bytes(content)
    with pytest.raises(EngineError, match=r"odd\.ip2p") as caught:
        read_project(file, tmp_path / "sessions")
    assert caught.value.code == code
    program = start()
    program.files.open_file(file)
    qtbot.waitUntil(program.window.notice_bar.isVisible)
    assert "odd.ip2p" in program.window.notice_bar.message.text()
    assert session_paths(paths.sessions_folder()) == []


def test_a_project_that_is_larger_than_it_may_be_is_refused(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_file, "LARGEST_IMAGE", 100)
    with pytest.raises(EngineError, match="more than a project can"):
        read_project(project, tmp_path / "sessions")
    assert not (tmp_path / "sessions").exists()


def test_a_damaged_part_of_a_project_is_named_and_the_rest_is_there(
    qtbot: QtBot, start: Start, project: Path
) -> None:
    data = project.read_bytes()
    with zipfile.ZipFile(project) as archive:
        records = {
            name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith("json")
        }
        first = next(each for each in records.values() if each.get("name", "").endswith("snow.png"))
        member = archive.getinfo(f"{first['id']}.tif")
    middle = member.header_offset + member.file_size // 2
    project.write_bytes(data[:middle] + b"\xff\x00\xff\x00" + data[middle + 4 :])
    program = start()
    program.files.open_file(project)
    wait_until_shown(qtbot, program)
    qtbot.waitUntil(program.window.notice_bar.isVisible)
    notice, canvas = program.window.notice_bar, program.window.canvas
    assert "make it snow" in notice.message.text()
    qtbot.waitUntil(lambda: notice.isAncestorOf(canvas.childAt(notice.geometry().center())))
    assert [node.name for node in program.tree.listed] == [
        "harbour & sea.png",
        "harbour & sea - make it warmer.png",
    ]


@pytest.mark.parametrize(
    ("name", "value"), [("zoom", float("nan")), ("zoom", 0.0), ("centre_y", 1e999), ("divider", -1)]
)
def test_a_view_that_cannot_be_shown_is_the_standard_one(tmp_path: Path, name: str, value: float) -> None:
    file = tmp_path / "session.json"
    view = {"is_fitted": False, "zoom": 2.0}
    file.write_text(json.dumps({"view": view}), encoding="utf-8")
    assert read_session(file).view == ViewRecord(is_fitted=False, zoom=2.0)
    file.write_text(json.dumps({"view": view | {name: value}}), encoding="utf-8")
    assert read_session(file).view == STANDARD_VIEW
