"""Resizes and pads photos of any shape to the working size, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from engine.edit_settings import Fit
from engine.errors import InvalidRequest

MAX_SIDE = 16_320
"""Longest side of a working image. Only `Fit.ORIGINAL` reaches it, with very narrow photos."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The sizes of a working image: the photo at `content`, padded to `padded`; width, height in pixels."""

    content: tuple[int, int]
    padded: tuple[int, int]
    fit: Fit


def plan_frame(size: tuple[int, int], fit: Fit, resolution: int, multiple: int) -> Frame:
    """The frame of a photo of `size`, whose longer side is scaled to `resolution`.

    Padded sides are multiples of `multiple` pixels; for `Fit.KEEP` at least two, because convolutions in
    bf16 to a width of one are not reliable on processors: 9 of 30 edits of a narrow photo ended in NaN.
    Raises `InvalidRequest` for a photo too narrow for
    `Fit.ORIGINAL`.
    """
    if fit is Fit.ORIGINAL:
        working = original_size(size, resolution)
        if max(working) > MAX_SIDE:
            raise InvalidRequest(
                "request.original-size",
                "The original's rule would edit this photo at {width} × {height} pixels.",
                "Keep its shape instead.",
                width=working[0],
                height=working[1],
            )
        return Frame(working, _padded(working, multiple), fit)
    longest = max(size)
    width, height = (max(1, (2 * side * resolution + longest) // (2 * longest)) for side in size)
    padded_width, padded_height = _padded((width, height), multiple)
    return Frame((width, height), (max(padded_width, 2 * multiple), max(padded_height, 2 * multiple)), fit)


def _padded(size: tuple[int, int], multiple: int) -> tuple[int, int]:
    width, height = (-(-side // multiple) * multiple for side in size)
    return width, height


def original_size(size: tuple[int, int], resolution: int) -> tuple[int, int]:
    """The working size of the original `edit_cli.py`, including its float rounding.

    Where that rounding gives a side of 0, with which the original fails, the side is 64 here.
    """
    width, height = size
    factor = resolution / max(width, height)
    factor = math.ceil(min(width, height) * factor / 64) * 64 / min(width, height)
    return max(64, int((width * factor) // 64) * 64), max(64, int((height * factor) // 64) * 64)


def to_frame(photo: Image.Image, frame: Frame) -> Image.Image:
    """The photo at the frame's padded size; right and bottom are padded by reflection."""
    if frame.fit is Fit.ORIGINAL:
        scaled = ImageOps.fit(photo, frame.content, method=Image.Resampling.LANCZOS)
    else:
        scaled = photo.resize(frame.content, Image.Resampling.LANCZOS)
    right, bottom = (whole - part for whole, part in zip(frame.padded, frame.content, strict=True))
    if right == bottom == 0:
        return scaled
    return Image.fromarray(np.pad(np.asarray(scaled), ((0, bottom), (0, right), (0, 0)), mode="reflect"))


def source_region(size: tuple[int, int], frame: Frame) -> tuple[int, int, int, int]:
    """The part of a photo of `size` that its working image contains: left, top, right, bottom.

    That is all of it for `Fit.KEEP`, and for `Fit.ORIGINAL` the middle that `ImageOps.fit` crops, here in
    whole pixels.
    """
    width, height = size
    if frame.fit is Fit.KEEP:
        return 0, 0, width, height
    ratio = frame.content[0] / frame.content[1]
    shown_width, shown_height = min(width, height * ratio), min(height, width / ratio)
    left, top = (width - shown_width) / 2, (height - shown_height) / 2
    return round(left), round(top), round(left + shown_width), round(top + shown_height)


def source_part(photo: Image.Image, frame: Frame) -> Image.Image:
    """The part of a photo that its working image contains; the photo itself if that is all of it."""
    region = source_region(photo.size, frame)
    # a copy of a whole photo would need as much memory again
    return photo if region == (0, 0, *photo.size) else photo.crop(region)


def from_frame(image: Image.Image, frame: Frame) -> Image.Image:
    """The image without the frame's padding."""
    return image.crop((0, 0, *frame.content))
