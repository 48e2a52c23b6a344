"""The tree, stars, names and all steps of undo come back, also after the program was killed."""

from __future__ import annotations

import json
from itertools import pairwise
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
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.store.session_folder import session_paths
from ip2p_desktop.session.store.session_record import SESSION_NAME, SessionRecord
from ip2p_desktop.session.store.undo_record import HistoryEntry, PositionEntry, StepEntry
from ip2p_desktop.session.undo_step import UndoStep


def shape(program: Program) -> list[tuple[str, str, bool, bool]]:
    """Each listed node with its parent, and whether it has a star and is on screen."""
    return [
        (
            node.name,
            node.parent.name if node.parent is not None else "",
            node.is_starred,
            node is program.document.shown,
        )
        for node in program.tree.listed
    ]


def undo_texts(qtbot: QtBot, program: Program) -> list[str]:
    """What undo says, step by step, until there is nothing to undo."""
    texts = list[str]()
    while (step := program.undo.last_step) is not None:
        texts.append(program.window.actions_.undo.text().removeprefix("&Undo "))
        undo(qtbot, program, step)
    return texts


def undo(qtbot: QtBot, program: Program, step: UndoStep | None = None) -> None:
    """Undo, and wait until the image has been read."""
    step = step or program.undo.last_step
    program.window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: program.undo.last_step is not step)


def redo(qtbot: QtBot, program: Program) -> None:
    before = program.undo.last_step
    program.window.actions_.redo.trigger()
    qtbot.waitUntil(lambda: program.undo.last_step is not before)


