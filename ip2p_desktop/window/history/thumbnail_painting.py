"""Thumbnails with their signs: ring, star, count and caption."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPainterPath, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from ip2p_desktop.widgets.photo_labels import draw_small_label
from ip2p_desktop.widgets.surfaces import tone

CORNER = 7.0
GAP = 6
"""Between the ring of a thumbnail and the edge of its cell."""
STAR_SIDE = 20.0
NAME_HEIGHT = 20
GROUND = QColor(16, 17, 20, 190)
GOLD = QColor("#ffc83d")
Render = QPainter.RenderHint


class ThumbnailSize:
    """The sizes of a cell for a thumbnail of `side` points; tall cells have the name below."""

    def __init__(self, side: int, *, has_name: bool = False) -> None:
        self.side = side
        self.has_name = has_name
        self.cell = QSize(side + 2 * GAP, side + 2 * GAP + (NAME_HEIGHT if has_name else 0))

    def area(self, cell: QRectF) -> QRectF:
        """The thumbnail in a cell."""
        return QRectF(cell.x() + GAP, cell.y() + GAP, self.side, self.side)

    def star_area(self, cell: QRectF) -> QRectF:
        """The star in a cell, also where a click sets it."""
        area = self.area(cell)
        return QRectF(area.right() - STAR_SIDE, area.top(), STAR_SIDE, STAR_SIDE)


SMALL, LARGE = ThumbnailSize(56), ThumbnailSize(104, has_name=True)


def draw_thumbnail(painter: QPainter, image: QImage, area: QRectF, caption: str = "") -> None:
    """Paint an image with round corners, and a caption along its lower edge."""
    painter.save()
    painter.setRenderHints(Render.Antialiasing | Render.SmoothPixmapTransform)
    shape = QPainterPath()
    shape.addRoundedRect(area, CORNER, CORNER)
    painter.setClipPath(shape)
    painter.drawImage(area, image)
    if caption:
        draw_small_label(painter, caption, area)
    painter.restore()


def draw_ring(painter: QPainter, option: QStyleOptionViewItem, area: QRectF) -> None:
    """Paint the ring of the thumbnail on screen, wider with the focus, or of that under the pointer."""
    state = option.state
    if state & QStyle.StateFlag.State_Selected:
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        pen = QPen(tone(QPalette.ColorRole.Light if has_focus else QPalette.ColorRole.Highlight), 2.5)
    elif state & QStyle.StateFlag.State_MouseOver:
        pen = QPen(tone(QPalette.ColorRole.Dark), 1.5)
    else:
        return
    painter.save()
    painter.setRenderHint(Render.Antialiasing)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area.adjusted(-3, -3, 3, 3), CORNER + 2, CORNER + 2)
    painter.restore()


def draw_star(painter: QPainter, area: QRectF, *, is_set: bool) -> None:
    """Paint a star: golden if it is set, else its outline, where a click sets it."""
    painter.save()
    painter.setRenderHint(Render.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(GROUND)
    painter.drawEllipse(area.adjusted(1, 1, -1, -1))
    painter.setPen(QPen(GOLD if is_set else QColor("white"), 1.2))
    painter.setBrush(GOLD if is_set else Qt.BrushStyle.NoBrush)
    painter.drawPolygon(_star(area.center(), area.width() * 0.34))
    painter.restore()


def draw_count(painter: QPainter, count: int, area: QRectF) -> None:
    """Paint a number in the upper right corner of a thumbnail."""
    painter.save()
    painter.setRenderHint(Render.Antialiasing)
    painter.setFont(_small(painter.font()))
    text = str(count)
    width = max(16.0, painter.fontMetrics().horizontalAdvance(text) + 8.0)
    pill = QRectF(area.right() - width - 2, area.top() + 2, width, 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(GROUND)
    painter.drawRoundedRect(pill, 8, 8)
    painter.setPen(QColor("white"))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def draw_name(painter: QPainter, name: str, area: QRectF) -> None:
    """Paint a name below a thumbnail, elided to its width."""
    painter.save()
    painter.setFont(_small(painter.font()))
    painter.setPen(tone(QPalette.ColorRole.PlaceholderText))
    line = QRectF(area.left(), area.bottom() + 3, area.width(), NAME_HEIGHT - 2)
    text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(line.width()))
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(max(small.pointSizeF() - 1.5, 7))
    return small


def _star(centre: QPointF, radius: float) -> QPolygonF:
    points = []
    for number in range(10):
        length = radius if number % 2 == 0 else radius * 0.45
        angle = math.pi * number / 5 - math.pi / 2
        points.append(QPointF(centre.x() + length * math.cos(angle), centre.y() + length * math.sin(angle)))
    return QPolygonF(points)
