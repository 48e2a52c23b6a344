"""Operations on a whole mask: feather, grow, shrink and shapes. Slow for large masks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageFilter
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

from ip2p_desktop.session.masks.mask import TILE, Box, Mask, clipped, moved

REACH = 3
"""Standard deviations after which a blur is not seen any more."""
DIAGONAL = 1 - math.sqrt(0.5)
"""Share of the distance for each diagonal of an octagon; the other sides get the rest."""


def feathered(mask: Mask, distance: float) -> Mask:
    """The mask with an edge that is soft for about `distance` pixels on both sides."""
    deviation = distance / 2

    def blur(box: Box) -> Image.Image:
        # the filter continues the pixels at the edges of the image, as is right at those of the photo
        inside = clipped(box, mask.box)
        blurred = mask.part(inside).filter(ImageFilter.GaussianBlur(deviation))
        return blurred.crop(moved(box, inside))

    return _by_blocks(mask, math.ceil(REACH * deviation) + 2, blur)


def grown(mask: Mask, distance: int) -> Mask:
    """The mask with everything within `distance` pixels of what it marks; an octagon stands for a circle."""
    return _by_blocks(mask, distance, lambda box: _grown(mask.part(box), distance))


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


def _by_blocks(mask: Mask, reach: int, work: Callable[[Box], Image.Image]) -> Mask:
    """The mask with each block replaced by the middle of what `work` returns for the box around it.

    `reach` is how far pixels have an effect. Blocks far from any edge of the mask stay as they are.
    """
    side = TILE * math.ceil(max(2 * reach, TILE) / TILE)
    result, (width, height) = mask, mask.size
    for top in range(0, height, side):
        for left in range(0, width, side):
            outer = (left - reach, top - reach, left + side + reach, top + side + reach)
            if not mask.is_even(outer):
                inner = work(outer).crop((reach, reach, reach + side, reach + side))
                result = result.with_part(inner, (left, top))
    return result.compacted(mask)


def _grown(image: Image.Image, distance: int) -> Image.Image:
    """The image grown; right where it is at least `distance` pixels from the edges of the image."""
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
    done, count = 1, 2 * reach + 1
    while done < count:
        by = min(done, count - done)
        image = ImageChops.lighter(image, _shifted(image, step, by))
        done += by
    return _shifted(image, step, -reach)


def _shifted(image: Image.Image, step: tuple[int, int], by: int) -> Image.Image:
    """The image moved against a step, so many times; black comes in."""
    x, y = step[0] * by, step[1] * by
    return image.crop((x, y, image.width + x, image.height + y))
