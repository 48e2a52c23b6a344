"""Detects pairs without any change, and pairs that repeat an earlier one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import ImageUnreadable
from trainer.datasets.opening import PairNotUsable, open_pair
from trainer.datasets.pairs import Pair

LEAST_CHANGE = 1.5
"""Least mean difference (0 to 255) of a change; saving as a good JPEG causes less."""
LEAST_PLACE = 6.0
"""Least mean difference of 8 x 8 pixels of a local change."""
BAND = 512
"""Rows that are compared at a time, which limits the memory; a multiple of 8."""
EQUAL_BITS = 3
"""Most bits in which the hashes of an image differ after saving it again."""
EQUAL_COLOURS = 2.0
"""Largest mean difference of thumbnails of an image after saving it again."""

Thumbnail = NDArray[np.uint8]


def is_unchanged(pair: Pair) -> bool:
    """Returns whether the two images, at full size, differ by no more than compression causes."""
    try:
        original, edited = open_pair(pair)
    except (ImageUnreadable, PairNotUsable):
        return False
    width, height = original.size
    total = 0.0
    for top in range(0, height, BAND):
        box = (0, top, width, min(top + BAND, height))
        one, other = (np.asarray(image.crop(box), np.float32) for image in (original, edited))
        difference = np.abs(one - other).mean(axis=2)
        rows, columns = (side // 8 * 8 for side in difference.shape)
        places = difference[:rows, :columns].reshape(rows // 8, 8, columns // 8, 8).mean(axis=(1, 3))
        if places.max(initial=0) >= LEAST_PLACE:
            return False
        total += float(difference.sum(dtype=np.float64))
    return total / (width * height) < LEAST_CHANGE


def find_repetitions(
    instructions: Iterable[tuple[str, ...]],
    hashes: Sequence[tuple[int, int] | None],
    thumbnails: Callable[[int], tuple[Thumbnail, Thumbnail] | None],
) -> dict[int, int]:
    """Returns the places of repeated pairs, each with that of the first pair that it repeats.

    Those are pairs with the same original, instructions and edited image. `hashes` are None for pairs that
    could not be opened; `thumbnails` gives those of a place, and is asked only where the hashes agree.
    """
    by_instructions: dict[tuple[str, ...], list[int]] = {}
    for place, texts in enumerate(instructions):
        if hashes[place] is not None:
            by_instructions.setdefault(texts, []).append(place)
    repeated: dict[int, int] = {}
    for places in by_instructions.values():
        if len(places) > 1:
            repeated.update(_repeated(places, hashes, thumbnails))
    return dict(sorted(repeated.items()))


def _repeated(
    places: Sequence[int],
    hashes: Sequence[tuple[int, int] | None],
    thumbnails: Callable[[int], tuple[Thumbnail, Thumbnail] | None],
) -> Iterator[tuple[int, int]]:
    seen_by_band: dict[tuple[int, int, int], list[int]] = {}
    for place in places:
        original, edited = hashes[place] or (0, 0)
        keys = [
            (band, (original >> 8 * band) & 0xFF, (edited >> 8 * band) & 0xFF)
            for band in range(8)  # two hashes differ in at most 6 bits: two bands of both are equal
        ]
        candidates = dict.fromkeys(seen for key in keys for seen in seen_by_band.get(key, ()))
        first = next(
            (
                seen
                for seen in candidates
                if _agree(hashes[seen] or (0, 0), (original, edited))
                and _same_colours(thumbnails(seen), thumbnails(place))
            ),
            None,
        )
        if first is not None:
            yield place, first
            continue
        for key in keys:
            seen_by_band.setdefault(key, []).append(place)


def _agree(seen: tuple[int, int], hashes: tuple[int, int]) -> bool:
    return all((one ^ other).bit_count() <= EQUAL_BITS for one, other in zip(seen, hashes, strict=True))


def _same_colours(
    seen: tuple[Thumbnail, Thumbnail] | None, thumbnails: tuple[Thumbnail, Thumbnail] | None
) -> bool:
    if seen is None or thumbnails is None:
        return False
    return all(
        float(np.abs(one.astype(np.int16) - other).mean()) <= EQUAL_COLOURS
        for one, other in zip(seen, thumbnails, strict=True)
    )
