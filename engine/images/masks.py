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
MOST_LABELS = 32
"""Highest label of a segmentation; as a brightness it would edit next to nothing."""
SMALLEST_PART = 0.001
"""Share of a mask below which coloured pixels are stray ones."""
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
    """The mask that an image shows, mode "L": its brightness, or its opacity if the colours say nothing.

    Brightness is that of the brightest channel, so that a pure colour counts as much as white. Colours say
    nothing if there is only one, or if they are a photo's. Where greys are painted on a transparent ground,
    the ground keeps the photo. Colour on a white ground is the mask itself.
    """
    colours = opaque(image)
    greys = reduce(ImageChops.lighter, colours.split())
    colourfulness = ImageChops.subtract(greys, reduce(ImageChops.darker, colours.split()))
    greys = _full_range(greys, is_coloured=_range(colourfulness)[1] > SAME_COLOUR)
    opacity = with_alpha(image).getchannel("A") if has_alpha(image) else Image.new("L", image.size, OPAQUE)
    lowest, highest = _range(opacity)
    if lowest == highest > 0:
        return _full_range(colourfulness, is_coloured=True) if _is_on_white(greys, colourfulness) else greys
    solid = opacity.point([OPAQUE * (value >= highest / 2) for value in range(256)])
    ranges = (channel.histogram(solid) for channel in colours.split())
    if all(_spread(counts) <= SAME_COLOUR for counts in ranges) or _is_photo(greys, colourfulness, solid):
        return opacity
    return ImageChops.multiply(greys, opacity) if highest else greys


def _is_on_white(greys: Image.Image, colourfulness: Image.Image) -> bool:
    """Whether there is colour on a white ground, and next to no black, which would be the kept part."""
    white = ImageChops.subtract(greys, colourfulness).histogram()
    dark = sum(greys.histogram()[: OPAQUE // 4])
    count = greys.width * greys.height
    is_coloured = sum(colourfulness.histogram()[OPAQUE // 3 :]) > SMALLEST_PART * count
    return is_coloured and dark < ROUNDED * count and sum(white[OPAQUE - SAME_COLOUR :]) > count / 4


def _is_photo(greys: Image.Image, colourfulness: Image.Image, solid: Image.Image) -> bool:
    """Whether the opaque part of an image has many colours that are neither black nor bright."""
    counts, coloured = greys.histogram(solid), colourfulness.histogram(solid)
    half = sum(counts) / 2
    return sum(counts[SAME_COLOUR:-SAME_COLOUR]) > half and sum(coloured[SAME_COLOUR:]) > half / 2


def _range(channel: Image.Image) -> tuple[int, int]:
    """The smallest and the largest value of an image with one channel."""
    ((lowest, highest),) = ImageStat.Stat(channel).extrema
    return int(lowest), int(highest)


def _spread(counts: list[int]) -> int:
    """The difference of the largest and the smallest value of a histogram."""
    values = [value for value, count in enumerate(counts) if count]
    return values[-1] - values[0] if values else 0


def _full_range(greys: Image.Image, *, is_coloured: bool) -> Image.Image:
    """Greys from 0 to 255: labels, which are small numbers, become white, as does the brightest colour."""
    lowest, highest = _range(greys)
    if lowest == 0 < highest <= MOST_LABELS:
        return greys.point([0, *[OPAQUE] * OPAQUE])
    if not is_coloured or not highest:
        return greys
    return greys.point([min(OPAQUE, round(OPAQUE * value / highest)) for value in range(256)])


def _has_same_shape(mask: tuple[int, int], photo: tuple[int, int]) -> bool:
    """Whether the ratio of the sides is the same, but for sides rounded to whole pixels."""
    difference = abs(mask[0] * photo[1] - mask[1] * photo[0])
    return difference <= min(sum(photo), ROUNDED * mask[0] * photo[1])
