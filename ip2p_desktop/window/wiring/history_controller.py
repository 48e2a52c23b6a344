"""Controls the strip: what it shows, and what the user asks of its photos and results."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.session.undo_step import NodeField, StepKind, UndoStep
from ip2p_desktop.widgets.system_viewer import show_in_system
from ip2p_desktop.window.history.results_layout import lay_out
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.edit_controller import EditController
from ip2p_desktop.window.wiring.undo_controller import UndoController

REMOVAL = "removal"
"""The cause of the notice about a removal."""


class HistoryController(QObject):
    """Connects the tree with the strip.

    Looking at another result changes no setting. Another photo comes with its own settings; see
    `UndoController`.
    """

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        tree: EditTree,
        edits: EditController,
        undo: UndoController,
    ) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self._tree, self._edits, self._undo = tree, edits, undo
        self._removal: UndoStep | None = None
        """The step that the notice on screen offers to undo."""
        window.history_strip.show_tree(tree)
        self._connect_strip()
        self._connect_actions()
        tree.changed.connect(self._on_node_changed)
        undo.histories.changed.connect(self._withdraw_offer)
        document.shown_changed.connect(self._withdraw_offer)
        document.shown_changed.connect(self._enable_actions)
        window.history_strip.updated.connect(self._enable_actions)
        self._enable_actions()

    def _connect_strip(self) -> None:
        strip = self._window.history_strip
        strip.chosen.connect(self.show_node)
        strip.photo_chosen.connect(self.show_photo)
        strip.use_as_source_requested.connect(self._use_as_source)
        strip.star_requested.connect(self.toggle_star)
        strip.rename_requested.connect(self.rename)
        strip.show_file_requested.connect(self._show_file)
        strip.remove_requested.connect(self.remove)

    def _connect_actions(self) -> None:
        actions, strip = self._window.actions_, self._window.history_strip
        self._window.header.use_as_source_requested.connect(self.use_as_source)
        actions.use_as_source.triggered.connect(self.use_as_source)
        actions.previous_photo.triggered.connect(partial(self._step_photo, -1))
        actions.next_photo.triggered.connect(partial(self._step_photo, 1))
        actions.previous_result.triggered.connect(partial(self._step_result, -1))
        actions.next_result.triggered.connect(partial(self._step_result, 1))
        actions.close_photo.triggered.connect(self.close_photo)
        actions.only_starred.toggled.connect(strip.starred_button.setChecked)
        strip.starred_button.toggled.connect(actions.only_starred.setChecked)
        actions.tall_strip.toggled.connect(strip.tall_button.setChecked)
        strip.tall_changed.connect(actions.tall_strip.setChecked)

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

    def show_photo(self, photo: SourcePhoto) -> None:
        """Show another photo as it was left; of the one on screen the photo itself."""
        is_on_screen = self._document.shown is not None and self._document.shown.photo is photo
        self.show_node(photo if is_on_screen else self._last_shown(photo))

    def close_photo(self) -> None:
        """Remove the photo on screen with all its results."""
        if self._document.shown is not None:
            self.remove(self._document.shown.photo)

    def remove(self, node: EditNode) -> None:
        """Remove a photo or a result, with all results made from it. Undo brings them back."""
        if not self._tree.is_visible(node):  # a key was pressed twice before another one was on screen
            return
        shown = self._document.shown
        if shown is not None and shown in self._tree.branch(node):
            shown = self._neighbour(node)
        nodes, step = self._remove([node], shown)
        if step is not None:
            self._report_removal(node, nodes, step)

    def remove_together(self, results: Sequence[EditedPhoto]) -> None:
        """Remove several results of one photo, with all results made from them, as one step."""
        branches = [node for result in results for node in self._tree.branch(result)]
        shown = self._document.shown
        if shown is not None and shown in branches:
            shown = shown.photo
        nodes, step = self._remove(results, shown)
        if step is not None:
            self._offer_undo(step, self.tr("{count} results are removed.").format(count=len(nodes)))

    def _remove(
        self, nodes: Sequence[EditNode], shown: EditNode | None
    ) -> tuple[list[EditNode], UndoStep | None]:
        """Remove nodes with all made from them, and cancel their edits; returns the nodes and the step."""
        branch = list(dict.fromkeys(each for node in nodes for each in self._tree.branch(node)))
        listed = [each for each in branch if self._tree.is_listed(each)]
        return listed, self._undo.remove(listed, shown) if listed else None

    def rename(self, node: EditNode, name: str) -> None:
        """Give a node another name, which is also that of its file when it is saved."""
        if name := name.strip():
            self._undo.change_node(node, NodeField.NAME, name, StepKind.RENAME)
        else:
            text = self.tr("A name has at least one character. The name stays.")
            self._window.notice_bar.show_message(text, causes=("source", "result"))

    def toggle_star(self, node: EditNode) -> None:
        """Give a result a star, or take it away."""
        if isinstance(node, EditedPhoto):
            self._undo.change_node(node, NodeField.IS_STARRED, not node.is_starred, StepKind.STAR)

    def _browse_to(self, node: EditNode) -> None:
        with self._undo.browsing():
            if not (self._is_offered(node) and self._edits.show(node)):
                self._window.history_strip.mark(self._document.shown)

    def _is_offered(self, node: EditNode) -> bool:
        """Whether the strip has a node, which may have been removed while its image was read."""
        is_source = isinstance(node, SourcePhoto) and node.parent is not None
        listed = node.parent if is_source else node
        return node in self._tree and listed is not None and self._tree.is_visible(listed)

    def _step_photo(self, step: int) -> None:
        shown, photos = self._document.shown, self._tree.photos
        if shown is not None and shown.photo in photos:
            place = photos.index(shown.photo) + step
            if 0 <= place < len(photos):
                self.show_photo(photos[place])

    def _step_result(self, step: int) -> None:
        """Show the result before or after the one on screen in time, the photo before all."""
        shown = self._document.shown
        if shown is None:
            return
        is_filtered = self._window.history_strip.shows_only_starred
        layout = lay_out(self._tree, shown.photo, only_starred=is_filtered)
        nodes = sorted(layout.nodes, key=lambda each: each.created)
        on_screen = shown if shown in nodes else shown.parent or shown
        before = sum(each.created < on_screen.created for each in nodes)
        # between two of those that are shown, if it is not one of them
        place = before + step if on_screen in nodes else before + min(step, 0)
        if 0 <= place < len(nodes):
            self.show_node(nodes[place])

    def _last_shown(self, photo: SourcePhoto) -> EditNode:
        return photo.last_shown if self._is_offered(photo.last_shown) else photo

    def _neighbour(self, node: EditNode) -> EditNode | None:
        """What is shown in place of a node that is removed."""
        if isinstance(node, SourcePhoto):
            photos = self._tree.photos
            place = photos.index(node)
            others = (*photos[place + 1 :], *reversed(photos[:place]))
            return self._last_shown(others[0]) if others else None
        is_filtered = self._window.history_strip.shows_only_starred
        layout = lay_out(self._tree, node.photo, only_starred=is_filtered)
        if layout.cell_of(node) is None:
            layout = lay_out(self._tree, node.photo)
        return layout.right_of(node) or layout.left_of(node)

    def _report_removal(self, node: EditNode, nodes: Sequence[EditNode], step: UndoStep) -> None:
        count = len(nodes) - 1
        text = self.tr("“{name}” is removed.")
        if count:
            text = self.tr("“{name}” is removed, with what was made from it ({count}).")
        self._offer_undo(step, text.format(name=node.name, count=count))

    def _offer_undo(self, step: UndoStep, text: str) -> None:
        self._removal = step
        undo = partial(self._undo.undo, step)
        self._window.notice_bar.show_message(text, self.tr("Undo"), undo, causes=(REMOVAL,))

    def _withdraw_offer(self) -> None:
        """Offer no more to undo a removal that is not the last step of what is on screen."""
        if self._removal is not None and self._undo.last_step is not self._removal:
            self._removal = None
            self._window.notice_bar.resolve(REMOVAL)

    def _on_node_changed(self, node: EditNode) -> None:
        source = self._document.source
        if source is not None and node in (source, source.parent):
            self._window.header.title.setText(source.name)

    def _show_file(self, node: EditNode) -> None:
        file = node.photo.file
        if file is not None:
            show_in_system(file.parent, self._window)

    def _enable_actions(self) -> None:
        shown, actions = self._document.shown, self._window.actions_
        photos = self._tree.photos
        place = photos.index(shown.photo) if shown is not None and shown.photo in photos else -1
        actions.previous_photo.setEnabled(place > 0)
        actions.next_photo.setEnabled(0 <= place < len(photos) - 1)
        actions.close_photo.setEnabled(shown is not None)
        has_results = shown is not None and self._tree.result_count(shown.photo) > 0
        for action in (actions.previous_result, actions.next_result):
            action.setEnabled(has_results)
