"""Steps of undo as they are stored in a session, and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from ip2p_desktop.session.edit_nodes import EditNode, SourcePhoto
from ip2p_desktop.session.store.undo_record import ChangeEntry, HistoryEntry, PositionEntry, StepEntry
from ip2p_desktop.session.undo import UndoHistory
from ip2p_desktop.session.undo_step import NodeChange, NodeField, Position, StepKind, UndoStep


def history_entry(history: UndoHistory, ids: frozenset[str]) -> HistoryEntry:
    """A history for the session's record, without the steps with nodes that are not among `ids`."""
    return HistoryEntry(done=tuple(_entries(history.done, ids)), undone=tuple(_entries(history.undone, ids)))


def read_histories(
    entries: Iterable[HistoryEntry], nodes: Mapping[str, EditNode]
) -> dict[SourcePhoto | None, UndoHistory]:
    """The history of each photo, without the steps with nodes that could not be read.

    Earlier versions had one history for all photos: what led from one to another is no step any more.
    """
    done: dict[SourcePhoto | None, list[UndoStep]] = defaultdict(list)
    undone: dict[SourcePhoto | None, list[UndoStep]] = defaultdict(list)
    for entry in entries:
        for step in _steps(entry.done, nodes):
            done[step.after.photo].append(step)
        for step in _steps(entry.undone, nodes):
            undone[step.before.photo].append(step)
    return {photo: UndoHistory(tuple(done[photo]), tuple(undone[photo])) for photo in [*done, *undone]}


def _entries(steps: Iterable[UndoStep], ids: frozenset[str]) -> Iterator[StepEntry]:
    for step in steps:
        if all(node.node_id in ids for node in step.nodes):
            yield StepEntry(
                kind=step.kind,
                before=_position_entry(step.before),
                after=_position_entry(step.after),
                changes=tuple(
                    ChangeEntry(
                        node_id=change.node.node_id,
                        name=change.name,
                        before=change.before,
                        after=change.after,
                    )
                    for change in step.changes
                ),
            )


def _position_entry(position: Position) -> PositionEntry:
    node_id = position.node.node_id if position.node is not None else ""
    return PositionEntry(node_id=node_id, state=position.state)


def _steps(entries: Iterable[StepEntry], nodes: Mapping[str, EditNode]) -> Iterator[UndoStep]:
    for entry in entries:
        with suppress(KeyError, ValueError):
            before, after = _position(entry.before, nodes), _position(entry.after, nodes)
            changes = tuple(
                NodeChange(nodes[each.node_id], NodeField(each.name), each.before, each.after)
                for each in entry.changes
            )
            step = UndoStep(StepKind(entry.kind), before, after, changes)
            if step.kind is StepKind.REMOVE or before.photo is after.photo:
                yield step


def _position(entry: PositionEntry, nodes: Mapping[str, EditNode]) -> Position:
    """Raises `KeyError` if the node could not be read."""
    return Position(nodes[entry.node_id] if entry.node_id else None, entry.state)
