"""Paints layers of images into an area of the view: whole pixels, a checkerboard and a grid of pixels."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPalette, QPen, QPixmap

from ip2p_desktop.window.canvas.compare.comparison import Layer, Pane

PIXELS_SHOWN_FROM = 4.0
"""Screen pixels for each photo pixel from which on pixels are painted as squares."""
GRID_FROM = 8.0
"""Screen pixels for each photo pixel from which on lines separate them."""
GRID_COLOUR = QColor(128, 128, 128, 110)
SQUARE = 8
"""Side of a square of the checkerboard in points."""
LIGHT_SQUARES, DARK_SQUARES = ("#ffffff", "#d5d8df"), ("#3a3d45", "#2a2c33")
ROUNDING = 1e-3
MARGIN = 2
"""Pixels of a level beyond the visible ones, which smooth scaling needs."""


def paint_pane(painter: QPainter, pane: Pane, photo: QRectF, density: float, palette: QPalette) -> None:
    """Paint the layers of a pane; the frame is at `photo` in the first pane, in points.

    `density` is the number of screen pixels for each point.
    """
    target = QRectF((photo.topLeft() + pane.shift) * density, photo.size() * density)
    area = _whole(QRectF(pane.area.topLeft() * density, pane.area.size() * density).intersected(target))
    if area.isEmpty():
        return
    painter.save()
    # from here on in screen pixels, as a photo at 100 % is then copied pixel by pixel
    painter.scale(1 / density, 1 / density)
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    if any(layer.image.has_alpha for layer in pane.layers):
        _draw_checkerboard(painter, area, density, palette)
    for layer in pane.layers:
        _draw_layer(painter, layer, target, area)
    painter.setOpacity(1.0)
    scale = target.width() / max(1, pane.layers[0].part.width())
    if scale >= GRID_FROM:
        _draw_grid(painter, target, area, scale)
    painter.restore()


def _draw_layer(painter: QPainter, layer: Layer, target: QRectF, area: QRect) -> None:
    """Paint the part of a layer that lies in `area`; only those pixels of its level are read."""
    part, number = layer.part, layer.image.level_at(target.width() / layer.part.width())
    level, shrink = layer.image.levels[number], 2.0**number
    # screen pixels for each pixel of the level
    across, down = shrink * target.width() / part.width(), shrink * target.height() / part.height()
    left, top = target.left() - across * part.left() / shrink, target.top() - down * part.top() / shrink
    source = QRect(
        math.floor((area.left() - left) / across) - MARGIN,
        math.floor((area.top() - top) / down) - MARGIN,
        math.ceil(area.width() / across) + 2 * MARGIN + 1,
        math.ceil(area.height() / down) + 2 * MARGIN + 1,
    ).intersected(level.rect())
    place = QRectF(
        left + source.left() * across,
        top + source.top() * down,
        source.width() * across,
        source.height() * down,
    )
    painter.setOpacity(layer.opacity)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, across < PIXELS_SHOWN_FROM)
    painter.drawImage(place, level, QRectF(source))


def _whole(area: QRectF) -> QRect:
    """The whole pixels of an area, those it covers in part included."""
    left, top = math.floor(area.left() + ROUNDING), math.floor(area.top() + ROUNDING)
    right, bottom = math.ceil(area.right() - ROUNDING), math.ceil(area.bottom() - ROUNDING)
    return QRect(left, top, right - left, bottom - top)


def _draw_checkerboard(painter: QPainter, area: QRect, density: float, palette: QPalette) -> None:
    """Paint the ground of what is transparent."""
    is_dark = palette.window().color().lightness() < 128
    side = max(1, round(SQUARE * density))
    tile = QPixmap(2 * side, 2 * side)
    first, second = (QColor(name) for name in (DARK_SQUARES if is_dark else LIGHT_SQUARES))
    tile.fill(first)
    tiles = QPainter(tile)
    tiles.fillRect(side, 0, side, side, second)
    tiles.fillRect(0, side, side, side, second)
    tiles.end()
    painter.fillRect(area, QBrush(tile))


def _draw_grid(painter: QPainter, target: QRectF, area: QRect, scale: float) -> None:
    first_column = max(1, math.ceil((area.left() - target.left()) / scale))
    last_column = math.floor((area.right() + 1 - target.left()) / scale)
    first_row = max(1, math.ceil((area.top() - target.top()) / scale))
    last_row = math.floor((area.bottom() + 1 - target.top()) / scale)
    columns = (round(target.left() + column * scale) + 0.5 for column in range(first_column, last_column + 1))
    rows = (round(target.top() + row * scale) + 0.5 for row in range(first_row, last_row + 1))
    bottom, right = area.bottom() + 1, area.right() + 1
    lines = [QLineF(column, area.top(), column, bottom) for column in columns]
    lines += [QLineF(area.left(), row, right, row) for row in rows]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(GRID_COLOUR, 1))
    painter.drawLines(lines)
