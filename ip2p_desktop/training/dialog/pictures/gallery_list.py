"""The entries of the gallery that are shown, as a list of Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ip2p_desktop.training.dialog.pictures.problem_texts import ProblemTexts
from ip2p_desktop.training.pictures.gallery import Gallery, GalleryEntry, PairFilter
from ip2p_desktop.training.pictures.pair_thumbnails import PairThumbnail

ENTRY = Qt.ItemDataRole.UserRole
"""Role of the `GalleryEntry`."""
THUMBNAIL = Qt.ItemDataRole.UserRole + 1
"""Role of the `PairThumbnail`; None if it is not made yet."""
NO_PARENT = QModelIndex()


class GalleryList(QAbstractListModel):
    """The entries of a kind that contain some words, in the order of the dataset."""

    def __init__(
        self,
        gallery: Gallery,
        thumbnail_of: Callable[[GalleryEntry], PairThumbnail | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._gallery, self._thumbnail_of = gallery, thumbnail_of
        self._texts = ProblemTexts()
        self._chosen, self._words = PairFilter.ALL, ""
        self._shown: list[GalleryEntry] = []
        self._rows: dict[str, int] = {}

    @property
    def shown(self) -> Sequence[GalleryEntry]:
        """The entries in the list."""
        return self._shown

    @property
    def chosen(self) -> PairFilter:
        """The kind of entries in the list."""
        return self._chosen

    def filter(self, chosen: PairFilter, words: str) -> None:
        """Show other entries."""
        self._chosen, self._words = chosen, words
        self.refresh(is_reset=True)

    def refresh(self, *, is_reset: bool = False) -> None:
        """Show what has changed; the list is reset if other entries belong into it."""
        shown = self._gallery.found(self._chosen, self._words)
        if is_reset or shown != self._shown:
            self.beginResetModel()
            self._shown = shown
            self._rows = {entry.name: row for row, entry in enumerate(shown)}
            self.endResetModel()
        elif shown:
            self.dataChanged.emit(self.index(0), self.index(len(shown) - 1))

    def show_thumbnail(self, name: str) -> None:
        """Paint the row of a pair again."""
        if (row := self._rows.get(name)) is not None:
            self.dataChanged.emit(self.index(row), self.index(row), [THUMBNAIL])

    def rows_of(self, names: Sequence[str]) -> list[int]:
        """The rows of entries that are in the list."""
        return [row for name in names if (row := self._rows.get(name)) is not None]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        entry = self._shown[index.row()]
        if role == ENTRY:
            return entry
        if role == THUMBNAIL:
            return self._thumbnail_of(entry)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.instruction_of(entry)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self._description(entry)
        return None

    def instruction_of(self, entry: GalleryEntry) -> str:
        """The first wording of a pair; what is said about an entry that is no pair."""
        pair = self._gallery.repaired(entry)
        if pair is not None:
            return pair.instruction
        return entry.skipped.sentence if entry.skipped else ""

    def _description(self, entry: GalleryEntry) -> str:
        """The name and the files, then all wordings, then each problem with what to do."""
        lines = [entry.name]
        if pair := self._gallery.repaired(entry):
            lines = [f"{entry.name}: {pair.original.name} → {pair.edited.name}"]
            lines += [f"“{text}”" for text in pair.instructions]
        for problem in self._gallery.problems_of(entry):
            lines.append(f"{self._texts.title(problem)}. {self._texts.advice(problem)}")
        return "\n".join(lines)
