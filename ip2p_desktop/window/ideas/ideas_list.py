"""The list of known edits with their thumbnails, filtered by words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from ip2p_desktop.editing.previews.known_edits import KnownIdea

IMAGE = Qt.ItemDataRole.UserRole
"""Role of the thumbnail; None if it was not made."""
IDEA = Qt.ItemDataRole.UserRole + 1
"""Role of the `KnownIdea`."""
NO_PARENT = QModelIndex()


class IdeasList(QAbstractListModel):
    """The ideas that match the words, in their order."""

    def __init__(self, image_of: Callable[[str], QImage | None], parent: QObject | None = None) -> None:
        """`image_of` returns the thumbnail of an instruction."""
        super().__init__(parent)
        self._image_of = image_of
        self._ideas: tuple[KnownIdea, ...] = ()
        self._words = ""
        self._shown: list[KnownIdea] = []

    @property
    def ideas(self) -> Sequence[KnownIdea]:
        """All ideas, whatever the words are."""
        return self._ideas

    @property
    def shown(self) -> Sequence[KnownIdea]:
        """The ideas that match the words."""
        return tuple(self._shown)

    def show(self, ideas: Sequence[KnownIdea]) -> None:
        """Replace the ideas."""
        self._ideas = tuple(ideas)
        self.filter(self._words)

    def filter(self, words: str) -> None:
        """Show only the ideas that contain each of the words."""
        self.beginResetModel()
        self._words = words
        self._shown = [idea for idea in self._ideas if idea.matches(words)]
        self.endResetModel()

    def update(self, instruction: str) -> None:
        """Show the new thumbnail of an instruction."""
        for row, idea in enumerate(self._shown):
            if idea.instruction == instruction:
                self.dataChanged.emit(self.index(row), self.index(row), [IMAGE])

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        idea = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return idea.name
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return idea.instruction
        if role == IDEA:
            return idea
        return self._image_of(idea.instruction) if role == IMAGE else None
