"""The list at the left of a dialog that chooses one of its pages."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

PADDING = 24
"""Of an entry and of the list, in points, both sides together."""


class PageList(QListWidget):
    """As wide as its longest entry, within limits; what is longer is shortened with an ellipsis."""

    def __init__(self, name: str, *, narrowest: int, widest: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Pages"))
        self.setProperty("role", "pages")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._narrowest, self._widest = narrowest, widest
        self.setFixedWidth(narrowest)

    def add_page(self, title: str, page: object = None) -> None:
        """Add an entry; `page` is its data of the role `UserRole`."""
        self.ensurePolished()  # items get the height of the style that is then known
        item = QListWidgetItem(title, self)
        item.setData(Qt.ItemDataRole.UserRole, page)
        item.setToolTip(title)
        wanted = self.fontMetrics().horizontalAdvance(title) + PADDING
        self.setFixedWidth(max(self.width(), min(wanted, self._widest)))
