"""Finds near-duplicates with a hash that survives resizing, recompression and slight changes of tone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 32
"""Side in pixels of the grey copy that is hashed."""
BITS = 64
BANDS = 8
"""Two hashes that differ in fewer bits than there are bands agree in at least one band."""
NEAR = BANDS - 1
"""Most bits in which the hashes of near-duplicates differ; those of different photos differ in about 32."""

ROWS = 256
"""Hashes that are compared with all others of a bucket at once, which limits the memory."""

Hashes = NDArray[np.uint64]


def _cosines() -> NDArray[np.float64]:
    """Returns the first rows of the discrete cosine transform (DCT-II), unscaled."""
    frequencies, places = np.arange(9)[:, None], np.arange(SIDE)[None]
    rows: NDArray[np.float64] = np.cos(np.pi * frequencies * (2 * places + 1) / (2 * SIDE))
    return rows


COSINES = _cosines()


def perceptual_hash(grey: Image.Image) -> int:
    """Returns 64 bits: which of the lowest frequencies of the image are above their median."""
    small = np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.float64)
    spectrum = (COSINES @ small @ COSINES.T).ravel()[1 : BITS + 1]
    bits = spectrum > np.median(spectrum)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def near_pairs(hashes: Hashes, limit: int = NEAR) -> Iterator[tuple[int, int]]:
    """Yields indices (first, second) of hashes that differ in at most `limit` bits, some of them repeatedly.

    Each of several equal hashes is paired with the first of them only. `limit` is at most `NEAR`.
    """
    unique, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    for place, number in enumerate(inverse.tolist()):
        if first[number] != place:
            yield int(first[number]), place
    for one, other in _near_unique(unique, limit):
        yield int(first[one]), int(first[other])


def _near_unique(hashes: Hashes, limit: int) -> Iterator[tuple[int, int]]:
    for band in range(BANDS):
        keys = (hashes >> np.uint64(8 * band)) & np.uint64(0xFF)
        order = np.argsort(keys, kind="stable")
        for bucket in np.split(order, np.flatnonzero(np.diff(keys[order])) + 1):
            for first in range(0, len(bucket) - 1, ROWS):
                own = bucket[first : first + ROWS]
                differences = np.bitwise_count(hashes[own][:, None] ^ hashes[bucket[first:]][None])
                for one, other in np.argwhere(differences <= limit).tolist():
                    if one < other:
                        yield int(own[one]), int(bucket[first + other])


def group_near(hashes: Hashes, together: Iterable[tuple[int, int]] = ()) -> list[int]:
    """Returns a group number for each hash; near-duplicates, also those via others, share one.

    `together` are pairs of indices that belong to one group whatever their hashes are.
    """
    parents = list(range(len(hashes)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    for one, other in (*near_pairs(hashes), *together):
        low, high = sorted((root(one), root(other)))
        parents[high] = low
    return [root(place) for place in range(len(hashes))]
