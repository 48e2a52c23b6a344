"""Paints a mask over the photo, as a half transparent colour."""

from __future__ import annotations

import math

from PIL import Image
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from ip2p_desktop.session.masks.mask import EMPTY_TILE, FULL_TILE, OPAQUE, TILE, Mask

OPACITY = 0.5
SMALLEST_TILE = 4
"""Side in pixels to which tiles are reduced at most."""


class MaskOverlay:
    """Keeps the visible part of the mask at the size it is painted at; only changed tiles are drawn again."""

    def __init__(self, colour: QColor) -> None:
        self._mask: Mask | None = None
        self.colour = colour
        self._image = QImage()
        self._values = Image.new("L", (1, 1))
        """The mask as it is in the image, before it is coloured."""
        self._place: tuple[QRect, int] | None = None
        """The tiles in the image, as columns and rows, and the side to which they are reduced."""
        self._drawn: dict[int, Image.Image] = {}
        """The tiles in the image, by index."""

    @property
    def mask(self) -> Mask | None:
        """The mask that is painted; None paints nothing."""
        return self._mask

    @mask.setter
    def mask(self, mask: Mask | None) -> None:
        if mask is None or self._mask is None or mask.size != self._mask.size:
            self._place = None
        self._mask = mask

    @property
    def colour(self) -> QColor:
        """The colour, which is painted half transparent."""
        return self._colour

    @colour.setter
    def colour(self, colour: QColor) -> None:
        self._colour = colour
        self._shades = [_shade(colour, value / OPAQUE).rgba() for value in range(OPAQUE + 1)]
        self._place = None

    def paint(self, painter: QPainter) -> None:
        """Paint the visible part; the painter's units are photo pixels."""
        mask = self._mask
        if mask is None:
            return
        scale = painter.worldTransform().m11() * painter.device().devicePixelRatioF()
        visible = painter.clipBoundingRect().intersected(QRectF(0, 0, *mask.size))
        if visible.isEmpty() or scale <= 0:
            return
        halvings = max(math.floor(math.log2(1 / scale)), 0) if scale < 1 else 0
        side = max(TILE >> halvings, SMALLEST_TILE)
        tiles = QRect(
            QPoint(int(visible.left()) // TILE, int(visible.top()) // TILE),
            QPoint(math.ceil(visible.right() - 1) // TILE, math.ceil(visible.bottom() - 1) // TILE),
        )
        self._update(mask, tiles, side)
        target = QRectF(tiles.left() * TILE, tiles.top() * TILE, tiles.width() * TILE, tiles.height() * TILE)
        painter.drawImage(target, self._image)

    def _update(self, mask: Mask, tiles: QRect, side: int) -> None:
        """Draw the tiles that have changed since they were drawn last."""
        if self._place != (tiles, side):
            self._place = (tiles, side)
            self._drawn.clear()
            size = tiles.size() * side
            self._image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
            self._image.fill(0)
            self._values = Image.new("L", (size.width(), size.height()), 0)
        changed = QRect()
        for row in range(tiles.top(), tiles.bottom() + 1):
            for column in range(tiles.left(), tiles.right() + 1):
                index = row * mask.columns + column
                tile = mask.tiles[index]
                if self._drawn.get(index, EMPTY_TILE) is not tile:
                    self._drawn[index] = tile
                    place = QRect((column - tiles.left()) * side, (row - tiles.top()) * side, side, side)
                    box = (place.x(), place.y(), place.x() + side, place.y() + side)
                    self._values.paste(_reduced(tile, side), box)
                    changed |= place
        if not changed.isEmpty():
            self._colour_in(changed)

    def _colour_in(self, area: QRect) -> None:
        width, height = area.width(), area.height()
        values = self._values.crop((area.x(), area.y(), area.x() + width, area.y() + height)).tobytes()
        image = QImage(values, width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable(self._shades)
        painter = QPainter(self._image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(area.topLeft(), image)
        painter.end()


def _reduced(tile: Image.Image, side: int) -> Image.Image | int:
    """The tile at a smaller size; only its value if it has one."""
    if tile is EMPTY_TILE or tile is FULL_TILE:
        return OPAQUE if tile is FULL_TILE else 0
    return tile.reduce(TILE // side) if side < TILE else tile


def _shade(colour: QColor, share: float) -> QColor:
    shade = QColor(colour)
    shade.setAlphaF(OPACITY * share)
    return shade
