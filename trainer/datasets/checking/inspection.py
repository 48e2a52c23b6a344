"""Checks the images of one pair; keeps a few numbers and no image."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.errors import ImageUnreadable
from engine.images.image_files import UPRIGHT
from trainer.datasets.checking.alignment import find_shift
from trainer.datasets.checking.fingerprints import perceptual_hash
from trainer.datasets.checking.repetitions import is_unchanged
from trainer.datasets.opening import (
    Size,
    aligned,
    different_shapes,
    lacks_turn,
    orientation,
    same_shape,
    size_in_use,
    upright_size,
)
from trainer.datasets.pairs import Pair, PairFacts, PairImage
from trainer.datasets.small_copies import decoded_small

COPY_SIDE = 128
"""Longer side in pixels of the small copies that are compared."""
DECODED_SIDE = 256
"""Longer side in pixels at which JPEGs are decoded, at least."""
THUMBNAIL = 16
SMALLEST_SIDE = 64
"""Least side in pixels of an image to train on."""
SMALLER, SHARP_ENOUGH = 0.5, 512
"""An edited image of less than this share of the original's width and height is blurred when it is enlarged,
unless its shorter side has so many pixels, which is more than training uses."""
MOST_TOKENS = 77
"""Most tokens of CLIP's text encoder, including start and end; the rest of an instruction is cut off."""
LONG_WORD = 7
"""Letters of a long word that make about one token."""
USUAL_MODES = ("RGB", "L", "P", "1")
"""Modes that are converted to RGB without loss."""
DIRECTIONS = (("to the left", "to the right"), ("up", "down"))
NEARLY_EQUAL = 3.0
"""Mean difference of small copies (0 to 255) below which the full images are compared."""

Thumbnail = NDArray[np.uint8]


class PairFault(StrEnum):
    """A fault of a pair, or a property worth reporting."""

    CORRUPT = "corrupt"
    TRUNCATED = "truncated"
    SHAPES = "different shapes"
    UNCHANGED = "unchanged"
    MISALIGNED = "misaligned"
    TINY = "tiny"
    OVERLONG = "overlong instruction"
    RESIZED = "different sizes"
    SMALLER = "much smaller"
    ROTATED = "rotated"
    CONVERTED = "converted"


@dataclass(frozen=True, slots=True)
class PairFinding:
    """One fault of a pair, with details."""

    fault: PairFault
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PairInspection:
    """The result of checking the images of one pair; all but findings is None if one could not be opened."""

    findings: tuple[PairFinding, ...]
    facts: PairFacts | None = None
    hashes: tuple[int, int] | None = None
    """Perceptual hashes of original and edited image, both turned upright."""
    thumbnails: tuple[Thumbnail, Thumbnail] | None = None
    """Both images in 16 x 16 pixels; None also for a remembered inspection."""


@dataclass(frozen=True, slots=True)
class _Side:
    """A small copy of one image of the pair, with its upright size, orientation and mode."""

    size: Size
    orientation: int
    mode: str
    copy: Image.Image
    digest: bytes


def inspect_instructions(pair: Pair) -> list[PairFinding]:
    """Returns the findings that need no image."""
    return [
        PairFinding(PairFault.OVERLONG, text)
        for text in pair.instructions
        if count_tokens(text) > MOST_TOKENS
    ]


def inspect_pair(pair: Pair) -> PairInspection:
    """Opens both images and returns the findings."""
    sides = []
    for image in (pair.original, pair.edited):
        try:
            sides.append(_read_side(image))
        except ImageUnreadable as error:
            fault = PairFault.TRUNCATED if _is_cut_short(error) else PairFault.CORRUPT
            return PairInspection((PairFinding(fault, error.message),))
    return _compare(pair, sides[0], sides[1])


def read_pair(pair: Pair) -> PairInspection:
    """Reads both files without decoding them; returns their digests and the size of the original only."""
    try:
        data = (pair.original.read(), pair.edited.read())
    except ImageUnreadable as error:
        return PairInspection((PairFinding(PairFault.CORRUPT, error.message),))
    digests = b"".join(hashlib.blake2b(each).digest() for each in data)
    try:
        size = size_in_use(pair, upright_size(data[0], pair.original.name))
        return PairInspection((), PairFacts(digests, size))
    except ImageUnreadable:
        return PairInspection((), PairFacts(digests))


def original_hash(image: PairImage) -> int | None:
    """Returns the perceptual hash of an image, None if it cannot be read."""
    try:
        return perceptual_hash(_read_side(image).copy.convert("L"))
    except ImageUnreadable:
        return None


def count_tokens(text: str) -> int:
    """Returns the approximate number of CLIP tokens of a text, including start and end."""
    words = re.findall(r"\w+|[^\w\s]", text)
    return 2 + sum(math.ceil(len(word) / LONG_WORD) for word in words)


def _is_cut_short(error: ImageUnreadable) -> bool:
    cause = error.__cause__
    return isinstance(cause, EOFError) or "truncated" in str(cause).lower()


def _read_side(image: PairImage) -> _Side:
    data = image.read()
    turn = orientation(data)
    copy, mode, size = decoded_small(data, image.name, turn, DECODED_SIDE)
    copy.thumbnail((COPY_SIDE, COPY_SIDE), Image.Resampling.LANCZOS)
    return _Side(size, turn, mode, copy, hashlib.blake2b(data).digest())


def _compare(pair: Pair, original: _Side, edited: _Side) -> PairInspection:
    findings = _converted(original, edited)
    sides, rotated = _turned_alike(pair, original, edited)
    findings += rotated
    findings += _much_smaller(*sides)
    sides = _aligned(pair, *sides)
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
    is_changed = sides[0] is not original
    facts = PairFacts(
        original.digest + edited.digest,
        original.size if pair.alignment is None else first,
        perceptual_hash(original.copy.convert("L")) if is_changed else hashes[0],
    )
    thumbnails = _thumbnail(sides[0].copy), _thumbnail(sides[1].copy)
    return PairInspection(tuple(findings), facts, hashes, thumbnails)


def _converted(*sides: _Side) -> list[PairFinding]:
    modes = [side.mode for side in sides if side.mode not in USUAL_MODES]
    return [PairFinding(PairFault.CONVERTED, ", ".join(dict.fromkeys(modes)))] if modes else []


def _much_smaller(original: _Side, edited: _Side) -> list[PairFinding]:
    share = math.sqrt(math.prod(edited.size) / math.prod(original.size))
    if share >= SMALLER or min(edited.size) >= SHARP_ENOUGH:
        return []
    return [PairFinding(PairFault.SMALLER, different_shapes(original.size, edited.size))]


def _aligned(pair: Pair, original: _Side, edited: _Side) -> list[_Side]:
    """Returns both sides as `open_pair` aligns them."""
    if pair.alignment is None:
        return [original, edited]
    size = pair.alignment.shared_size(original.size)
    first, second = aligned(original.copy.convert("RGB"), edited.copy.convert("RGB"), pair.alignment)
    return [replace(original, copy=first, size=size), replace(edited, copy=second, size=size)]


def _turned_alike(pair: Pair, *sides: _Side) -> tuple[list[_Side], list[PairFinding]]:
    """Returns both sides as `open_pair` turns them, and a finding if EXIF turns only one."""
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


def _thumbnail(image: Image.Image) -> Thumbnail:
    return np.asarray(image.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX))


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


def _grey(image: Image.Image) -> NDArray[np.float32]:
    return np.asarray(image.convert("L"), dtype=np.float32) / np.float32(255)
