"""Puts a session that was read from disk into the window."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from engine.errors import ErrorReport
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditNode
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.session.session_loading import LoadedSession
from ip2p_desktop.session.store.session_record import SessionRecord
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.edit_controller import EditController
from ip2p_desktop.window.wiring.undo_controller import UndoController


class SessionRestoration(QObject):
    """Thumbnails come first, then the image on screen; the settings once the models are known.

    What the user does meanwhile counts more: a photo opened and an instruction typed stay.
    """

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        tree: EditTree,
        edits: EditController,
        undo: UndoController,
        models: InstalledModels,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._tree = window, document, tree
        self._edits, self._undo, self._models = edits, undo, models
        self._record = SessionRecord()
        self._is_state_pending = self._is_shown_pending = False
        self._problem: ErrorReport | None = None
        """Why the image that was on screen is not shown again."""
        models.changed.connect(self._restore_state)
        document.shown_changed.connect(self._on_shown_changed)
        edits.loader.failed.connect(self._on_load_failed)

    def start(self, session: LoadedSession) -> None:
        """Show a session in a window that has none."""
        self._record = session.record
        is_first = self._document.shown is None
        listed = frozenset(self._tree.listed)
        newer = [(node, node in listed) for node in self._tree.nodes]
        self._tree.replace((*session.nodes, *newer))
        self._tree.set_on_screen(self._document.shown)
        self._window.history_strip.mark(self._document.shown)
        if not self._document.state.instruction:
            with self._undo.paused():
                self._document.change(instruction=session.record.state.instruction)
        self._undo.histories.update(session.histories)
        if is_first:
            self._is_state_pending = True
            self._restore_state()
            self._problem = None
            others = [node for node in reversed(self._tree.listed) if node is not session.shown]
            self._show([*([session.shown] if session.shown is not None else []), *others])

    def cancel(self) -> None:
        """Restore no more of the session that was started."""
        self._is_state_pending = self._is_shown_pending = False

    def adjusted(self, record: SessionRecord) -> SessionRecord:
        """The record of the window, with what is not restored yet."""
        if self._is_shown_pending:
            record = replace(record, shown=self._record.shown, view=self._record.view)
        if self._is_state_pending:
            record = replace(record, state=replace(self._record.state, instruction=record.state.instruction))
        return record

    def _restore_state(self) -> None:
        if not self._is_state_pending or not self._models.is_known:
            return
        self._is_state_pending = False
        state = replace(self._record.state, instruction=self._document.state.instruction)
        card = self._models.find(state.model) if state.model is not None else None
        with self._undo.paused():
            self._document.restore(state, card)

    def _show(self, nodes: list[EditNode]) -> None:
        """Show the first of the nodes whose images can be read, and report why it is not the first of all."""
        self._is_shown_pending = bool(nodes)
        if nodes:
            self._edits.load(nodes[0], lambda: self._on_loaded(nodes[0]), lambda: self._show(nodes[1:]))

    def _on_shown_changed(self, node: EditNode | None) -> None:
        """What the user has chosen meanwhile is stored from now on."""
        if node is not None:
            self._is_shown_pending = False

    def _on_load_failed(self, report: ErrorReport) -> None:
        if self._is_shown_pending and self._problem is None:
            self._problem = report

    def _on_loaded(self, node: EditNode) -> None:
        if not self._is_shown_pending:
            return
        self._is_shown_pending = False
        if self._document.shown is None and node in self._tree:
            with self._undo.paused():
                self._document.show(node)
            self._window.canvas.view.position = self._record.view
            if self._problem is not None:  # again, as another photo clears the notice
                self._edits.refused.emit(self._problem)
