"""Controls the strip of results, the use of a result as source, and undo."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import EditedPhoto, EditNode, EditTree, SourcePhoto
from ip2p_desktop.session.undo import Position, UndoHistory
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.edit_controller import EditController


class HistoryController(QObject):
    """Connects the tree with the strip, and records steps for undo.

    Steps are: another photo, a result, a result used as source, showing another node (several in a row are
    one step), and replacing all settings at once.
    """

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        queue: EditQueue,
        tree: EditTree,
        edits: EditController,
        models: InstalledModels,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._queue = queue
        self._tree = tree
        self._edits = edits
        self._models = models
        self._undo = UndoHistory(self)
        self._node: EditNode | None = None
        self._is_restoring = False
        self._is_browsing = False
        self._was_browsing = False
        """Whether the last step was showing another node."""
        self._connect()
        self._enable_actions()

    def _connect(self) -> None:
        strip, tree, actions = self._window.history_strip, self._tree, self._window.actions_
        tree.added.connect(strip.add)
        tree.removed.connect(strip.remove)
        strip.chosen.connect(self.show_node)
        strip.use_as_source_requested.connect(self._use_as_source)
        strip.remove_requested.connect(self.remove)
        self._window.header.use_as_source_requested.connect(self.use_as_source)
        actions.use_as_source.triggered.connect(self.use_as_source)
        actions.undo.triggered.connect(self.undo)
        actions.redo.triggered.connect(self.redo)
        self._undo.changed.connect(self._enable_actions)
        self._document.shown_changed.connect(self._on_shown_changed)
        self._document.state_replaced.connect(self._on_state_replaced)

    def use_as_source(self) -> None:
        """Use the result on screen as the photo of the next edit."""
        result = self._document.result
        if result is not None and self._edits.use_as_source(result):
            text = self.tr("The next edit starts with this result.")
            self._window.notice_bar.show_message(text, causes=("source", "result"))

    def _use_as_source(self, result: EditedPhoto) -> None:
        self._edits.load(result, lambda: self._go_on_from(result))

    def _go_on_from(self, result: EditedPhoto) -> None:
        self._edits.use_as_source(result)

    def show_node(self, node: EditNode) -> None:
        """Show a photo or a result as soon as it is in memory; the settings stay."""
        strip = self._window.history_strip
        self._edits.load(node, partial(self._browse_to, node), lambda: strip.mark(self._document.shown))

    def _browse_to(self, node: EditNode) -> None:
        self._is_browsing = True
        try:
            if not self._edits.show(node):
                self._window.history_strip.mark(self._document.shown)
        finally:
            self._is_browsing = False

    def remove(self, node: EditNode) -> None:
        """Remove a photo or a result from the strip; a node on screen stays on screen."""
        self._tree.remove(node)
        self._undo.forget(node)
        sources: list[EditNode] = [job.source for job in self._queue.jobs if not job.state.is_end]
        nodes_on_screen = [self._document.shown] if self._document.shown is not None else []
        self._tree.prune(self._undo.nodes.union(sources, nodes_on_screen))

    def undo(self) -> None:
        """Show the node before the last step, with the settings at that time."""
        if self._undo.can_undo:
            node = self._undo.done[-1].node
            self._edits.load(node, partial(self._undo_to, node), partial(self._undo.forget, node))

    def redo(self) -> None:
        """Repeat the step that was undone last."""
        if self._undo.can_redo:
            node = self._undo.undone[-1].node
            self._edits.load(node, partial(self._redo_to, node), partial(self._undo.forget, node))

    def _undo_to(self, node: EditNode) -> None:
        if self._node is not None and self._undo.can_undo and self._undo.done[-1].node is node:
            self._go_to(self._undo.undo(Position(self._node, self._document.state)))

    def _redo_to(self, node: EditNode) -> None:
        if self._node is not None and self._undo.can_redo and self._undo.undone[-1].node is node:
            self._go_to(self._undo.redo(Position(self._node, self._document.state)))

    def replace(self, done: Sequence[Position] = (), undone: Sequence[Position] = ()) -> None:
        """Replace all steps, with those of another session."""
        self._node = None
        self._was_browsing = False
        self._undo.replace(done, undone)

    @property
    def steps(self) -> UndoHistory:
        """The steps that undo and redo go through."""
        return self._undo

    def _go_to(self, position: Position) -> None:
        self._is_restoring = True
        try:
            if self._edits.show(position.node):
                model_path = position.state.model
                card = self._models.find(model_path) if model_path is not None else None
                self._document.restore(position.state, card)
        finally:
            self._is_restoring = False
        self._was_browsing = False

    def _on_shown_changed(self, node: EditNode | None) -> None:
        node_before, self._node = self._node, node
        if isinstance(node_before, SourcePhoto):
            node_before.state = self._document.state
        if self._is_restoring or node_before is None or node is None:
            return
        if not (self._is_browsing and self._was_browsing):
            self._undo.record(Position(node_before, self._document.state))
        self._was_browsing = self._is_browsing

    def _on_state_replaced(self, before: EditState) -> None:
        if self._node is not None and not self._is_restoring:
            self._undo.record(Position(self._node, before))
            self._was_browsing = False

    def _enable_actions(self) -> None:
        self._window.actions_.undo.setEnabled(self._undo.can_undo)
        self._window.actions_.redo.setEnabled(self._undo.can_redo)
