"""Widgets side by side, in several lines where they do not fit into one."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QLayoutItem, QWidget

from ip2p_desktop.widgets.layouts.item_layout import ItemLayout


class WrappingRow(ItemLayout):
    """Needs only the width of its widest widget, so that long texts cannot widen what it is in."""

    def __init__(
        self, parent: QWidget | None = None, *, spacing: int = 4, is_last_at_right: bool = True
    ) -> None:
        super().__init__(parent, spacing=spacing)
        self._is_last_at_right = is_last_at_right

    def heightForWidth(self, width: int) -> int:
        return sum(self._height(line) for line in self._lines(width)) + self._gaps(width)

    def sizeHint(self) -> QSize:
        widths = [item.sizeHint().width() for item in self._items]
        width = sum(widths) + self.spacing() * max(0, len(widths) - 1)
        return QSize(width, self._height(self._items))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items]
        return QSize(max((size.width() for size in sizes), default=0), self._height(self._items))

    def setGeometry(self, area: QRect) -> None:
        """The widgets of a line are at the left, the last one at the right if so chosen."""
        super().setGeometry(area)
        top = area.top()
        for line in self._lines(area.width()):
            height, left = self._height(line), area.left()
            for item in line:
                size = item.sizeHint().boundedTo(QSize(area.width(), height))
                is_last = self._is_last_at_right and item is line[-1] and len(line) > 1
                x = area.right() + 1 - size.width() if is_last else left
                item.setGeometry(QRect(x, top + (height - size.height()) // 2, size.width(), size.height()))
                left += size.width() + self.spacing()
            top += height + self.spacing()

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        left = 0
        for item in self._items:
            if item.isEmpty():
                continue
            own = item.sizeHint().width()
            if not lines or left + own > width:
                lines.append([])
                left = 0
            lines[-1].append(item)
            left += own + self.spacing()
        return lines

    def _height(self, line: list[QLayoutItem]) -> int:
        return max((item.sizeHint().height() for item in line), default=0)

    def _gaps(self, width: int) -> int:
        return self.spacing() * max(0, len(self._lines(width)) - 1)
