"""Reads the images of a photo or result into memory before it is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from ip2p_desktop.base.background import Background
from ip2p_desktop.session.edit_nodes import EditNode
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.session.image_memory import StoredImage
from ip2p_desktop.widgets.display_images import DisplayImage


class ImageLoader(QObject):
    """Loads off the GUI thread. A new node to load cancels the one before."""

    loading_changed = Signal(object)
    """Name of the node that is being loaded; empty when none is."""
    failed = Signal(object)
    """`ErrorReport`."""

    def __init__(self, tree: EditTree, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tree = tree
        # one at a time, as several large images would need much memory
        self._background = Background(self, workers=1, is_latest_only=True)
        self._name = ""

    def load(
        self, node: EditNode, ready: Callable[[], None], failed: Callable[[], None] | None = None
    ) -> None:
        """Call `ready` when the images of a node are in memory: at once if they are.

        Emits `failed` and calls the function of that name if they cannot be read.
        """
        self.cancel()
        missing = [image for image in node.shown_images if not image.is_in_memory]
        if not missing:
            self._tree.set_on_screen(node)
            ready()
            return
        self._show(node.name)
        self._background.submit(
            lambda: [(image, image.read()) for image in missing],
            partial(self._on_loaded, node, ready),
            partial(self._on_failed, failed),
        )

    def cancel(self) -> None:
        """Load no node; no function of the one being loaded is called."""
        self._background.cancel()
        self._show("")

    def shut_down(self) -> None:
        """Wait until the threads have ended."""
        self._background.cancel()
        self._background.close()

    def _on_loaded(
        self, node: EditNode, ready: Callable[[], None], images: list[tuple[StoredImage, DisplayImage]]
    ) -> None:
        self._show("")
        self._tree.set_on_screen(node)  # before, as together they may be above the limit of memory
        for stored, image in images:
            stored.display_image = image
        ready()

    def _on_failed(self, failed: Callable[[], None] | None, report: ErrorReport) -> None:
        self._show("")
        self.failed.emit(report)
        if failed is not None:
            failed()

    def _show(self, name: str) -> None:
        if name != self._name:
            self._name = name
            self.loading_changed.emit(name)
