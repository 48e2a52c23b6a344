"""A diagram of the loss of a run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ip2p_desktop.training.runs.run_progress import LossPoint, smoothed
from ip2p_desktop.widgets.surfaces import tone

LABEL_HEIGHT = 20.0
ROOM_ABOVE = 0.12
"""Share of the height left free over the highest point."""


class LossCurve(QWidget):
    """A smoothed line over the steps of the run; single steps are faint dots."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("loss_curve")
        self.setAccessibleName(self.tr("Error during training"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._points: Sequence[LossPoint] = ()
        self._line: list[LossPoint] = []
        self._total_steps = 1

    def sizeHint(self) -> QSize:
        return QSize(480, 170)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 120)

    def show_losses(self, points: Sequence[LossPoint], total_steps: int) -> None:
        """Show the losses; the horizontal axis ends at `total_steps`."""
        self._points, self._line = points, smoothed(points)
        self._total_steps = max(1, total_steps)
        if self._line:
            self.setAccessibleDescription(self.tr("Now {loss}").format(loss=f"{self._line[-1].loss:.3f}"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 4, -1, -LABEL_HEIGHT)
        self._draw_axis(painter, area)
        if len(self._line) > 1:
            self._draw_dots(painter, area)
            self._draw_line(painter, area)

    def _draw_axis(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(QPen(tone(QPalette.ColorRole.Mid), 1))
        for share in (0.0, 0.5, 1.0):
            height = round(area.top() + share * area.height()) + 0.5
            painter.drawLine(QPointF(area.left(), height), QPointF(area.right(), height))
        painter.setPen(tone(QPalette.ColorRole.PlaceholderText))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), LABEL_HEIGHT - 2)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "0")
        total = self.tr("step {step}").format(step=QLocale().toString(self._total_steps))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, total)

    def _top(self) -> float:
        """The highest loss shown. Single outliers may be outside the diagram, the line is not."""
        ordered = sorted(point.loss for point in self._points)
        typical = ordered[int(0.95 * (len(ordered) - 1))]
        return max(typical, *(point.loss for point in self._line), 1e-9) / (1 - ROOM_ABOVE)

    def _position(self, point: LossPoint, area: QRectF, top: float) -> QPointF:
        across = area.left() + area.width() * point.step / self._total_steps
        return QPointF(across, area.bottom() - area.height() * point.loss / top)

    def _draw_dots(self, painter: QPainter, area: QRectF) -> None:
        top = self._top()
        faint = QColor(tone(QPalette.ColorRole.PlaceholderText))
        faint.setAlphaF(0.28)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faint)
        for point in self._points:
            if point.loss <= top:
                painter.drawEllipse(self._position(point, area, top), 1.6, 1.6)

    def _draw_line(self, painter: QPainter, area: QRectF) -> None:
        top = self._top()
        line = [self._position(point, area, top) for point in self._line]
        accent = QColor(tone(QPalette.ColorRole.Highlight))
        shade = QLinearGradient(area.topLeft(), area.bottomLeft())
        for share, alpha in ((0.0, 0.22), (1.0, 0.0)):
            accent.setAlphaF(alpha)
            shade.setColorAt(share, accent)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        ground = [QPointF(line[-1].x(), area.bottom()), QPointF(line[0].x(), area.bottom())]
        painter.drawPolygon(QPolygonF([*line, *ground]))
        pen = QPen(tone(QPalette.ColorRole.Link), 2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(line))
