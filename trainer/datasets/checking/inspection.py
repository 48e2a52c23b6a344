"""Looks into the pictures of one pair and keeps a few numbers: nothing of the size of a picture stays."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.errors import ImageUnreadable
from engine.images.image_files import FORMATS, UPRIGHT, decode_photo
from trainer.datasets.checking.alignment import find_shift
from trainer.datasets.checking.fingerprints import perceptual_hash
from trainer.datasets.checking.repetitions import is_unchanged
from trainer.datasets.opening import (
    Size,
    different_shapes,
    lacks_turn,
    orientation,
    same_shape,
)
from trainer.datasets.pairs import Pair, PairImage

COPY_SIDE = 128
"""Longer side of the small copies that are compared."""
DECODED_SIDE = 256
"""JPEGs are decoded no larger than needed for this."""
THUMBNAIL = 16
SMALLEST_SIDE = 64
"""Pixels below which a picture shows nothing to learn from."""
MOST_TOKENS = 77
"""What CLIP's text encoder reads, its two marks included; the rest of an instruction is cut off."""
LONG_WORD = 7
"""Letters of a longer word that make about one token."""
PLAIN_MODES = ("RGB", "L", "CMYK")
"""Modes that need no more than `convert` to be compared."""
USUAL_MODES = ("RGB", "L", "P", "1")
"""Modes that lose nothing on their way to RGB."""
LYING = (5, 6, 7, 8)
"""EXIF orientations that swap width and height."""
DIRECTIONS = (("to the left", "to the right"), ("up", "down"))
NEARLY_EQUAL = 3.0
"""Mean difference of small copies (0 to 255) below which the pictures themselves are compared."""

Thumbnail = NDArray[np.uint8]


class PairFault(StrEnum):
    """What can be wrong with a pair, or worth to know about it."""

    CORRUPT = "corrupt"
    TRUNCATED = "truncated"
    SHAPES = "different shapes"
    UNCHANGED = "unchanged"
    MISALIGNED = "misaligned"
    TINY = "tiny"
    OVERLONG = "overlong instruction"
    RESIZED = "different sizes"
    ROTATED = "rotated"
    CONVERTED = "converted"


@dataclass(frozen=True, slots=True)
class PairFinding:
    """One fault of a pair, with the sentence that tells more."""

    fault: PairFault
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PairInspection:
    """What is known of one pair after it was opened; without pictures if one could not be."""

    findings: tuple[PairFinding, ...]
    hashes: tuple[int, int] | None = None
    """Perceptual hashes of original and edited picture."""
    thumbnails: tuple[Thumbnail, Thumbnail] | None = None
    """Both as 16 x 16 colours."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One picture of the pair, small."""

    size: Size
    orientation: int
    mode: str
    copy: Image.Image


def inspect_pair(pair: Pair) -> PairInspection:
    """Opens both pictures and says what is found."""
    findings = [
        PairFinding(PairFault.OVERLONG, text)
        for text in pair.instructions
        if count_tokens(text) > MOST_TOKENS
    ]
    sides = []
    for picture in (pair.original, pair.edited):
        try:
            sides.append(_look_at_picture(picture))
        except ImageUnreadable as error:
            fault = PairFault.TRUNCATED if _is_cut_short(error) else PairFault.CORRUPT
            return PairInspection((PairFinding(fault, error.message), *findings))
    return _compare(pair, sides[0], sides[1], findings)


def original_hash(picture: PairImage) -> int | None:
    """The perceptual hash of a picture, None if it cannot be read."""
    try:
        return perceptual_hash(_look_at_picture(picture).copy.convert("L"))
    except ImageUnreadable:
        return None


def count_tokens(text: str) -> int:
    """About how many tokens CLIP makes of a text, its two marks included."""
    words = re.findall(r"\w+|[^\w\s]", text)
    return 2 + sum(math.ceil(len(word) / LONG_WORD) for word in words)


def _is_cut_short(error: ImageUnreadable) -> bool:
    cause = error.__cause__
    return isinstance(cause, EOFError) or "truncated" in str(cause).lower()


