"""Mask files: white, or what is painted on a transparent ground, is edited."""

from __future__ import annotations

from functools import reduce
from pathlib import Path

from PIL import Image, ImageChops, ImageOps, ImageStat

from engine.errors import InvalidRequest
from engine.images.image_files import decode_upright, read_image_file
from engine.images.transparency import has_alpha, opaque, with_alpha

SAME_COLOUR = 16
"""Largest difference within one colour; programs round the colours of soft edges."""
OPAQUE = 255
ROUNDED = 0.02
"""Largest relative difference of the shapes that rounding a side of a small mask makes."""


def open_mask(path: Path, size: tuple[int, int], *, is_inverted: bool = False) -> Image.Image:
    """The mask in a file for a photo of `size` (width, height): upright, mode "L", 255 edits and 0 keeps.

    A mask of the photo's shape is scaled to its size; one of another shape is returned as it is, which
    `EditRequest` refuses. Raises `ImageUnreadable`, and `InvalidRequest` for a mask that marks nothing.
    """
    mask = read_mask(decode_upright(read_image_file(path), path.name))
    if not _has_same_shape(mask.size, size):
        return mask
    if is_inverted:
        mask = ImageOps.invert(mask)
    if mask.getextrema() == (0, 0):
        raise InvalidRequest(
            "request.mask-empty",
            "The mask {file} marks nothing to edit.",
            "Paint the part to edit white on black, or on a transparent ground.",
            file=path.name,
        )
    return mask if mask.size == size else mask.resize(size, Image.Resampling.BILINEAR)


def read_mask(image: Image.Image) -> Image.Image:
    """The mask that an image shows, mode "L": its brightness, or its opacity if it is painted in one colour.

    Brightness is that of the brightest channel, so that a pure colour counts as much as white.
    Where greys are painted on a transparent ground, the ground keeps the photo.
    """
    colours = opaque(image)
    greys = _full_range(reduce(ImageChops.lighter, colours.split()))
    if not has_alpha(image):
        return greys
    opacity = with_alpha(image).getchannel("A")
    ((lowest, highest),) = ImageStat.Stat(opacity).extrema
    if lowest == highest > 0:
        return greys
    solid = opacity.point([OPAQUE * (value >= highest / 2) for value in range(256)])
    ranges = (channel.histogram(solid) for channel in colours.split())
    if all(_spread(counts) <= SAME_COLOUR for counts in ranges):
        return opacity
    return ImageChops.multiply(greys, opacity) if highest else greys


def _spread(counts: list[int]) -> int:
    """The difference of the largest and the smallest value of a histogram."""
    values = [value for value, count in enumerate(counts) if count]
    return values[-1] - values[0] if values else 0


def _full_range(greys: Image.Image) -> Image.Image:
    """Greys from 0 to 255; the labels 0 and 1 of segmentations become black and white."""
    return greys.point([0, *[OPAQUE] * OPAQUE]) if greys.getextrema() == (0, 1) else greys


def _has_same_shape(mask: tuple[int, int], photo: tuple[int, int]) -> bool:
    """Whether the ratio of the sides is the same, but for sides rounded to whole pixels."""
    difference = abs(mask[0] * photo[1] - mask[1] * photo[0])
    return difference <= min(sum(photo), ROUNDED * mask[0] * photo[1])
