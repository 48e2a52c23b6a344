"""Opens the images of a pair, aligned: repairs rotation and size in memory."""

from __future__ import annotations

import io

from PIL import Image

from engine.errors import EngineError
from engine.images.file_metadata.exif import orientation_of
from engine.images.image_files import FORMATS, UPRIGHT, decode_photo
from trainer.datasets.affine_map import AffineMap
from trainer.datasets.pairs import Pair

SHAPE_TOLERANCE = 0.03
"""Largest relative difference of aspect ratios; editors round sides to multiples of 8 and 64."""

TURNED_BY_EXIF = ("JPEG", "PNG", "WEBP")
"""Formats whose header has the size before the rotation that EXIF data ask for.

Pillow turns TIFF files itself, and a TIFF, HEIF or AVIF file may contain several images.
"""
LYING = (5, 6, 7, 8)
"""EXIF orientations that swap width and height."""
UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, Image.DecompressionBombError)
"""What Pillow raises for headers of damaged files, and of those that claim to be gigantic."""
LEAST_REDUCTION = 1.5
"""Images that are shrunk by more than this are shrunk first, and then moved."""

Size = tuple[int, int]
"""Width, height."""


class PairNotUsable(EngineError):
    """The two images of a pair have different aspect ratios."""

    kind = "pair"
    is_wrong_input = True


def open_pair(pair: Pair) -> tuple[Image.Image, Image.Image]:
    """Returns original and edited image, both upright, in sRGB and of the same size.

    That is the size of the original, or of the part that both show if the pair was aligned. Raises
    `ImageUnreadable`, or `PairNotUsable` for images of different aspect ratios.
    """
    original, edited = open_upright(pair)
    if pair.alignment is not None:
        return aligned(original, edited, pair.alignment)
    if not same_shape(original.size, edited.size):
        raise PairNotUsable(
            "pair.shapes-differ",
            "{pair}: the original is {width} × {height} pixels and the edited image "
            "{edited_width} × {edited_height}.",
            "Crop both alike.",
            pair=pair.name,
            width=original.width,
            height=original.height,
            edited_width=edited.width,
            edited_height=edited.height,
        )
    if edited.size != original.size:
        edited = edited.resize(original.size, Image.Resampling.LANCZOS)
    return original, edited


def open_upright(pair: Pair) -> tuple[Image.Image, Image.Image]:
    """Returns both images in their own sizes, upright. Raises `ImageUnreadable`."""
    files = pair.original.read(), pair.edited.read()
    original = decode_photo(files[0], pair.original.name)
    edited = decode_photo(files[1], pair.edited.name)
    turns = orientation(files[0]), orientation(files[1])
    match lacks_turn(original.size, edited.size, turns):
        case 0:
            original = original.transpose(UPRIGHT[turns[1]])
        case 1:
            edited = edited.transpose(UPRIGHT[turns[0]])
    return original, edited


def aligned(
    original: Image.Image, edited: Image.Image, alignment: AffineMap
) -> tuple[Image.Image, Image.Image]:
    """Returns the part of the original that both show, and the edited image moved onto it."""
    box = alignment.shared_pixels(original.size)
    a, b, _, d, e, _ = alignment.in_pixels(original.size, edited.size)
    reduction = abs(a * e - b * d) ** 0.5
    if reduction > LEAST_REDUCTION:
        size = (max(1, round(edited.width / reduction)), max(1, round(edited.height / reduction)))
        edited = edited.resize(size, Image.Resampling.LANCZOS)
    a, b, c, d, e, f = alignment.in_pixels(original.size, edited.size)
    moved = edited.transform(
        (box[2] - box[0], box[3] - box[1]),
        Image.Transform.AFFINE,
        (a, b, c + a * box[0] + b * box[1], d, e, f + d * box[0] + e * box[1]),
        Image.Resampling.BICUBIC,
    )
    return original.crop(box), moved


def size_in_use(pair: Pair, original: Size) -> Size:
    """Returns the size of the images that `open_pair` returns, from the upright size of the original."""
    return original if pair.alignment is None else pair.alignment.shared_size(original)


def different_shapes(original: Size, edited: Size) -> str:
    """Returns a sentence about two sizes."""
    return (
        f"the original is {original[0]} × {original[1]} pixels and the edited picture "
        f"{edited[0]} × {edited[1]}."
    )


def same_shape(first: Size, second: Size) -> bool:
    """Returns whether two sizes have the same aspect ratio, except for rounding."""
    ratio = (first[0] * second[1]) / (first[1] * second[0])
    return abs(ratio - 1) <= SHAPE_TOLERANCE


def orientation(data: bytes) -> int:
    """Returns the EXIF orientation of an image file, 1 without one."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            return orientation_of(image)
    except UNREADABLE:
        return 1


def upright_size(data: bytes, name: str) -> Size:
    """Returns the size of an image as `decode_photo` returns it, from its header where that is reliable.

    Raises `ImageUnreadable`.
    """
    try:
        with Image.open(io.BytesIO(data), formats=TURNED_BY_EXIF) as image:
            width, height = image.size
            return (height, width) if orientation_of(image) in LYING else (width, height)
    except UNREADABLE:
        return decode_photo(data, name).size


def lacks_turn(original: Size, edited: Size, orientations: tuple[int, int]) -> int | None:
    """Returns which image (0 or 1) has lost the rotation in the other one's EXIF data; None if neither has.

    Sizes are those of upright images. Programs that remove EXIF data leave such an image rotated.
    """
    if same_shape(original, edited) or not same_shape(original, (edited[1], edited[0])):
        return None
    turned = [value in UPRIGHT for value in orientations]
    return turned.index(False) if turned.count(True) == 1 else None
