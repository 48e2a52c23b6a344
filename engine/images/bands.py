"""Bands of rows, in which large images are computed: one needs little memory and holds up no other thread."""

from __future__ import annotations

from collections.abc import Iterator

BAND_PIXELS = 1 << 19
"""Pixels that are computed at a time, about a millisecond's work."""


def bands(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """The boxes, left, top, right and bottom, of an image of this size; each begins at an even row."""
    width, height = size
    rows = max(2, BAND_PIXELS // max(1, width) // 2 * 2)
    for top in range(0, height, rows):
        yield 0, top, width, min(top + rows, height)
