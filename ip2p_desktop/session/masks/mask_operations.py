"""Operations on a whole mask: feather, grow, shrink and shapes. Slow for large masks."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageFilter
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

from ip2p_desktop.session.masks.mask import Box, Mask, clipped

REACH = 3
"""Standard deviations after which a blur is not seen any more."""
DIAGONAL = 1 - math.sqrt(0.5)
"""Share of the distance for each diagonal of an octagon; the other sides get the rest."""


def feathered(mask: Mask, distance: float) -> Mask:
    """The mask with an edge that is soft for about `distance` pixels on both sides."""
    deviation = distance / 2
    box = _widened(mask, math.ceil(REACH * deviation))
    if box is None:
        return mask
    box = clipped(box, mask.box)
    # the filter continues the pixels at the edges of the image, as is right at those of the photo
    blurred = mask.part(box).filter(ImageFilter.GaussianBlur(deviation))
    return mask.with_part(blurred, box[:2]).compacted()


def grown(mask: Mask, distance: int) -> Mask:
    """The mask with everything within `distance` pixels of what it marks; an octagon stands for a circle."""
    box = _widened(mask, distance)
    if box is None:
        return mask
    return mask.with_part(_grown(mask.part(box), distance), box[:2]).compacted()


def shrunk(mask: Mask, distance: int) -> Mask:
    """The mask without everything within `distance` pixels of what it keeps.

    The edges of the photo count as marked.
    """
    return grown(mask.inverted(), distance).inverted()


def with_polygon(mask: Mask, corners: Sequence[tuple[float, float]], *, is_removed: bool = False) -> Mask:
    """The mask with a polygon added or removed; corners in photo pixels."""
    box = polygon_box(mask, corners)
    if box is None:
        return mask
    image = QImage(box[2] - box[0], box[3] - box[1], QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("white"))
    painter.drawPolygon(QPolygonF([QPointF(x - box[0], y - box[1]) for x, y in corners]))
    painter.end()
    size = (image.width(), image.height())
    shape = Image.frombytes("L", size, image.constBits(), "raw", "L", image.bytesPerLine())
    change = mask.with_removed if is_removed else mask.with_added
    return change(shape, box[:2])


def polygon_box(mask: Mask, corners: Sequence[tuple[float, float]]) -> Box | None:
    """The part of the photo around a polygon; None if it has no area there."""
    xs, ys = zip(*corners, strict=True)
    box = (math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys)))
    inside = clipped(box, mask.box)
    return inside if inside[0] < inside[2] and inside[1] < inside[3] else None


def _widened(mask: Mask, margin: int) -> Box | None:
    """The box around all that is marked with a margin, also beyond the photo; None if nothing is."""
    box = mask.marked_box
    if box is None:
        return None
    return (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)


def _grown(image: Image.Image, distance: int) -> Image.Image:
    """The image grown; it needs a margin, as the steps on the diagonals leave the part that they reach."""
    # without a straight part, the diagonals would leave holes
    diagonal = min(round(distance * DIAGONAL), (distance - 1) // 2)
    straight = distance - 2 * diagonal
    for step, reach in (((1, 0), straight), ((0, 1), straight), ((1, 1), diagonal), ((1, -1), diagonal)):
        image = _stretched(image, step, reach)
    return image


def _stretched(image: Image.Image, step: tuple[int, int], reach: int) -> Image.Image:
    """For each pixel the largest of those up to `reach` steps before and after it.

    Each round doubles the number of pixels that are compared.
    """
    for sign in (1, -1):
        done = 0
        while done < reach:
            by = min(done + 1, reach - done)
            shift = (sign * step[0] * by, sign * step[1] * by)
            moved = image.crop((shift[0], shift[1], image.width + shift[0], image.height + shift[1]))
            image = ImageChops.lighter(image, moved)
            done += by
    return image
