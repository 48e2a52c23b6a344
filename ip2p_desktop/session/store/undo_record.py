"""The steps of undo in the JSON file of a session.

Each of the settings in them stands once in a list, as what differs from the one before: hundreds of steps
that each move one slider stay small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from engine.files.json_record import VERSION_NAME, JsonRecord
from ip2p_desktop.session.edit_state import EditState

Value = bool | str | float


@dataclass(frozen=True, kw_only=True, slots=True)
class PositionEntry:
    """What was on screen, and the settings at that time."""

    node_id: str
    """Empty if nothing was."""
    state: EditState


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeEntry:
    """A changed value of a node."""

    node_id: str
    name: str
    before: Value
    after: Value


@dataclass(frozen=True, kw_only=True, slots=True)
class StepEntry:
    """A step of undo."""

    kind: str
    before: PositionEntry
    after: PositionEntry
    changes: tuple[ChangeEntry, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryEntry:
    """The steps of one photo."""

    done: tuple[StepEntry, ...] = ()
    """Those that undo reverts, the next one last."""
    undone: tuple[StepEntry, ...] = ()
    """Those that redo repeats, the next one last."""


def histories_json(histories: Sequence[HistoryEntry]) -> dict[str, Any]:
    """An object for JSON."""
    numbers: dict[EditState, int] = {}

    def position(entry: PositionEntry) -> list[Any]:
        return [entry.node_id, numbers.setdefault(entry.state, len(numbers))]

    def step(entry: StepEntry) -> dict[str, Any]:
        changes = [[each.node_id, each.name, each.before, each.after] for each in entry.changes]
        values = {"kind": entry.kind, "before": position(entry.before), "after": position(entry.after)}
        return values | ({"changes": changes} if changes else {})

    photos = [
        {"done": [step(each) for each in entry.done], "undone": [step(each) for each in entry.undone]}
        for entry in histories
    ]
    return {"states": list(_differences(numbers)), "photos": photos}


def read_histories(values: JsonRecord) -> tuple[HistoryEntry, ...]:
    """The inverse of `histories_json`; damaged steps are left out. Raises `NewerVersion`."""
    stored = values.value("states")
    states = list(_states(stored if isinstance(stored, list) else []))
    return tuple(
        HistoryEntry(done=tuple(_steps(photo, "done", states)), undone=tuple(_steps(photo, "undone", states)))
        for photo in values.records("photos")
    )


def read_earlier_history(values: JsonRecord, shown: str, state: EditState) -> tuple[HistoryEntry, ...]:
    """The steps of a session of a version that stored only the positions between them."""
    before, after = list(_positions(values, "done")), list(_positions(values, "undone"))
    current = PositionEntry(node_id=shown, state=state)
    done, undone = _between([*before, current]), _between([current, *reversed(after)])
    return (HistoryEntry(done=tuple(done), undone=tuple(reversed(undone))),) if done or undone else ()


def _differences(states: Mapping[EditState, int]) -> Iterator[dict[str, Any]]:
    before: dict[str, Any] = {}
    for state in states:
        values = state.to_json()
        is_comparable = bool(before) and before.keys() <= values.keys()
        changed = {name: value for name, value in values.items() if before.get(name, ...) != value}
        yield changed if is_comparable else values
        before = values


def _states(stored: Sequence[object]) -> Iterator[EditState | None]:
    """The settings; None for damaged ones."""
    before: dict[str, Any] = {}
    for values in stored:
        if isinstance(values, dict):
            before = values if VERSION_NAME in values else before | values
            yield EditState.from_json(before)
        else:
            yield None


def _steps(photo: JsonRecord, name: str, states: Sequence[EditState | None]) -> Iterator[StepEntry]:
    for each in photo.records(name):
        before, after = (_position(each.value(side), states) for side in ("before", "after"))
        stored = each.value("changes")
        changes = tuple(_changes(stored if isinstance(stored, list) else []))
        if before is not None and after is not None:
            yield StepEntry(kind=each.get("kind", ""), before=before, after=after, changes=changes)


def _position(stored: object, states: Sequence[EditState | None]) -> PositionEntry | None:
    match stored:
        case [str(node_id), int(number)] if 0 <= number < len(states):
            state = states[number]
            return PositionEntry(node_id=node_id, state=state) if state is not None else None
    return None


def _changes(stored: Sequence[object]) -> Iterator[ChangeEntry]:
    for each in stored:
        match each:
            case [str(node_id), str(name), (bool() | str() | float() | int()) as before, after] if isinstance(
                after, bool | str | float | int
            ):
                yield ChangeEntry(node_id=node_id, name=name, before=before, after=after)


def _positions(values: JsonRecord, name: str) -> Iterator[PositionEntry]:
    for each in values.records(name):
        stored = each.value("state")
        if isinstance(stored, dict):
            yield PositionEntry(node_id=each.get("id", ""), state=EditState.from_json(stored))


def _between(positions: Sequence[PositionEntry]) -> list[StepEntry]:
    return [
        StepEntry(kind="settings" if one.node_id == other.node_id else "show", before=one, after=other)
        for one, other in pairwise(positions)
    ]
