"""Stores the session as it grows: images as soon as they exist, all else soon after it has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import ErrorReport, OutputNotWritable
from ip2p_desktop.base.background import Background
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.session.mask_references import all_masks, forget_masks, positions_of
from ip2p_desktop.session.masks.stored_mask import StoredMask, limit_memory
from ip2p_desktop.session.session_store import SessionStore
from ip2p_desktop.session.store.session_record import NodeEntry, SessionRecord
from ip2p_desktop.session.store.undo_record import HistoryEntry
from ip2p_desktop.session.stored_undo import history_entry
from ip2p_desktop.session.undo import UndoHistories, UndoHistory
from ip2p_desktop.window.main_window import MainWindow

Result = TypeVar("Result")

DELAY_MS = 400
"""Time from a change to its writing; more changes in that time are written together."""
RETRY_MS = 20_000
"""Time until what could not be written is tried again."""

Deleted = tuple[tuple[EditNode, bool], ...]
"""Nodes to delete, and whether another node has the image of each."""


@dataclass(frozen=True, slots=True)
class _MaskChanges:
    """The masks to write before a record, and those to delete after it."""

    written: list[StoredMask]
    deleted: list[StoredMask]


class SessionRecorder(QObject):
    """Writes the nodes, settings and view of the window to the store of the session.

    The settings are written on a thread of their own, so that typing is stored while a large image is.
    """

    stored = Signal()
    """A node was written."""
    closed = Signal()
    """A session that was left is complete on disk, and other programs may open it."""
    problem_changed = Signal(object)
    """`ErrorReport | None`: why something could not be written; None once it has been."""

    def __init__(
        self, window: MainWindow, document: EditDocument, tree: EditTree, histories: UndoHistories
    ) -> None:
        super().__init__(window)
        self._view = window.canvas.view
        self._document, self._tree, self._histories = document, tree, histories
        self._images = Background(self, workers=1)
        self._records = Background(self, workers=1)
        self._store: SessionStore | None = None
        self._written = SessionRecord()
        """The record as it was written last, or read."""
        self._unknown_fields: Mapping[str, Any] = {}
        self._entries: Mapping[str, NodeEntry] = {}
        """The entries of nodes that were read, for the fields of other versions."""
        self._deleted: list[tuple[EditNode, bool]] = []
        """The nodes whose files are deleted once the record does not name them."""
        self._history_entries: dict[int, tuple[UndoHistory, HistoryEntry]] = {}
        """The histories that were stored as a whole, by their identity, as they may be long."""
        self._is_paused = False
        self.adjust: Callable[[SessionRecord], SessionRecord] = lambda record: record
        """Changes a record before it is written, while the window does not show all of the session yet."""
        self.waiting_states: Callable[[], Iterable[EditState]] = lambda: ()
        """The settings of edits that wait, whose masks are kept."""
        self.problem: ErrorReport | None = None
        self._delay = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._delay.timeout.connect(self._write_record)
        self._retry = QTimer(self, singleShot=True, interval=RETRY_MS)
        self._retry.timeout.connect(self.write_all)
        self._connect()

    def _connect(self) -> None:
        document, tree = self._document, self._tree
        tree.grown.connect(self._write_node)
        tree.replaced.connect(self._write_nodes)
        tree.deleted.connect(self._on_deleted)
        for signal in (
            *(document.state_changed, document.shown_changed, self._histories.changed),
            *(tree.grown, tree.added, tree.removed, tree.changed, tree.deleted, tree.replaced),
            self._view.zoom_changed,
        ):
            signal.connect(self._note_change)

    def start(self, store: SessionStore, record: SessionRecord) -> None:
        """Write to another session from now on; `record` is what it contains."""
        self._delay.stop()
        self._store, self._written, self._unknown_fields = store, record, record.unknown_fields
        self._entries = {entry.node_id: entry for entry in record.nodes}
        self._deleted.clear()
        self._note_change()

    def pause(self) -> None:
        """Write no record until `start`; nodes are still written."""
        self._is_paused = True

    def resume(self) -> None:
        """End `pause`."""
        self._is_paused = False
        self._note_change()

    @property
    def unwritten(self) -> tuple[EditNode, ...]:
        """The nodes that are only in memory."""
        return tuple(node for node in self._tree.nodes if node.pixels.file is None)

    def finish(self) -> None:
        """Write all that is left and close the session, in the background."""
        self._delay.stop()
        store, self._store = self._store, None
        if store is not None:
            deleted, self._deleted = tuple(self._deleted), []
            # a window that has not shown its session yet must not be stored in its place
            record = None if self._is_paused else self._record(self._tree.nodes)
            close = partial(self._close, store, record, store.take_turn(), deleted, self._mask_changes())
            self._images.submit(close, lambda _: self.closed.emit(), self._on_failed)

    def complete(self) -> SessionRecord:
        """The record with all nodes, for work that runs after their writing; see `submit`."""
        return self._record(self._tree.nodes)

    def submit(
        self,
        work: Callable[[], Result],
        finished: Callable[[Result], None],
        failed: Callable[[ErrorReport], None],
    ) -> None:
        """Run work in the background after all nodes that exist now are written; see `Background.submit`."""
        self._images.submit(work, finished, failed)

    def shut_down(self) -> None:
        """Write all that is left, wait for it and close the session."""
        self._delay.stop()
        self._retry.stop()
        self.finish()
        self._images.close()
        self._records.close()

    def _close(
        self,
        store: SessionStore,
        record: SessionRecord | None,
        turn: int,
        deleted: Deleted,
        masks: _MaskChanges,
    ) -> None:
        """Runs in the background."""
        try:
            if record is not None:
                self._write(store, record, turn, deleted, masks)
        finally:
            store.close()

    def _note_change(self) -> None:
        if self._store is not None and not self._is_paused and not self._delay.isActive():
            self._delay.start()

    def _write_node(self, node: EditNode) -> None:
        store = self._store
        if store is None or store.has_stored(node):
            return
        self._images.submit(partial(store.write_nodes, node), lambda _: self._on_stored(), self._on_failed)

    def _write_nodes(self) -> None:
        for node in self._tree.nodes:
            self._write_node(node)

    def _on_stored(self) -> None:
        self._tree.limit_memory()
        self._note_change()
        self.stored.emit()
        self._on_written()

    def _on_written(self) -> None:
        if self._store is not None and self._store.has_lost_files:
            self._store.has_lost_files = False
            self.write_all()
        if self.problem is not None and not self.unwritten:
            self._set_problem(None)

    def _on_failed(self, report: ErrorReport) -> None:
        self._set_problem(report)
        self._retry.start()

    def _set_problem(self, report: ErrorReport | None) -> None:
        before, self.problem = self.problem, report
        if report != before:
            self.problem_changed.emit(report)

    def write_all(self) -> None:
        """Try again what could not be written."""
        self._write_nodes()
        self._written = SessionRecord()
        self._note_change()

    def _on_deleted(self, node: EditNode, has_twin: bool) -> None:
        self._deleted.append((node, has_twin))

    def _write_record(self) -> None:
        store = self._store
        if store is None or self._is_paused:
            return
        record = self._record([node for node in self._tree.nodes if store.has_stored(node)])
        if record == self._written or (store.path is None and not _is_worth_storing(record)):
            return
        self._written = record
        deleted, self._deleted = tuple(self._deleted), []
        write = partial(self._write, store, record, store.take_turn(), deleted, self._mask_changes())
        self._records.submit(write, lambda _: self._on_record_written(), self._on_failed)

    def _on_record_written(self) -> None:
        limit_memory(all_masks(self._tree.nodes).values())
        self._on_written()

    def _write(
        self, store: SessionStore, record: SessionRecord, turn: int, deleted: Deleted, masks: _MaskChanges
    ) -> None:
        """Runs in the background."""
        is_written = store.path is not None or _is_worth_storing(record)
        try:
            if is_written:
                store.write_masks(masks.written)
                store.write_session(record, turn)
        except OutputNotWritable:
            _delete(store, deleted)  # which may free the disk space that was missing
            store.write_masks(masks.written)
            store.write_session(record, turn)
        _delete(store, deleted)
        store.delete_masks(masks.deleted)

    def _mask_changes(self) -> _MaskChanges:
        nodes = self._tree.nodes
        states = [position.state for position in positions_of(self._histories.all.values())]
        forgotten = forget_masks(nodes, [self._document.state, *states, *self.waiting_states()])
        return _MaskChanges(list(all_masks(nodes).values()), forgotten)

    def _record(self, nodes: list[EditNode] | tuple[EditNode, ...]) -> SessionRecord:
        document, tree, ids = self._document, self._tree, frozenset(node.node_id for node in nodes)
        shown = document.shown.node_id if document.shown is not None else ""
        record = SessionRecord(
            nodes=tuple(self._entry(node, tree.is_listed(node)) for node in nodes),
            shown=shown if shown in ids else "",
            state=document.state,
            view=self._view.position,
            histories=self._stored_histories(ids),
            unknown_fields=self._unknown_fields,
        )
        return self.adjust(record)

    def _stored_histories(self, ids: frozenset[str]) -> tuple[HistoryEntry, ...]:
        known, self._history_entries = self._history_entries, {}
        entries: list[HistoryEntry] = []
        for history in self._histories.all.values():
            stored, entry = known.get(id(history), (None, None))
            if entry is None or stored is not history:
                entry = history_entry(history, ids)
            if len(entry.done) == len(history.done) and len(entry.undone) == len(history.undone):
                self._history_entries[id(history)] = (history, entry)
            entries.append(entry)
        return tuple(entries)

    def _entry(self, node: EditNode, is_listed: bool) -> NodeEntry:
        known = self._entries.get(node.node_id)
        photo = node if isinstance(node, SourcePhoto) else None
        return NodeEntry(
            node_id=node.node_id,
            name=node.name,
            is_listed=is_listed,
            state=photo.state if photo is not None else None,
            last_shown=photo.last_shown.node_id
            if photo is not None and photo.last_shown is not photo
            else "",
            is_starred=node.is_starred,
            opacity=node.opacity if isinstance(node, EditedPhoto) else 1.0,
            mask_id=node.mask_id if isinstance(node, SourcePhoto) else "",
            uses_mask=node.uses_mask if isinstance(node, SourcePhoto) else True,
            unknown_fields=known.unknown_fields if known is not None else {},
        )


def _delete(store: SessionStore, deleted: Deleted) -> None:
    for node, has_twin in deleted:
        store.delete_node(node, keeps_image=has_twin)


def _is_worth_storing(record: SessionRecord) -> bool:
    return bool(record.nodes) or bool(record.state.instruction.strip())
