"""The grain of a trained look, at the size of a result."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.library.edit_looks import Grain

Plane = NDArray[np.float32]

CHUNK = 64
"""Rows of noise with a generator of their own, so that each row is the same whichever part is computed."""
SMALLEST_BLUR = 0.3
"""Radius in pixels below which noise is not blurred."""
REACH = 3
"""How many radii of the blur a pixel depends on."""


class GrainField:
    """The grain of one result: the same for the same seed and size."""

    def __init__(self, grain: Grain, size: tuple[int, int], seed: int) -> None:
        """`size` is the width and height of the result."""
        self._grain, self._width, self._height = grain, *size
        radius = grain.size * max(size)
        self._scale = max(1.0, radius)
        """Pixels of the result for one of the noise: coarse grain is made small, and enlarged."""
        self._blur = radius / self._scale if radius > SMALLEST_BLUR else 0.0
        self._seed = seed
        self._kernel = _kernel(self._blur)

    def rows(self, first: int, end: int) -> Plane:
        """The levels to add to these rows, (end - first, width, 1) or (…, 3)."""
        planes = [self._plane(first, end, channel) for channel in range(1 if self._grain.is_grey else 3)]
        return np.stack(planes, axis=2)

    def _plane(self, first: int, end: int, channel: int) -> Plane:
        if self._scale == 1:
            return self._noise(first, end, self._width, channel) * np.float32(self._grain.strength)
        top, bottom = int(first / self._scale) - REACH, int(np.ceil(end / self._scale)) + REACH
        width = int(np.ceil(self._width / self._scale)) + REACH
        small = self._noise(top, bottom, width, channel)
        box = (0.0, first / self._scale - top, self._width / self._scale, end / self._scale - top)
        enlarged = np.asarray(
            Image.fromarray(small).resize((self._width, end - first), Image.Resampling.BICUBIC, box=box)
        )
        return enlarged * np.float32(self._grain.strength)

    def _noise(self, first: int, end: int, width: int, channel: int) -> Plane:
        """Rows of blurred noise with a deviation of 1."""
        margin = len(self._kernel) // 2
        raw = self._raw(first - margin, end + margin, width + 2 * margin, channel)
        rows = np.zeros((end - first, raw.shape[1]), np.float32)
        for place, weight in enumerate(self._kernel):
            rows += weight * raw[place : place + len(rows)]
        blurred = np.zeros((len(rows), width), np.float32)
        for place, weight in enumerate(self._kernel):
            blurred += weight * rows[:, place : place + width]
        blurred /= np.square(self._kernel).sum()
        return blurred

    def _raw(self, first: int, end: int, width: int, channel: int) -> Plane:
        chunks = range(first // CHUNK, -(-end // CHUNK))
        parts = [
            np.random.default_rng((self._seed, channel, chunk + (1 << 32))).standard_normal(
                (CHUNK, width), dtype=np.float32
            )
            for chunk in chunks
        ]
        start = first - chunks.start * CHUNK
        return np.concatenate(parts)[start : start + end - first]


def _kernel(radius: float) -> Plane:
    if radius == 0:
        return np.ones(1, np.float32)
    reach = int(np.ceil(REACH * radius))
    weights: Plane = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1, dtype=np.float32) / radius))
    weights /= weights.sum()
    return weights
