"""The divider between photo and result. It is a slider, so that keys and screen readers can use it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSlider, QWidget

SPAN = 1000
"""Value at the right edge of the photo; 0 at the left edge."""
WIDTH = 44
"""Width in points of the area that can be dragged."""
KNOB = 34.0


class Divider(QSlider):
    """Moved by dragging, arrow keys, Page Up and Down, Home and End."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("divider")
        self.setRange(0, SPAN)
        self.setSingleStep(SPAN // 50)
        self.setPageStep(SPAN // 10)
        self.setValue(SPAN // 2)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Divider between before and after"))
        self.setToolTip(self.tr("Drag to compare; double-click to centre"))
        self._grip = 0.0

    @property
    def share(self) -> float:
        """The position of the divider as a share of the width, 0 to 1."""
        return self.value() / SPAN

    def place(self, visible: QRectF) -> None:
        """Place the divider over the visible part of the photo."""
        self._visible = visible
        line = visible.left() + self.share * visible.width()
        height = max(visible.height(), KNOB + 2)  # the knob is whole on a photo that is lower
        top = visible.center().y() - height / 2
        self.setGeometry(round(line - WIDTH / 2), round(top), WIDTH, round(height))

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, WIDTH)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position().x() - self.width() / 2
            self.setSliderDown(True)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown() and self._visible.width() > 0:
            line = self.mapToParent(event.position()).x() - self._grip
            self.setValue(round((line - self._visible.left()) / self._visible.width() * SPAN))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.setValue(SPAN // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.width() / 2, self.height() / 2)
        self._draw_line(painter, middle)
        self._draw_knob(painter, middle)

    def _draw_line(self, painter: QPainter, middle: QPointF) -> None:
        for width, colour in ((4.0, QColor(0, 0, 0, 70)), (2.0, QColor("white"))):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(middle.x(), 0), QPointF(middle.x(), self.height()))

    def _draw_knob(self, painter: QPainter, middle: QPointF) -> None:
        radius = KNOB / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 60))
        painter.drawEllipse(middle + QPointF(0, 1), radius + 1.5, radius + 1.5)
        accent = self.palette().highlight().color()
        held = self.isSliderDown() or self.hasFocus()
        painter.setPen(QPen(accent, 3) if held else Qt.PenStyle.NoPen)
        painter.setBrush(QColor("white"))
        painter.drawEllipse(middle, radius - 1.5, radius - 1.5)
        painter.setPen(QPen(QColor("#3a3d47"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for side in (-1, 1):
            tip = middle + QPointF(side * 9, 0)
            painter.drawLine(tip, tip + QPointF(-side * 4, -4))
            painter.drawLine(tip, tip + QPointF(-side * 4, 4))
