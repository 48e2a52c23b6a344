"""Finds how the edited image of a pair lies on its original: shifted, turned, scaled or cropped.

A search over scales and turns with phase correlation (Kuglin and Hines, 1975) proposes maps between small
copies; the best ones are refined to parts of a pixel. All of it looks at edges, which most changes of style
leave in place, and the result counts only if the edges agree much better than before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from engine.errors import EngineError
from trainer.datasets.affine_map import AffineMap
from trainer.datasets.checking.alignment import Grey, agreement_at, best_agreement, edges_of, likely_shift
from trainer.datasets.opening import aligned, same_shape
from trainer.datasets.pairs import Pair
from trainer.datasets.repairs.refinement import Warp, refined_warp
from trainer.datasets.small_copies import small_copies

COARSE, FINE = 96, 320
"""Longer sides in pixels of the copies of the search and of the refinement."""
COPY_SIDE = 2 * FINE
SCALES = tuple(1.06**step for step in range(-9, 10))
"""Sizes of what the edited image shows, relative to the original, that are tried."""
TURNS = tuple(range(-9, 10, 3))
"""Degrees by which the edited image may be turned that are tried."""
KEPT = 4
"""Number of the best proposals that are refined."""
ROUNDS, FINE_ROUNDS = 40, 20
AGREEMENT = 0.4
"""Least correlation of the edges of two aligned images."""
GAIN = 0.03
"""Least by which the correlation of the edges must rise."""
LEAST_SHARED = 0.3
"""Least share of the original that both images must show."""
LARGEST_SCALE, MOST_STRETCHED, MOST_RESHAPED = 2.0, 1.12, 1.6
"""Largest scale; largest ratio of the scales of two directions, for images of equal and of other shapes."""

Size = tuple[int, int]


class PairNotAligned(EngineError):
    """The images of a pair cannot be aligned, or need not be."""

    kind = "alignment"
    is_wrong_input = True


@dataclass(frozen=True, slots=True)
class Registration:
    """How the images of a pair were aligned."""

    alignment: AffineMap
    before: float
    """Correlation of the edges of both images before, from -1 to 1."""
    after: float
    """Correlation of the edges in the part that both show."""


def register(pair: Pair) -> Registration:
    """Returns how the edited image lies on the original; an earlier alignment of the pair is ignored.

    Raises `ImageUnreadable`, or `PairNotAligned` if the two do not seem to show the same scene, or lie on
    each other already.
    """
    original, edited = small_copies(pair, COPY_SIDE, is_aligned=False)
    before = _agreement(original, edited, None)
    found = _best(original, edited)
    if found is not None:
        found = _sharpened(original, edited, found)
    after = _agreement(original, edited, found) if found is not None else -1.0
    if after < max(AGREEMENT, before + GAIN) or found is None:
        if before >= AGREEMENT and same_shape(original.size, edited.size):
            raise PairNotAligned(
                "alignment.not-needed", "{pair}: the two photos lie on each other already.", pair=pair.name
            )
        raise PairNotAligned(
            "alignment.not-found",
            "{pair}: no shift, turn or crop was found that makes the two photos match.",
            "Crop both alike in another program, or leave the pair out.",
            pair=pair.name,
        )
    return Registration(found, before, after)


def _agreement(original: Image.Image, edited: Image.Image, alignment: AffineMap | None) -> float:
    """Returns the correlation of the edges of both images; without an alignment, one is stretched."""
    if alignment is not None:
        original, edited = aligned(original, edited, alignment)
    size = _size(original.size, FINE)
    return agreement_at(_edges(original, size), _edges(edited, size), 0, 0)


def _size(size: Size, side: int) -> Size:
    scale = min(1.0, side / max(size))
    return max(8, round(size[0] * scale)), max(8, round(size[1] * scale))


def _edges(image: Image.Image, size: Size) -> Grey:
    small = image.convert("L").resize(size, Image.Resampling.LANCZOS)
    return _smoothed(edges_of(np.asarray(small, dtype=np.float32) / np.float32(255)))


def _smoothed(edges: Grey) -> Grey:
    """Returns edges that are three pixels wide, so that they overlap before they are in place."""
    padded = np.pad(edges, 1, mode="edge")
    rows = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    smoothed: Grey = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / np.float32(16)
    return smoothed


def _best(original: Image.Image, edited: Image.Image) -> AffineMap | None:
    """Returns the best map of small copies."""
    size = _size(original.size, COARSE)
    first, edited_size = _edges(original, size), _size(edited.size, COARSE)
    second = _edges(edited, edited_size)
    best: tuple[float, AffineMap] | None = None
    for proposal in _proposals(original, edited, first):
        warp = np.array(proposal.in_pixels(size, edited_size)).reshape(2, 3)
        refined = refined_warp(first, second, warp, ROUNDS)
        found = _map_of(refined, size, edited_size) if refined is not None else None
        if found is None or not _is_plausible(found, original.size, edited.size):
            continue
        agreement = _agreement(original, edited, found)
        if best is None or agreement > best[0]:
            best = agreement, found
    return best[1] if best else None


def _sharpened(original: Image.Image, edited: Image.Image, found: AffineMap) -> AffineMap:
    """Returns the map refined with larger copies, or as it is if that leads nowhere."""
    for side in (2 * COARSE, FINE):
        size, edited_size = _size(original.size, side), _size(edited.size, side)
        warp: Warp = np.array(found.in_pixels(size, edited_size)).reshape(2, 3)
        refined = refined_warp(_edges(original, size), _edges(edited, edited_size), warp, FINE_ROUNDS)
        better = _map_of(refined, size, edited_size) if refined is not None else None
        if better is not None and _is_plausible(better, original.size, edited.size):
            found = better
    return found


def _map_of(warp: Warp, size: Size, edited_size: Size) -> AffineMap | None:
    scales = np.array([[size[0], size[1], 1]]) / np.array([[edited_size[0]], [edited_size[1]]])
    return AffineMap.of([float(value) for value in (warp * scales).ravel()])


def _proposals(original: Image.Image, edited: Image.Image, first: Grey) -> Iterator[AffineMap]:
    """Yields the most likely maps, the best first."""
    size = first.shape[1], first.shape[0]
    rated: list[tuple[float, int, AffineMap]] = []
    for number, start in enumerate(_starts(original.size, edited.size)):
        moved = edited.transform(
            size, Image.Transform.AFFINE, start.in_pixels(size, edited.size), Image.Resampling.BILINEAR
        )
        second = _edges(moved, size)
        across, down = likely_shift(first, second)
        agreement = best_agreement(first, second, across, down)
        rated.append((-agreement, number, _shifted(start, across / size[0], down / size[1])))
    rated.sort(key=lambda each: each[:2])
    yield from (proposal for _, _, proposal in rated[:KEPT])


def _starts(original: Size, edited: Size) -> Iterator[AffineMap]:
    """Yields maps about the centres of both images, of all scales and turns that are tried."""
    is_lying = not same_shape(original, edited) and same_shape(original, edited[::-1])
    across, down = edited[::-1] if is_lying else edited
    # a crop that keeps one side has the larger of the two ratios
    ratio = max(across / original[0], down / original[1])
    for quarter in (90, 270) if is_lying else (0,):
        for turn in TURNS:
            for scale in SCALES:
                yield _similarity(original, edited, ratio / scale, quarter + turn)
    if not same_shape(original, (across, down)):
        yield AffineMap((1, 0, 0, 0, 1, 0))  # stretched


def _similarity(original: Size, edited: Size, scale: float, degrees: float) -> AffineMap:
    """Returns the map that turns and scales about the centres; `scale` is from pixels to pixels."""
    cosine, sine = scale * math.cos(math.radians(degrees)), scale * math.sin(math.radians(degrees))
    (width, height), (across, down) = original, edited
    a, b = cosine * width / across, -sine * height / across
    d, e = sine * width / down, cosine * height / down
    return AffineMap((a, b, 0.5 - (a + b) / 2, d, e, 0.5 - (d + e) / 2))


def _shifted(start: AffineMap, x: float, y: float) -> AffineMap:
    """Returns the map for an edited image that shows a place of the original so far to the right and down."""
    a, b, c, d, e, f = start.matrix
    return AffineMap((a, b, c + a * x + b * y, d, e, f + d * x + e * y))


def _is_plausible(found: AffineMap, original: Size, edited: Size) -> bool:
    """Returns whether photos are cropped and turned so, and whether enough is left of them."""
    left, top, right, bottom = found.shared_box()
    if (right - left) * (bottom - top) < LEAST_SHARED:
        return False
    a, b, _, d, e, _ = found.in_pixels(original, edited)
    largest, smallest = np.linalg.svd(np.array([[a, b], [d, e]]), compute_uv=False)
    ratio = math.sqrt(edited[0] * edited[1] / (original[0] * original[1]))
    is_same = same_shape(original, edited) or same_shape(original, edited[::-1])
    stretched = largest / smallest if smallest > 0 else math.inf
    return bool(
        stretched <= (MOST_STRETCHED if is_same else MOST_RESHAPED)
        and largest <= ratio * LARGEST_SCALE
        and smallest >= ratio / LARGEST_SCALE
    )
