"""Two images of the same photo: the part they share, one laid over the other, and their difference."""

from __future__ import annotations

from PIL import Image

MAX_ROUNDING = 1.5
"""Deviation in pixels from the shape of the photo up to which a result does not count as cropped."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""


def shared_part(photo: tuple[int, int], result: tuple[int, int]) -> Box:
    """The middle part of a photo with the shape of its result; both are sizes, width and height.

    Edits that change the shape crop at the edges and never shift.
    """
    width, height = photo
    if abs(result[1] * width / height - result[0]) <= MAX_ROUNDING:
        return 0.0, 0.0, float(width), float(height)
    scale = min(width / result[0], height / result[1])
    left, top = (width - result[0] * scale) / 2, (height - result[1] * scale) / 2
    return left, top, width - left, height - top


def matched(photo: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The part of a photo that it shares with a result of this size, at this size; itself if that is all."""
    if photo.size == size:
        return photo
    return photo.resize(size, Image.Resampling.LANCZOS, shared_part(photo.size, size))


def blended(photo: Image.Image, result: Image.Image, opacity: float) -> Image.Image:
    """The result over its photo with an opacity of 0 to 1, at the size of the result.

    Blended in sRGB, as a screen shows it. With opacity 1 it is the result itself, bit for bit, and what both
    have in common stays so too.
    """
    if opacity >= 1:
        return result
    base = matched(photo, result.size)
    if base.mode != result.mode:
        base, result = base.convert("RGBA"), result.convert("RGBA")
    return Image.blend(base, result, opacity)
