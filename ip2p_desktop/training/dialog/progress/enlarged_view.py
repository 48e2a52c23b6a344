"""Pictures as large as the page of a dialog, with a divider between two of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.training.dialog.progress.divided_pictures import DividedPictures
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named

MARGIN = 16


class EnlargedView(QWidget):
    """Lies over the page until it is closed. Esc closes it; Page Up and Page Down call `go`."""

    def __init__(self, name: str, page: QWidget) -> None:
        super().__init__(page)
        named(self, name)
        self.setAutoFillBackground(True)
        self._page = page
        self.pictures = DividedPictures()
        self.hide()
        page.installEventFilter(self)

    def cover_page(self) -> None:
        """Lie over the whole page; the keyboard moves the divider."""
        self.setGeometry(self._page.rect())
        self.show()
        self.raise_()
        self.pictures.setFocus()

    def go(self, step: int) -> None:
        """Show the pictures before (-1) or after (1) these."""
        raise NotImplementedError

    def lay_out(self, tabs: Sequence[QPushButton], close: QPushButton, heading: QLabel, keys: QLabel) -> None:
        """Tabs and the button to close above the pictures, the heading and the keys below them."""
        row = QHBoxLayout()
        row.setSpacing(4)
        for tab in tabs:
            row.addWidget(tab)
        row.addStretch(1)
        row.addWidget(close)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(heading, 1)
        below.addWidget(keys)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(10)
        column.addLayout(row)
        column.addWidget(self.pictures, 1)
        column.addLayout(below)
        close.clicked.connect(self.hide)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._page and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._page.rect())
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.key() in steps:
            self.go(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


def tab_button(name: str, text: str) -> QPushButton:
    """A button that chooses which two pictures are compared."""
    button = plain_button(name, text, text)
    button.setCheckable(True)
    button.setProperty("role", "tab")
    return button
