"""One edit on its way, and the edits that were made."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from engine.library import ModelCard
from engine.progress import CancelToken
from engine.request import EditRequest
from ip2p_desktop.session.document import EditedPhoto, SourcePhoto

HISTORY_BYTES = 1024**3
"""Memory the kept photos may take; beyond it the oldest go."""
BYTES_PER_PIXEL = 4
"""Pillow keeps RGB photos in four bytes a pixel."""

HistoryEntry = SourcePhoto | EditedPhoto

_numbers = itertools.count(1)


@dataclass(frozen=True, eq=False, slots=True)
class EditJob:
    """A request handed over, and the way to call it back."""

    request: EditRequest
    source: SourcePhoto
    model: ModelCard
    cancel_token: CancelToken = field(default_factory=CancelToken)
    number: int = field(default_factory=lambda: next(_numbers))


class EditHistory(QObject):
    """The photos opened and the results made, oldest first, as many as memory allows."""

    added = Signal(object)
    dropped = Signal(object)

    def __init__(self, byte_limit: int = HISTORY_BYTES, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._byte_limit = byte_limit
        self._entries: list[HistoryEntry] = []

    @property
    def entries(self) -> tuple[HistoryEntry, ...]:
        return tuple(self._entries)

    def add(self, *entries: HistoryEntry) -> None:
        """Keep these, which were made together: what is new stays, whatever it takes."""
        for entry in entries:
            self._entries.append(entry)
            self.added.emit(entry)
        while len(self._entries) > len(entries) and self.byte_count > self._byte_limit:
            self.drop(self._entries[0])

    def drop(self, entry: HistoryEntry) -> None:
        if entry in self._entries:
            self._entries.remove(entry)
            self.dropped.emit(entry)

    @property
    def byte_count(self) -> int:
        """Memory of all photos kept; one that several results share counts once."""
        sources = [entry.source if isinstance(entry, EditedPhoto) else entry for entry in self._entries]
        pictures = {id(entry.picture): entry.picture.byte_count for entry in (*self._entries, *sources)}
        images = {id(source.image): source.image.width * source.image.height for source in sources}
        return sum(pictures.values()) + sum(images.values()) * BYTES_PER_PIXEL
