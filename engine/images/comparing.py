"""Two images of the same photo: the part they share, one laid over the other, and their difference."""

from __future__ import annotations

from functools import reduce

from PIL import Image, ImageChops

from engine.images.bands import bands

MAX_ROUNDING = 1.5
"""Deviation of a side in pixels from the photo's shape up to which a result does not count as cropped."""

SCALES = (8, 16, 32, 64, 128, 255)
BRIGHTEST_SHARE = 0.002
"""Share of the pixels that may differ by more than the end of the scale."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""


def shared_part(photo: tuple[int, int], result: tuple[int, int]) -> Box:
    """The middle part of a photo with the shape of its result; both are sizes, width and height.

    Edits that change the shape crop at the edges and never shift. A result as large as its part of the photo
    has the same pixels.
    """
    width, height = photo
    if abs(result[1] * width / height - result[0]) <= MAX_ROUNDING * max(1.0, width / height):
        return 0, 0, width, height
    scale = min(width / result[0], height / result[1])
    shown_width, shown_height = result[0] * scale, result[1] * scale
    left, top = (width - shown_width) / 2, (height - shown_height) / 2
    return round(left), round(top), round(left + shown_width), round(top + shown_height)


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
    mixed = Image.new(result.mode, result.size)
    for box in bands(result.size):
        mixed.paste(Image.blend(base.crop(box), result.crop(box), opacity), box)
    return mixed


def difference(left: Image.Image, right: Image.Image) -> Image.Image:
    """How far two images differ at each pixel, at the size of the first: the largest difference of a channel.

    Mode "L", 0 to 255. The second one is scaled to the size of the first.
    """
    if right.size != left.size:
        right = right.resize(left.size, Image.Resampling.LANCZOS)
    if left.mode != right.mode:
        left, right = left.convert("RGBA"), right.convert("RGBA")
    result = Image.new("L", left.size)
    for box in bands(left.size):
        channels = ImageChops.difference(left.crop(box), right.crop(box)).split()
        result.paste(reduce(ImageChops.lighter, channels), box)
    return result


def scale_of(differences: Image.Image) -> int:
    """The difference in levels that is shown brightest: one of `SCALES` that hardly any pixel exceeds.

    `differences` has mode "L". 0 if there is no difference at all.
    """
    counts = differences.histogram()
    if not any(counts[1:]):
        return 0
    above, allowed = 0, BRIGHTEST_SHARE * sum(counts)
    for level in range(255, 0, -1):
        above += counts[level]
        if above > allowed:
            return next(scale for scale in SCALES if scale >= level)
    return SCALES[0]
