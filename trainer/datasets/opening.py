"""Opens the pictures of a pair so that they lie on each other, repairing in memory what can be."""

from __future__ import annotations

import io

from PIL import ExifTags, Image

from engine.errors import EngineError
from engine.images.image_files import UPRIGHT, decode_photo
from trainer.datasets.pairs import Pair

SHAPE_TOLERANCE = 0.03
"""How much the ratios of width to height may differ: editors round sides to multiples of 8 and 64."""

Size = tuple[int, int]
"""Width, height."""


class PairNotUsable(EngineError):
    """The two pictures of a pair cannot be brought to lie on each other."""

    kind = "pair"


def open_pair(pair: Pair) -> tuple[Image.Image, Image.Image]:
    """Original and edited picture, both upright sRGB, of the size of the original.

    Raises `ImageUnreadable`, or `PairNotUsable` for pictures of different shape.
    """
    files = pair.original.read(), pair.edited.read()
    original = decode_photo(files[0], pair.original.name)
    edited = decode_photo(files[1], pair.edited.name)
    turns = orientation(files[0]), orientation(files[1])
    match lacks_turn(original.size, edited.size, turns):
        case 0:
            original = original.transpose(UPRIGHT[turns[1]])
        case 1:
            edited = edited.transpose(UPRIGHT[turns[0]])
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


def different_shapes(original: Size, edited: Size) -> str:
    """The sentence about two sizes."""
    return (
        f"the original is {original[0]} × {original[1]} pixels and the edited picture "
        f"{edited[0]} × {edited[1]}."
    )


def same_shape(first: Size, second: Size) -> bool:
    """Whether one size is the other scaled, but for rounding."""
    ratio = (first[0] * second[1]) / (first[1] * second[0])
    return abs(ratio - 1) <= SHAPE_TOLERANCE


def orientation(data: bytes) -> int:
    """The EXIF orientation of a picture file, 1 if it says none."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except (OSError, SyntaxError, ValueError, TypeError):
        return 1


def lacks_turn(original: Size, edited: Size, orientations: tuple[int, int]) -> int | None:
    """Which side (0 or 1) has lost the rotation that the other's EXIF asks for, if one has.

    Sizes are those of upright pictures. Programs that drop EXIF leave such a picture lying on its side.
    """
    if same_shape(original, edited) or not same_shape(original, (edited[1], edited[0])):
        return None
    turned = [value in UPRIGHT for value in orientations]
    return turned.index(False) if turned.count(True) == 1 else None
