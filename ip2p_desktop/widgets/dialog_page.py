"""Base class of the pages of large dialogs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.widgets.scrolling_column import UprightScrollArea
from ip2p_desktop.widgets.surfaces import body_label

MARGIN = 24
WIDEST_COLUMN = 760


class DialogPage(QWidget):
    """A scrolling column `column` above a fixed row `buttons`."""

    def __init__(
        self, name: str, title: str, parent: QWidget | None = None, *, widest: int = WIDEST_COLUMN
    ) -> None:
        """`widest` is the largest width of the column in points."""
        super().__init__(parent)
        self.setObjectName(name)
        body = QWidget()
        body.setMaximumWidth(widest)
        self.column = QVBoxLayout(body)
        self.column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self.column.setSpacing(16)
        self.title = body_label(title, role="title")
        self.title.setObjectName(f"{name}_title")
        self.column.addWidget(self.title)
        self.buttons = QHBoxLayout()
        self.buttons.setContentsMargins(MARGIN, 12, MARGIN, 12)
        self.buttons.setSpacing(10)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        area = UprightScrollArea(body)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(area, 1)
        self._messages = QVBoxLayout()
        self._messages.setContentsMargins(MARGIN, 6, MARGIN, 6)
        layout.addLayout(self._messages)
        layout.addWidget(_line())
        layout.addLayout(self.buttons)

    def add_message(self, message: QWidget) -> None:
        """Add a message above the buttons: it stays in sight wherever the column is scrolled to."""
        self._messages.addWidget(message)

    def add_button(self, name: str, text: str, *, role: str = "") -> QPushButton:
        """Add a button to the row, to the right of the others."""
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text.replace("&", ""))
        if role:
            button.setProperty("role", role)
        self.buttons.addWidget(button)
        return button


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "line")
    line.setFixedHeight(1)
    return line
