"""Cards of equal width, in as many columns as fit."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget

from ip2p_desktop.widgets.layouts.item_layout import ItemLayout


class CardGrid(ItemLayout):
    """All cards of a line are equally high; a line has all cards, or half of them, or one."""

    def __init__(self, parent: QWidget | None = None, *, narrowest: int, spacing: int = 10) -> None:
        """`narrowest` is the least width of a card in points."""
        super().__init__(parent, spacing=spacing)
        self._narrowest = narrowest

    def heightForWidth(self, width: int) -> int:
        heights = self._line_heights(width)
        return sum(heights) + self.spacing() * max(0, len(heights) - 1)

    def sizeHint(self) -> QSize:
        width = self.count() * self._narrowest + self.spacing() * max(0, self.count() - 1)
        return QSize(width, self.heightForWidth(width))

    def minimumSize(self) -> QSize:
        return QSize(self._narrowest, 0)

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        columns, width, top = self._columns(area.width()), self._card_width(area.width()), area.top()
        for line, height in enumerate(self._line_heights(area.width())):
            for column, item in enumerate(self._items[line * columns : (line + 1) * columns]):
                left = area.left() + column * (width + self.spacing())
                item.setGeometry(QRect(left, top, width, height))
            top += height + self.spacing()

    def _columns(self, width: int) -> int:
        for columns in (self.count(), (self.count() + 1) // 2):
            if columns * (self._narrowest + self.spacing()) - self.spacing() <= width:
                return max(1, columns)
        return 1

    def _card_width(self, width: int) -> int:
        columns = self._columns(width)
        return (width - self.spacing() * (columns - 1)) // columns

    def _line_heights(self, width: int) -> list[int]:
        columns, card = self._columns(width), self._card_width(width)
        heights = [
            item.heightForWidth(card) if item.hasHeightForWidth() else item.sizeHint().height()
            for item in self._items
        ]
        return [max(heights[start : start + columns]) for start in range(0, len(heights), columns)]
