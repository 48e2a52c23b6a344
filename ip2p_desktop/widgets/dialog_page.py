"""Base class of the pages of large dialogs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

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
        layout.addWidget(_scrolling(body), 1)
        layout.addWidget(_line())
        layout.addLayout(self.buttons)

    def add_button(self, name: str, text: str, *, role: str = "") -> QPushButton:
        """Add a button to the row, to the right of the others."""
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text.replace("&", ""))
        if role:
            button.setProperty("role", role)
        self.buttons.addWidget(button)
        return button


def _scrolling(body: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    area.setWidget(body)
    return area


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "line")
    line.setFixedHeight(1)
    return line
