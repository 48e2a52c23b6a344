"""The bar with the zoom controls."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from ip2p_desktop.widgets.icons import set_icon


class ZoomBar(QFrame):
    """Buttons to zoom out, show at 100 %, zoom in and fit."""

    zoom_in_requested = Signal()
    zoom_out_requested = Signal()
    pixels_requested = Signal()
    fit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("zoom_bar")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(2)
        out = self._button("zoom_out", "minus", self.tr("Zoom out"), "Ctrl+-")
        self._percent = self._button("zoom_percent", "", self.tr("Show at 100 %"), "Ctrl+1")
        inward = self._button("zoom_in", "plus", self.tr("Zoom in"), "Ctrl++")
        fit = self._button("zoom_fit", "fit", self.tr("Fit the photo to the window"), "Ctrl+0")
        self._percent.setFixedWidth(self.fontMetrics().horizontalAdvance("1600 %") + 14)
        for button in (out, self._percent, inward, fit):
            layout.addWidget(button)
        out.clicked.connect(self.zoom_out_requested)
        self._percent.clicked.connect(self.pixels_requested)
        inward.clicked.connect(self.zoom_in_requested)
        fit.clicked.connect(self.fit_requested)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def show_zoom(self, zoom: float) -> None:
        """Show the zoom in per cent."""
        self._percent.setText(self.tr("{number} %").format(number=round(zoom * 100)))

    def _button(self, name: str, icon_name: str, text: str, keys: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(f"{text} ({keys})")
        if icon_name:
            set_icon(button, icon_name)
        return button
