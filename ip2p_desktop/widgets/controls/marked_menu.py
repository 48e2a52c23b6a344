"""A menu of values in which one item is marked while the menu is open."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

MARKED_TEXT = Qt.ItemDataRole.UserRole + 1
"""The text of an item in the open menu, if it is another one than in the closed."""
POPUP_MARGIN = 28
"""Space in points for the borders and a scroll bar of the open menu."""


class MarkedMenu(QComboBox):
    """The closed menu shows the plain text of the item, so that it needs no more room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = -1
        self.setItemDelegate(_MarkingDelegate(self))

    def mark(self, row: int, template: str) -> None:
        """Mark an item by a text with the placeholder `choice`; -1 marks none."""
        if self._row >= 0:
            self.setItemData(self._row, None, MARKED_TEXT)
            self.setItemData(self._row, None, Qt.ItemDataRole.AccessibleTextRole)
        self._row = row
        if row >= 0:
            text = template.format(choice=self.itemText(row))
            self.setItemData(row, text, MARKED_TEXT)
            self.setItemData(row, text, Qt.ItemDataRole.AccessibleTextRole)

    def marked_text(self) -> str:
        """The text of the marked item in the open menu; empty if there is none."""
        return str(self.itemData(self._row, MARKED_TEXT)) if self._row >= 0 else ""

    def showPopup(self) -> None:
        view = self.view()
        view.setMinimumWidth(max(self.width(), view.sizeHintForColumn(0) + POPUP_MARGIN))
        super().showPopup()


class _MarkingDelegate(QStyledItemDelegate):
    """Paints the marked text instead of the plain one."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if text := index.data(MARKED_TEXT):
            option.text = text
