"""The bar with the tools of the canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ip2p_desktop.widgets.controls.icon_button import IconButton
from ip2p_desktop.window.actions import Actions

PADDING = 4


class MaskToolBar(QFrame):
    """Buttons one below the other; in several columns where there is little height."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("mask_tool_bar")
        self.setAccessibleName(self.tr("Tools"))
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        self._layout.setSpacing(2)
        self._buttons = [
            IconButton(actions.pan, "pan", self),
            IconButton(actions.brush, "brush", self),
            IconButton(actions.eraser, "eraser", self),
            IconButton(actions.rectangle, "rectangle", self),
            IconButton(actions.lasso, "lasso", self),
            IconButton(actions.select_subject, "subject", self),
            IconButton(actions.select_background, "background", self),
        ]
        self._columns = 0
        self.fit_height(1000)

    def fit_height(self, height: int) -> None:
        """Arrange the buttons so that they need at most this height in points, if possible."""
        step = self._buttons[0].sizeHint().height() + self._layout.spacing()
        rows = max((height - 2 * PADDING - 2) // step, 1)
        columns = -(-len(self._buttons) // rows)
        if columns != self._columns:
            self._columns = columns
            for number, button in enumerate(self._buttons):
                self._layout.addWidget(button, number // columns, number % columns)
        self.adjustSize()
