"""Detects pairs without any change, and pairs that repeat an earlier one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import ImageUnreadable
from trainer.datasets.opening import PairNotUsable, open_pair
from trainer.datasets.pairs import Pair

LEAST_CHANGE = 1.5
"""Least mean difference (0 to 255) of a change; saving as a good JPEG causes less."""
LEAST_PLACE = 6.0
"""Least mean difference of 8 x 8 pixels of a local change."""
EQUAL_BITS = 3
"""Most bits in which the hashes of an image differ after saving it again."""
EQUAL_COLOURS = 2.0
"""Largest mean difference of thumbnails of an image after saving it again."""

Thumbnail = NDArray[np.uint8]


def is_unchanged(pair: Pair) -> bool:
    """Returns whether the two images, at full size, differ by no more than compression causes."""
    try:
        original, edited = (np.asarray(image, np.float32) for image in open_pair(pair))
    except (ImageUnreadable, PairNotUsable):
        return False
    difference = np.abs(original - edited).mean(axis=2)
    height, width = (side // 8 * 8 for side in difference.shape)
    places = difference[:height, :width].reshape(height // 8, 8, width // 8, 8).mean(axis=(1, 3))
    return bool(difference.mean() < LEAST_CHANGE and places.max(initial=0) < LEAST_PLACE)


class Repetitions:
    """Finds repeated pairs: those with the same original, instruction and edited image."""

    def __init__(self) -> None:
        self._seen: dict[tuple[object, ...], list[int]] = {}
        self._hashes: dict[int, tuple[int, int]] = {}
        self._thumbnails: dict[int, tuple[Thumbnail, Thumbnail]] = {}

    def earlier(
        self,
        place: int,
        instructions: Sequence[str],
        hashes: tuple[int, int],
        thumbnails: tuple[Thumbnail, Thumbnail],
    ) -> int | None:
        """Returns the index of the pair that this one repeats; None for a new pair, which is added."""
        keys = [
            (tuple(instructions), band, *((value >> 8 * band) & 0xFF for value in hashes))
            for band in range(8)  # two hashes differ in at most 6 bits: two bands of both are equal
        ]
        candidates = dict.fromkeys(seen for key in keys for seen in self._seen.get(key, ()))
        for seen in candidates:
            if self._is_same(seen, hashes, thumbnails):
                return seen
        for key in keys:
            self._seen.setdefault(key, []).append(place)
        self._hashes[place], self._thumbnails[place] = hashes, thumbnails
        return None

    def _is_same(self, seen: int, hashes: tuple[int, int], thumbnails: tuple[Thumbnail, Thumbnail]) -> bool:
        bits = (one ^ other for one, other in zip(self._hashes[seen], hashes, strict=True))
        if any(difference.bit_count() > EQUAL_BITS for difference in bits):
            return False
        images = zip(self._thumbnails[seen], thumbnails, strict=True)
        return all(
            float(np.abs(one.astype(np.int16) - other).mean()) <= EQUAL_COLOURS for one, other in images
        )
