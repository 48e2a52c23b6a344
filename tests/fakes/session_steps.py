"""What a person does with sessions, for tests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.store.session_record import SESSION_NAME

Start = Callable[..., Program]
COLOUR = (200, 120, 40)


def quit_program(program: Program) -> None:
    program.window.close()
    program.shut_down()


def kill(monkeypatch: pytest.MonkeyPatch, data_folder: Path) -> None:
    """What a killed program leaves: the files as they are now, in another data folder, and no lock."""
    left = data_folder.with_name(f"{data_folder.name} of the killed")
    shutil.copytree(data_folder, left)
    for lock in (left / "sessions").glob("*.lock"):
        lock.unlink()
    monkeypatch.setenv("IP2P_DATA_DIR", str(left))


def open_file(qtbot: QtBot, program: Program, file: Path) -> SourcePhoto:
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(file)
    assert program.document.source is not None
    return program.document.source


def edit(qtbot: QtBot, program: Program, instruction: str) -> EditedPhoto:
    program.window.composer.instruction_box.setText(instruction)
    with qtbot.waitSignal(program.edits.finished) as finished:
        program.edits.start()
    result = finished.args[0]
    assert isinstance(result, EditedPhoto)
    return result


def choose_model(program: Program, name: str) -> None:
    menu = program.window.settings_panel.model_menu.menu
    menu.setCurrentIndex(menu.findText(name))


def remove_for_good(program: Program, node: EditNode) -> None:
    """Remove a node, and forget all steps, so that none can bring it back."""
    program.history.remove(node)
    program.undo.histories.clear()
    program.undo.free_removed()


def wait_until_stored(qtbot: QtBot, program: Program) -> None:
    """Until the record on disk is that of the window."""

    def is_stored() -> bool:
        path = program.sessions.path
        if path is None or not (path / SESSION_NAME).exists():
            return False
        stored = json.loads((path / SESSION_NAME).read_text(encoding="utf-8"))
        nodes = [(entry["id"], entry["is_listed"]) for entry in stored["nodes"]]
        listed = program.tree.listed
        shown = program.document.shown
        return (
            nodes == [(node.node_id, node in listed) for node in program.tree.nodes]
            and stored["state"] == program.document.state.to_json()
            and stored["shown"] == (shown.node_id if shown is not None else "")
        )

    qtbot.waitUntil(is_stored)


def wait_until_shown(qtbot: QtBot, program: Program) -> None:
    qtbot.waitUntil(lambda: program.document.shown is not None)
