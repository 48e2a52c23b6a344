"""A slider with a tick at one value."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from ip2p_desktop.widgets.surfaces import tone

TICK_HALF_WIDTH, TICK_HEIGHT = 4.0, 5.5
REACH = 7.0
"""Distance in points from the tick within which a double click means it."""


class MarkedSlider(QSlider):
    """A horizontal slider. A double click on the tick asks for its value."""

    mark_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._mark: float | None = None

    @property
    def mark(self) -> float | None:
        """The value at the tick, in the slider's own unit; None without a tick."""
        return self._mark

    @mark.setter
    def mark(self, mark: float | None) -> None:
        self._mark = mark
        self.update()

    def mark_position(self) -> float:
        """The distance of the tick from the left side in points; -1 if there is none in the range."""
        if self._mark is None or not self.minimum() <= self._mark <= self.maximum():
            return -1.0
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        share = (self._mark - self.minimum()) / max(1, self.maximum() - self.minimum())
        return handle.width() / 2 + share * (self.width() - handle.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        place = self.mark_position()
        if place < 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        role = QPalette.ColorRole.PlaceholderText if self.isEnabled() else QPalette.ColorRole.Dark
        painter.setBrush(tone(role))
        bottom = float(self.height())
        painter.drawPolygon(
            [
                QPointF(place, bottom - TICK_HEIGHT),
                QPointF(place + TICK_HALF_WIDTH, bottom),
                QPointF(place - TICK_HALF_WIDTH, bottom),
            ]
        )

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.mark_position()
        if place >= 0 and abs(event.position().x() - place) <= REACH:
            self.mark_chosen.emit()
        else:
            super().mouseDoubleClickEvent(event)
