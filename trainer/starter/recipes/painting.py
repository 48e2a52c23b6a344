"""Painted: with water and with oil, in dots, in stones.

Both brushes are Kuwahara filters (Kuwahara and others, 1976): each pixel takes the mean of that of
four squares around it which is the most even, so that patches become flat and outlines stay.
"""

from __future__ import annotations

import numpy as np

from trainer.starter.edits import Edit
from trainer.starter.recipes.cells import Cells
from trainer.starter.recipes.pixels import (
    Pixels,
    Plane,
    blurred,
    edges,
    luma,
    mix,
    ramp,
    random_origin,
    rgb,
    slope,
    tiled,
    vivid,
    with_contrast,
)

STONES = Cells(period=64, spacing=16, jitter=2.5, seed=3)
DOTS = Cells(period=32, spacing=8, jitter=0.8, seed=5)


def _paper_grain() -> Plane:
    """The tooth of rough paper, about -1 to 1, repeating after 32 pixels."""
    noise = np.random.default_rng(9).normal(size=(32, 32)).astype(np.float32)
    smooth = sum(np.roll(noise, shift, axis=(0, 1)) for shift in ((0, 0), (0, 1), (1, 0), (1, 1)))
    return np.asarray(np.clip(np.asarray(smooth) / 4, -1, 1), dtype=np.float32)


PAPER_GRAIN = _paper_grain()


def _square_means(plane: Plane, side: int) -> Plane:
    """Means of all squares of `side` pixels that fit: smaller than the plane by side - 1."""
    sums = np.cumsum(plane, axis=0, dtype=np.float32)
    strips = sums[side - 1 :].copy()
    strips[1:] -= sums[:-side]
    sums = np.cumsum(strips, axis=1, dtype=np.float32)
    squares = sums[:, side - 1 :].copy()
    squares[:, 1:] -= sums[:, :-side]
    return squares / np.float32(side * side)


def kuwahara(pixels: Pixels, reach: int) -> Pixels:
    """The picture in flat patches; the four squares have sides of `reach` + 1 pixels."""
    height, width = pixels.shape[:2]
    padded = np.pad(pixels, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    light = luma(padded)
    uneven = _square_means(light * light, reach + 1) - _square_means(light, reach + 1) ** 2
    corners = [(row, column) for row in (0, reach) for column in (0, reach)]
    best = np.min([uneven[row : row + height, column : column + width] for row, column in corners], axis=0)
    result = np.empty_like(pixels)
    means = [_square_means(padded[..., channel], reach + 1) for channel in range(3)]
    for row, column in corners:
        here = slice(row, row + height), slice(column, column + width)
        chosen = uneven[here] == best
        for channel in range(3):
            np.copyto(result[..., channel], means[channel][here], where=chosen)
    return result


def watercolour(pixels: Pixels, edit: Edit, rng: np.random.Generator) -> Pixels:
    """Pale flat washes on rough white paper; pigment gathers at their edges."""
    washes = kuwahara(blurred(pixels, 1), 5)
    light = 1 - (1 - vivid(washes, 1.35)) ** np.float32(1.6)
    grain = tiled(PAPER_GRAIN, pixels, random_origin(rng))
    paper = mix(light, np.ones_like(light) * rgb(1.0, 0.99, 0.96), 0.24 + 0.05 * grain)
    pigment = ramp(edges(luma(washes), 0.7), 0.02, 0.15)
    return np.asarray(paper * (1 - 0.35 * pigment[..., None]), dtype=np.float32)


def oil_painting(pixels: Pixels, edit: Edit, rng: np.random.Generator) -> Pixels:
    """Thick saturated strokes whose ridges catch the light."""
    strokes = kuwahara(pixels, 7)
    rich = with_contrast(vivid(strokes, 1.6), 0.6)
    ridges = slope(luma(strokes), 1, 1) * 1.2
    return np.asarray(rich + np.clip(ridges, -0.15, 0.15)[..., None], dtype=np.float32)


def pointillism(pixels: Pixels, edit: Edit, rng: np.random.Generator) -> Pixels:
    """Dots of pure colour on cream canvas, every other one a little warmer or colder."""
    origin = random_origin(rng)
    colours = DOTS.means(pixels, origin)
    pure = 1 - (1 - vivid(colours, 1.9)) ** np.float32(1.15)
    warmth = np.linspace(-0.09, 0.09, len(DOTS.sites), dtype=np.float32)[
        DOTS.sites_of(pixels, origin) * 7 % len(DOTS.sites)
    ]
    dots = 1 - ramp(DOTS.distance(pixels, origin), 2.3, 3.1)
    canvas = np.ones_like(pixels) * rgb(0.96, 0.93, 0.85)
    return mix(canvas, pure + warmth[..., None] * rgb(1, 0, -1), dots)


def mosaic(pixels: Pixels, edit: Edit, rng: np.random.Generator) -> Pixels:
    """Stones of one colour each, set in dark joints."""
    origin = random_origin(rng)
    stones = with_contrast(STONES.means(vivid(pixels, 1.5), origin), 0.3)
    return stones * ramp(STONES.border_distance(pixels, origin), 0.2, 1.2)[..., None] + rgb(0.04, 0.04, 0.05)