def test_everything_comes_back_after_a_kill(
    qtbot: QtBot,
    start: Start,
    coloured: Path,
    photo: Path,
    monkeypatch: pytest.MonkeyPatch,
    data_folder: Path,
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    first, second = (edit(qtbot, program, text) for text in ("make it snow", "make it warmer"))
    program.history.show_node(first)
    program.history.use_as_source()
    third = edit(qtbot, program, "make it foggy")
    program.history.toggle_star(third)
    program.history.rename(second, "warm")
    program.history.remove(second)
    open_file(qtbot, program, photo)
    program.document.change(text_guidance_scale=3.0, instruction="make it blue")
    program.undo.undo()
    program.history.show_photo(first.source)
    before = shape(program)
    wait_until_stored(qtbot, program)
    kill(monkeypatch, data_folder)

    again = start()
    wait_until_shown(qtbot, again)
    assert shape(again) == before
    assert again.document.state.instruction == "make it foggy"
    names = ["Remove", "Rename", "Star", "Edit", "Instruction", "Use as source", "Show", "Edit"]
    assert undo_texts(qtbot, again)[: len(names)] == names
    nodes = {node.node_id: node for node in again.tree.nodes}
    assert nodes[second.node_id] in again.tree.listed
    assert nodes[second.node_id].name == second.state.instruction.join(("harbour & sea - ", ".png"))
    for _ in range(3):
        redo(qtbot, again)
    again.history.show_photo(again.tree.photos[1])
    qtbot.waitUntil(lambda: again.document.shown is again.tree.photos[1])
    assert again.document.state.settings.text_guidance_scale != 3.0
    redo(qtbot, again)
    assert again.document.state.settings.text_guidance_scale == 3.0


def test_a_removed_photo_comes_back_after_a_restart(
    qtbot: QtBot, start: Start, coloured: Path, photo: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    result = edit(qtbot, program, "make it snow")
    open_file(qtbot, program, photo)
    program.history.remove(result.source)
    quit_program(program)
    again = start()
    wait_until_shown(qtbot, again)
    assert [node.name for node in again.tree.listed] == [photo.name]
    undo(qtbot, again)
    assert [node.name for node in again.tree.listed] == [coloured.name, result.name, photo.name]
    again.history.show_photo(again.tree.photos[0])
    qtbot.waitUntil(lambda: again.document.result is not None)
    assert again.document.shown is again.tree.listed[1], "as it was left"
    undo(qtbot, again)
    assert again.document.shown is again.tree.listed[0]


def test_what_was_removed_is_not_on_screen_after_a_restart(
    qtbot: QtBot, start: Start, coloured: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    result = edit(qtbot, program, "make it snow")
    program.history.close_photo()
    quit_program(program)
    again = start()
    qtbot.wait(200)
    assert again.document.shown is None
    assert again.window.canvas.welcome.isVisible()
    undo(qtbot, again)
    assert [node.name for node in again.tree.listed] == [coloured.name, result.name]
    wait_until_shown(qtbot, again)
    assert again.document.shown is again.tree.listed[1]


def test_steps_of_an_earlier_version_can_still_be_undone(qtbot: QtBot, start: Start, coloured: Path) -> None:
    program = start()
    photo = open_file(qtbot, program, coloured)
    result = edit(qtbot, program, "make it snow")
    quit_program(program)
    (folder,) = session_paths(paths.sessions_folder())
    file = folder / SESSION_NAME
    values = json.loads(file.read_text(encoding="utf-8"))
    del values["undo"]
    state = values["state"]
    values["done"] = [
        {"id": photo.node_id, "state": state | {"instruction": "make it"}},
        {"id": photo.node_id, "state": state | {"instruction": "make it warm"}},
    ]
    values["undone"] = [{"id": photo.node_id, "state": state | {"instruction": "make it wet"}}]
    file.write_text(json.dumps(values), encoding="utf-8")
    again = start()
    wait_until_shown(qtbot, again)
    assert again.document.shown is again.tree.listed[1]
    undo(qtbot, again)
    assert again.document.shown is again.tree.listed[0]
    assert again.document.state.instruction == "make it warm"
    undo(qtbot, again)
    assert again.document.state.instruction == "make it"
    for _ in range(3):
        redo(qtbot, again)
    assert again.document.state.instruction == "make it wet"
    assert again.document.shown is again.tree.listed[0]
    assert result.name == again.tree.listed[1].name


def test_damaged_steps_are_left_out(qtbot: QtBot, start: Start, coloured: Path) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    edit(qtbot, program, "make it snow")
    program.document.change(turbo=True)
    quit_program(program)
    (folder,) = session_paths(paths.sessions_folder())
    file = folder / SESSION_NAME
    values = json.loads(file.read_text(encoding="utf-8"))
    done = values["undo"]["photos"][0]["done"]
    broken = [
        {"kind": "fly"} | {name: done[0][name] for name in ("before", "after")},
        done[0] | {"before": ["0" * 16, 0]},
        done[0] | {"after": [done[0]["after"][0], 99]},
        done[0] | {"before": 7, "changes": [["x", "is_flying", 1, 2], 3]},
        5,
    ]
    values["undo"]["photos"][0]["done"] = [*broken, *done]
    file.write_text(json.dumps(values), encoding="utf-8")
    again = start()
    wait_until_shown(qtbot, again)
    assert undo_texts(qtbot, again) == ["Turbo", "Edit", "Instruction"]


def test_the_settings_in_steps_are_stored_as_what_differs() -> None:
    states = [EditState().with_values(num_inference_steps=steps) for steps in range(1, 101)]
    positions = [PositionEntry(node_id="0" * 16, state=state) for state in states]
    done = tuple(
        StepEntry(kind="settings", before=before, after=after) for before, after in pairwise(positions)
    )
    record = SessionRecord(histories=(HistoryEntry(done=done),))
    text = json.dumps(record.to_json())
    assert len(text) < 150 * len(done)
    assert SessionRecord.from_json(json.loads(text)) == record


def test_a_removed_result_that_nothing_brings_back_leaves_no_file(
    qtbot: QtBot, start: Start, coloured: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    first, second = (edit(qtbot, program, text) for text in ("make it snow", "make it warmer"))
    wait_until_stored(qtbot, program)
    remove_for_good(program, first)
    wait_until_stored(qtbot, program)
    quit_program(program)
    again = start()
    wait_until_shown(qtbot, again)
    assert [node.name for node in again.tree.nodes] == [coloured.name, second.name]
    assert program.sessions.path is not None
    assert [*program.sessions.path.glob(f"{first.node_id}*")] == []
