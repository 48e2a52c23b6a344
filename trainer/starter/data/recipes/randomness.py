"""Random patterns of edits, which follow from the initial noise of denoising.

The positions of grain, flakes and streaks follow from this noise, so the network, which gets the noise as
input, can predict them in a single step, and another seed gives another snowfall. Independent random
positions could not be predicted, and the best prediction would be a blur.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from PIL import Image

from trainer.starter.data.recipes.pixel_operations import Noise, Pixels, Plane

CELL = 4
"""Side in pixels of the square of one latent."""
CHANNELS = 8
GRAIN_CHANNELS = 4
FLAKES, STREAKS, SPECKS, SCRATCHES = range(GRAIN_CHANNELS, CHANNELS)
"""Noise channels that determine the positions of each kind."""


def noise_for(size: tuple[int, int], rng: np.random.Generator) -> Noise:
    """Returns new noise for an image of this height and width in pixels."""
    rows, columns = (-(-side // CELL) for side in size)
    return rng.standard_normal((CHANNELS, rows, columns), dtype=np.float32)


def _covering(noise: Noise, like: Pixels) -> Noise:
    """Returns the noise cropped to the size of an image, or repeated where it is smaller."""
    rows, columns = (-(-side // CELL) for side in like.shape[:2])
    short = max(0, rows - noise.shape[1]), max(0, columns - noise.shape[2])
    return np.pad(noise, ((0, 0), (0, short[0]), (0, short[1])), mode="wrap")[:, :rows, :columns]


def grain(noise: Noise, like: Pixels) -> Plane:
    """Returns clumps of three or four pixels, of unit deviation and without large structures, height x width.

    Four channels are the corners of each latent's square. The difference between a narrow and a wide mean of
    them has no visible pattern.
    """
    height, width = like.shape[:2]
    corners = _covering(noise, like)[:GRAIN_CHANNELS]
    rows, columns = corners.shape[1:]
    fine = corners.reshape(2, 2, rows, columns).transpose(2, 0, 3, 1).reshape(2 * rows, 2 * columns)
    clumps = _weighted(fine, (1, 2, 1)) - _weighted(fine, (1, 1, 1, 1, 1, 1, 1))
    enlarged = Image.fromarray(clumps).resize((4 * columns, 4 * rows), Image.Resampling.BICUBIC)
    return np.asarray(enlarged, dtype=np.float32)[:height, :width] * np.float32(1 / GRAIN_DEVIATION)


GRAIN_DEVIATION = 0.327
"""Standard deviation of the clumps before they are scaled to unit deviation."""


def _weighted(plane: Plane, weights: tuple[int, ...]) -> Plane:
    """Returns weighted means along rows and columns; the borders are mirrored."""
    return _along(_along(plane, weights, 0), weights, 1)


def _along(plane: Plane, weights: tuple[int, ...], axis: int) -> Plane:
    reach = len(weights) // 2
    padded = np.pad(plane, [(reach, reach) if axis == other else (0, 0) for other in (0, 1)], "symmetric")
    total = np.zeros_like(plane)
    for start, weight in enumerate(weights):
        total += np.float32(weight) * padded.take(range(start, start + plane.shape[axis]), axis)
    return np.asarray(total / np.float32(sum(weights)), dtype=np.float32)


def _excess(noise: Noise, channel: int, like: Pixels, share: float) -> Plane:
    """Returns how far each latent exceeds the threshold of the top `share` of the normal distribution."""
    least = np.float32(NormalDist().inv_cdf(1 - share))
    return np.asarray(_covering(noise, like)[channel] - least, dtype=np.float32)


def dots(noise: Noise, channel: int, like: Pixels, share: float, radii: tuple[float, float]) -> Plane:
    """Returns round dots, 0 to 1, in the middle of a `share` of the latents' squares; larger ones are rarer.

    `radii` in pixels are those of the smallest and the largest dot. A larger share adds dots and enlarges the
    others.
    """
    excess = _excess(noise, channel, like, share)
    smallest, largest = radii
    radius = np.where(excess > 0, np.minimum(smallest + 1.5 * excess, largest), -1).astype(np.float32)
    height, width = like.shape[:2]
    centre = (CELL - 1) / 2
    inside = np.arange(CELL, dtype=np.float32) - np.float32(centre)
    reach = int(np.ceil((largest + 0.5 + centre) / CELL)) - 1
    padded = np.pad(radius, reach, constant_values=-1)
    covered = np.zeros((radius.shape[0], CELL, radius.shape[1], CELL), dtype=np.float32)
    for row in range(-reach, reach + 1):
        for column in range(-reach, reach + 1):
            away = np.hypot((inside + row * CELL)[:, None], (inside + column * CELL)[None])
            here = padded[
                reach - row : reach - row + radius.shape[0], reach - column : reach - column + radius.shape[1]
            ]
            edge = here[:, None, :, None] + np.float32(0.5) - away[None, :, None, :].astype(np.float32)
            np.maximum(covered, np.clip(edge, 0, 1), out=covered)
    return covered.reshape(radius.shape[0] * CELL, -1)[:height, :width]


def strokes(
    noise: Noise, channel: int, like: Pixels, share: float, *, length: int, slant: float, width: float
) -> Plane:
    """Returns strokes downwards, 0 to 1, from the middle of a `share` of the latents' squares.

    `length` is in rows of pixels, `slant` in columns to the left per row, `width` in pixels.
    """
    begins = (_excess(noise, channel, like, share) > 0).astype(np.float32)
    height, columns = like.shape[:2]
    # no strokes begin above or to the right of the image, where there is no noise
    points = np.zeros((begins.shape[0] * CELL, begins.shape[1] * CELL), dtype=np.float32)
    points[CELL // 2 :: CELL, CELL // 2 :: CELL] = begins
    covered = np.zeros_like(points)
    across = np.arange(-2, 3)
    for row in range(min(length, height)):
        middle = -slant * row
        nearest = round(middle)
        for column in nearest + across:
            weight = float(np.clip(width / 2 + 0.5 - abs(column - middle), 0, 1))
            if weight > 0:
                _lighten(covered, points, row, int(column), weight)
    return covered[:height, :columns]


def _lighten(covered: Plane, points: Plane, row: int, column: int, weight: float) -> None:
    """Raises `covered` to at least the points moved down by `row` and right by `column`, times `weight`."""
    if abs(column) >= points.shape[1]:
        return
    target = covered[row:, max(0, column) : points.shape[1] + min(0, column)]
    source = points[: points.shape[0] - row, max(0, -column) : points.shape[1] - max(0, column)]
    np.maximum(target, source * np.float32(weight), out=target)
