"""The list of collections, read and changed off the GUI thread; observable."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ip2p_desktop.base.background import Background
from ip2p_desktop.training.pictures.collections.collection_list import (
    ListedCollection,
    delete_collection,
    export_collection,
    give_words,
    listed_collections,
    rename_collection,
)


class CollectionLibrary(QObject):
    """The collections in the folder `root`."""

    changed = Signal()
    exported = Signal(Path)
    """The new folder."""
    failed = Signal(object)
    """`ErrorReport`."""

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = root
        self._background = Background(self, workers=1)
        self.collections: tuple[ListedCollection, ...] = ()
        """Those changed last first."""

    def reload(self) -> None:
        """Read the list again."""
        self._background.submit(partial(listed_collections, self.root), self._show, self.failed.emit)

    def rename(self, folder: Path, name: str) -> None:
        """Give a collection another name."""
        if name.strip():
            self._background.submit(partial(rename_collection, folder, name), self._reload, self.failed.emit)

    def give_words(self, folder: Path, words: Sequence[str]) -> None:
        """Keep words for the pairs of a collection that have none; nothing happens for other folders."""
        if folder.parent == self.root:
            self._background.submit(partial(give_words, folder, words), self._reload, self.failed.emit)

    def delete(self, folder: Path) -> None:
        """Delete a collection for good."""
        self._background.submit(partial(delete_collection, folder), self._reload, self._fail)

    def export(self, folder: Path, place: Path) -> None:
        """Copy a collection into a new folder in `place`."""
        self._background.submit(
            partial(export_collection, folder, place), self.exported.emit, self.failed.emit
        )

    def shut_down(self) -> None:
        """Wait for what is being written."""
        self._background.close()

    def _show(self, collections: tuple[ListedCollection, ...]) -> None:
        self.collections = collections
        self.changed.emit()

    def _reload(self, _: object) -> None:
        self.reload()

    def _fail(self, report: object) -> None:
        self.failed.emit(report)
        self.reload()
