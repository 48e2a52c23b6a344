"""A thin progress bar with an animation for unknown progress."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimerEvent
from PySide6.QtGui import QBrush, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

HEIGHT = 4
TICK_MS = 33
TICKS_ACROSS = 60
SHARE = 0.3
"""Share of the width of the moving part."""


class ThinBar(QProgressBar):
    """A progress bar; a range of 0 to 0 means that the progress is not known, as in `QProgressBar`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.setTextVisible(False)
        self._tick = 0
        self._timer: int | None = None

    @property
    def is_indeterminate(self) -> bool:
        """Whether the progress is not known."""
        return self.maximum() <= self.minimum()

    def showEvent(self, event: QShowEvent) -> None:
        if self._timer is None:
            self._timer = self.startTimer(TICK_MS)

    def hideEvent(self, event: QHideEvent) -> None:
        if self._timer is not None:
            self.killTimer(self._timer)
        self._timer = None

    def timerEvent(self, event: QTimerEvent) -> None:
        if self.is_indeterminate:
            self._tick = (self._tick + 1) % TICKS_ACROSS
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._draw(painter, self.palette().mid(), QRectF(self.rect()))
        self._draw(painter, self.palette().highlight(), self._done_part())

    def _draw(self, painter: QPainter, brush: QBrush, part: QRectF) -> None:
        painter.setBrush(brush)
        painter.drawRoundedRect(part, HEIGHT / 2, HEIGHT / 2)

    def _done_part(self) -> QRectF:
        whole = QRectF(self.rect())
        if self.is_indeterminate:
            width = whole.width() * SHARE
            left = -width + (whole.width() + width) * self._tick / TICKS_ACROSS
            return QRectF(left, 0, width, whole.height()).intersected(whole)
        share = (self.value() - self.minimum()) / (self.maximum() - self.minimum())
        return QRectF(0, 0, whole.width() * share, whole.height())