def _look_at_picture(picture: PairImage) -> _Side:
    data = picture.read()
    turn = orientation(data)
    copy, mode, size = _decoded_small(data, picture.name, turn)
    copy.thumbnail((COPY_SIDE, COPY_SIDE), Image.Resampling.LANCZOS)
    return _Side(size, turn, mode, copy)


def _decoded_small(data: bytes, name: str, turn: int) -> tuple[Image.Image, str, Size]:
    """The upright picture, JPEGs as small as decodes fast; its mode in the file, its true upright size."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            mode, (width, height) = image.mode, image.size
            if mode in PLAIN_MODES and "transparency" not in image.info:
                image.draft("RGB", (DECODED_SIDE, DECODED_SIDE))
                image.load()
                small = image.convert("RGB")
                if turn not in UPRIGHT:
                    return small, mode, (width, height)
                size = (height, width) if turn in LYING else (width, height)
                return small.transpose(UPRIGHT[turn]), mode, size
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, MemoryError, KeyError):
        mode = "RGB"  # of formats that only the full decoder knows; it also says what is wrong
    photo = decode_photo(data, name)
    return photo, mode, photo.size


def _compare(pair: Pair, original: _Side, edited: _Side, findings: list[PairFinding]) -> PairInspection:
    findings += _converted(original, edited)
    sides, rotated = _turned_alike(pair, original, edited)
    findings += rotated
    first, second = sides[0].size, sides[1].size
    shortest = min(*first, *second)
    if shortest < SMALLEST_SIDE:
        findings.append(PairFinding(PairFault.TINY, f"{shortest} pixels"))
    if not same_shape(first, second):
        findings.append(PairFinding(PairFault.SHAPES, different_shapes(first, second)))
    else:
        findings += _compare_content(pair, sides[0].copy, sides[1].copy)
        if first != second:
            findings.append(PairFinding(PairFault.RESIZED, different_shapes(first, second)))
    hashes = perceptual_hash(sides[0].copy.convert("L")), perceptual_hash(sides[1].copy.convert("L"))
    return PairInspection(tuple(findings), hashes, (_thumbnail(sides[0].copy), _thumbnail(sides[1].copy)))


def _converted(*sides: _Side) -> list[PairFinding]:
    modes = [side.mode for side in sides if side.mode not in USUAL_MODES]
    return [PairFinding(PairFault.CONVERTED, ", ".join(dict.fromkeys(modes)))] if modes else []


def _turned_alike(pair: Pair, *sides: _Side) -> tuple[list[_Side], list[PairFinding]]:
    """Both sides as `open_pair` turns them, and whether EXIF turns only one."""
    turns = sides[0].orientation, sides[1].orientation
    lacking = lacks_turn(sides[0].size, sides[1].size, turns)
    if lacking is None:
        one_sided = (turns[0] in UPRIGHT) != (turns[1] in UPRIGHT)
        return list(sides), [PairFinding(PairFault.ROTATED)] if one_sided else []
    turned = list(sides)
    side = sides[lacking]
    upright = side.copy.transpose(UPRIGHT[turns[1 - lacking]])
    turned[lacking] = replace(side, copy=upright, size=(side.size[1], side.size[0]))
    name = (pair.original, pair.edited)[lacking].name
    return turned, [PairFinding(PairFault.ROTATED, f"{name} lies on its side")]


def _thumbnail(picture: Image.Image) -> Thumbnail:
    return np.asarray(picture.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX))


def _compare_content(pair: Pair, original: Image.Image, edited: Image.Image) -> list[PairFinding]:
    edited = edited.resize(original.size, Image.Resampling.LANCZOS)
    difference = np.abs(np.asarray(original, np.float32) - np.asarray(edited, np.float32))
    if difference.mean() < NEARLY_EQUAL and is_unchanged(pair):
        return [PairFinding(PairFault.UNCHANGED)]
    shift = find_shift(_grey(original), _grey(edited))
    if shift is None:
        return []
    across, down = (
        f"{abs(share):.0%} {words[share > 0]}" for share, words in zip(shift, DIRECTIONS, strict=True)
    )
    return [PairFinding(PairFault.MISALIGNED, f"{across}, {down}")]


def _grey(picture: Image.Image) -> NDArray[np.float32]:
    return np.asarray(picture.convert("L"), dtype=np.float32) / np.float32(255)
