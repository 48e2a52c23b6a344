"""The menu of a photo or result in the strip."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto


class NodeMenu(QMenu):
    """Each entry emits a signal with the node. It deletes itself when it is closed."""

    chosen = Signal(object)
    use_settings_requested = Signal(object)
    use_as_source_requested = Signal(object)
    compare_requested = Signal(object)
    star_requested = Signal(object)
    rename_requested = Signal(object)
    use_as_pair_requested = Signal(object)
    """The result is to be a pair of photos for training."""
    save_requested = Signal(object)
    show_file_requested = Signal(object)
    """The opened photo, whose file is known."""
    remove_requested = Signal(object)

    def __init__(self, node: EditNode, shown: EditNode | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._node = node
        self.setObjectName("node_menu")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._add(self.tr("Show"), self.chosen)
        if isinstance(node, EditedPhoto):
            self._add(self.tr("Use these settings"), self.use_settings_requested)
            self._add(self.tr("Use as source"), self.use_as_source_requested)
            compare = self._add(self.tr("Compare with the one on screen"), self.compare_requested)
            compare.setEnabled(shown is not None and shown is not node)
            self.addSeparator()
            star = self.tr("Remove the star") if node.is_starred else self.tr("Star")
            self._add(star, self.star_requested, "S")
        self._add(self.tr("Rename…"), self.rename_requested, "F2")
        if isinstance(node, EditedPhoto):
            self._add(self.tr("Save…"), self.save_requested)
            self._add(self.tr("Use as a pair…"), self.use_as_pair_requested)
        if node.photo.file is not None:
            self._add(self.tr("Show the photo's file in its folder"), self.show_file_requested)
        self.addSeparator()
        is_photo = isinstance(node, SourcePhoto)
        text = self.tr("Close photo") if is_photo else self.tr("Remove")
        self._add(text, self.remove_requested, "" if is_photo else "Del")

    def _add(self, text: str, signal: SignalInstance, keys: str = "") -> QAction:
        action = self.addAction(text)
        if keys:
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda: signal.emit(self._node))
        return action
