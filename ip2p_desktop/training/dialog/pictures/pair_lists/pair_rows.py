"""The rows of a list of pairs: two pictures and texts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar, overload

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from ip2p_desktop.training.pictures.collections.given_pictures import GivenPicture
from ip2p_desktop.training.pictures.collections.picture_thumbnails import PictureThumbnails
from trainer.datasets.pair_writing import BEFORE

Index: TypeAlias = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
ROOT = QModelIndex()
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class SlowPicture:
    """A picture whose thumbnail is loaded when it is painted."""

    key: Hashable
    picture: GivenPicture


Side: TypeAlias = SlowPicture | QImage


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair as it is shown."""

    key: object
    """What the row stands for."""
    original: Side
    edited: Side
    text: str
    detail: str = ""
    is_starred: bool = False

    def side(self, side: str) -> Side:
        """The picture of a side, BEFORE or AFTER."""
        return self.original if side == BEFORE else self.edited


class RowsOf(Sequence[PairRow], Generic[Item]):
    """The rows of many things. Each is created when it is asked for, as there may be thousands."""

    def __init__(self, items: Sequence[Item], make: Callable[[Item], PairRow]) -> None:
        self._items, self._make = items, make

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, place: int) -> PairRow: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[PairRow]: ...

    def __getitem__(self, place: int | slice) -> PairRow | Sequence[PairRow]:
        if isinstance(place, slice):
            return RowsOf(self._items[place], self._make)
        return self._make(self._items[place])


class PairRows(QAbstractListModel):
    """Rows, which can have check marks."""

    def __init__(
        self, thumbnails: PictureThumbnails, *, is_checkable: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._thumbnails, self.is_checkable = thumbnails, is_checkable
        self._rows: Sequence[PairRow] = ()
        self._checked: set[int] = set()
        thumbnails.loaded.connect(self._on_loaded)

    @property
    def rows(self) -> Sequence[PairRow]:
        """The rows."""
        return self._rows

    @property
    def checked(self) -> tuple[PairRow, ...]:
        """The rows with a check mark, in order."""
        return tuple(row for place, row in enumerate(self._rows) if place in self._checked)

    def show(self, rows: Sequence[PairRow]) -> None:
        """Replace all rows; those with the key of an earlier one keep its check mark.

        Of `RowsOf` only those that are painted are created, unless there are check marks.
        """
        keys = {id(self._rows[place].key) for place in self._checked}
        self.beginResetModel()
        self._rows = rows
        self._checked = {place for place, row in enumerate(rows) if id(row.key) in keys} if keys else set()
        self.endResetModel()

    def check_all(self, is_checked: bool) -> None:
        """Check every row, or none."""
        self._checked = set(range(len(self._rows))) if is_checked else set()
        self._emit_all(Qt.ItemDataRole.CheckStateRole)

    def thumbnail(self, row: PairRow, side: str) -> QImage | None:
        """The picture of a side; None while it is loaded, empty if it cannot be read."""
        picture = row.side(side)
        return picture if isinstance(picture, QImage) else self._thumbnails.get(picture.key, picture.picture)

    def rowCount(self, parent: Index = ROOT) -> int:
        """As in Qt."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """As in Qt."""
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.text
            case Qt.ItemDataRole.CheckStateRole if self.is_checkable:
                is_checked = index.row() in self._checked
                return Qt.CheckState.Checked if is_checked else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.AccessibleTextRole:
                star = self.tr("Starred") if row.is_starred else ""
                return "\n".join(filter(None, (row.text, row.detail, star)))
            case Qt.ItemDataRole.UserRole:
                return row
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """As in Qt, for check marks."""
        if role != Qt.ItemDataRole.CheckStateRole or not self.is_checkable:
            return False
        change = self._checked.add if value == Qt.CheckState.Checked else self._checked.discard
        change(index.row())
        self.dataChanged.emit(index, index, [role])
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """As in Qt."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if self.is_checkable else flags

    def _on_loaded(self, key: object) -> None:
        self._emit_all(Qt.ItemDataRole.DecorationRole)  # only what is on screen is painted again

    def _emit_all(self, role: Qt.ItemDataRole) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1), [role])
