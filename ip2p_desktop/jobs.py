"""One edit on its way, and the edits that were made."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from engine.library import ModelCard
from engine.progress import CancelToken
from engine.request import EditRequest
from ip2p_desktop.document import EditedPhoto, SourcePhoto

HISTORY_BYTES = 768 * 1024 * 1024
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

    def add(self, entry: HistoryEntry) -> None:
        self._entries.append(entry)
        self.added.emit(entry)
        while len(self._entries) > 1 and self.byte_count > self._byte_limit:
            self.drop(self._entries[0])

    def drop(self, entry: HistoryEntry) -> None:
        if entry in self._entries:
            self._entries.remove(entry)
            self.dropped.emit(entry)

    @property
    def byte_count(self) -> int:
        """Memory of all photos kept; one that several results share counts once."""
        photos: dict[int, int] = {}
        for entry in self._entries:
            if isinstance(entry, EditedPhoto):
                photos[id(entry.picture)] = _size(entry.result.edited_image.size, entry)
                entry = entry.source
            photos[id(entry.picture)] = _size(entry.image.size, entry)
        return sum(photos.values())


def _size(pixels: tuple[int, int], entry: HistoryEntry) -> int:
    return pixels[0] * pixels[1] * BYTES_PER_PIXEL + entry.picture.byte_count
