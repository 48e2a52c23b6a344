"""Small copies of images, decoded as fast as their format allows."""

from __future__ import annotations

import io

from PIL import Image

from engine.images.image_files import FORMATS, UPRIGHT, decode_photo
from trainer.datasets.opening import LYING, TURNED_BY_EXIF, UNREADABLE, Size, aligned, lacks_turn, orientation
from trainer.datasets.pairs import Pair, PairImage

PLAIN_MODES = ("RGB", "L", "CMYK")
"""Modes that `convert` alone makes comparable."""


def decoded_small(data: bytes, name: str, turn: int, side: int) -> tuple[Image.Image, str, Size]:
    """Returns the upright image, its mode in the file and its upright size.

    A JPEG is decoded at a reduced size, of at least `side` pixels. `turn` is its EXIF orientation. Raises
    `ImageUnreadable`.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            mode, (width, height) = image.mode, image.size
            is_plain = mode in PLAIN_MODES and "transparency" not in image.info
            if is_plain and image.format in TURNED_BY_EXIF:
                image.draft("RGB", (side, side))
                image.load()
                small = image.convert("RGB")
                if turn not in UPRIGHT:
                    return small, mode, (width, height)
                size = (height, width) if turn in LYING else (width, height)
                return small.transpose(UPRIGHT[turn]), mode, size
    except (*UNREADABLE, EOFError, RuntimeError, MemoryError, KeyError):
        mode = "RGB"  # only the full decoder reads other formats; its errors are more precise, too
    photo = decode_photo(data, name)
    return photo, mode, photo.size


def small_copy(image: PairImage, side: int) -> Image.Image:
    """Returns an image, upright and in RGB, with sides of at most `side`. Raises `ImageUnreadable`."""
    data = image.read()
    small, _, _ = decoded_small(data, image.name, orientation(data), side)
    small.thumbnail((side, side), Image.Resampling.BOX)
    return small.convert("RGB")


def small_copies(pair: Pair, side: int, *, is_aligned: bool = True) -> tuple[Image.Image, Image.Image]:
    """Returns original and edited image, upright and in RGB, with longer sides of at most `side` pixels.

    They are turned as `open_pair` turns them, and aligned if the pair was and `is_aligned`; their shapes may
    differ. Raises `ImageUnreadable`.
    """
    files = pair.original.read(), pair.edited.read()
    turns = orientation(files[0]), orientation(files[1])
    names = pair.original.name, pair.edited.name
    copies: list[Image.Image] = []
    sizes: list[Size] = []
    for data, name, turn in zip(files, names, turns, strict=True):
        image, _, size = decoded_small(data, name, turn, side)
        image.thumbnail((side, side), Image.Resampling.BOX)
        copies.append(image.convert("RGB"))
        sizes.append(size)
    lacking = lacks_turn(sizes[0], sizes[1], turns)
    if lacking is not None:
        copies[lacking] = copies[lacking].transpose(UPRIGHT[turns[1 - lacking]])
    if pair.alignment is not None and is_aligned:
        return aligned(copies[0], copies[1], pair.alignment)
    return copies[0], copies[1]
