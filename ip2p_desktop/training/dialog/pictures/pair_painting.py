"""Painting of the two photos of a pair, side by side."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPalette, QPen, QPolygonF

from ip2p_desktop.widgets.surfaces import tone

CORNER = 7.0
BADGE = 9.0
"""Radius of the disc with the arrow."""


def draw_pair(painter: QPainter, frame: QRectF, original: QImage | None, edited: QImage | None) -> None:
    """Draw both photos whole, each in a half of the frame, with an arrow between them."""
    outline = QPainterPath()
    outline.addRoundedRect(frame, CORNER, CORNER)
    painter.save()
    painter.setClipPath(outline)
    painter.fillRect(frame, tone(QPalette.ColorRole.Shadow))
    half = QRectF(frame.x(), frame.y(), frame.width() / 2, frame.height())
    for image in (original, edited):
        if image is not None and not image.isNull():
            painter.drawImage(fitted(half, image), image)
        half.moveLeft(half.right())
    painter.restore()
    if original is not None or edited is not None:
        _draw_arrow(painter, frame.center())


def fitted(area: QRectF, image: QImage) -> QRectF:
    """The largest rectangle of the shape of the image in the middle of the area."""
    size = QSizeF(image.size()).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(QPointF(), size)
    place.moveCenter(area.center())
    return place


def _draw_arrow(painter: QPainter, centre: QPointF) -> None:
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tone(QPalette.ColorRole.AlternateBase))
    painter.drawEllipse(centre, BADGE, BADGE)
    pen = QPen(tone(QPalette.ColorRole.WindowText), 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    tip = centre + QPointF(4, 0)
    painter.drawLine(centre - QPointF(4, 0), tip)
    painter.drawPolyline(QPolygonF([tip + QPointF(-3, -3), tip, tip + QPointF(-3, 3)]))
    painter.restore()


def draw_covering(painter: QPainter, area: QRectF, image: QImage) -> None:
    """Draw the middle of the image, scaled to fill the area."""
    scale = max(area.width() / image.width(), area.height() / image.height())
    shown = QRectF(0, 0, area.width() / scale, area.height() / scale)
    shown.moveCenter(QRectF(image.rect()).center())
    painter.drawImage(area, image, shown)
