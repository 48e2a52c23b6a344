"""Fog, snow and rain, the falling things from tiles that begin anywhere."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from trainer.starter.edits import Edit
from trainer.starter.recipes.pixels import (
    Pixels,
    Plane,
    blurred,
    grey,
    luma,
    mix,
    ramp,
    random_origin,
    rgb,
    tiled,
)

TILE = 64
"""Period of flakes and streaks, in pixels."""
OVERSAMPLING = 4
FLAKE_SIZES = (5.6, 2.4, 3.6, 2.2, 2.8)
"""Diameters in pixels, taken in turn."""


def _places(count: int, seed: int) -> NDArray[np.float64]:
    """Evenly scattered places (row, column) in a tile: each the farthest of many from those before it."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, TILE, (1, 2))
    while len(places) < count:
        candidates = rng.uniform(0, TILE, (8, 2))
        apart = np.abs(candidates[:, None] - places)
        distances = np.hypot(*np.moveaxis(np.minimum(apart, TILE - apart), -1, 0)).min(axis=1)
        places = np.concatenate([places, candidates[[distances.argmax()]]])
    return places


def _drawn(starts: NDArray[np.float64], ends: NDArray[np.float64], widths: NDArray[np.float64]) -> Plane:
    """A tile with round-ended strokes that leave it on one side and come in on the other."""
    image = Image.new("L", (TILE * OVERSAMPLING,) * 2)
    draw = ImageDraw.Draw(image)
    for start, end, width in zip(starts, ends, widths, strict=True):
        count = 2 + int(np.hypot(*(end - start)) * OVERSAMPLING)
        for shift in itertools.product((-TILE, 0, TILE), repeat=2):
            for row, column in (np.linspace(start, end, count) + shift) * OVERSAMPLING:
                reach = width / 2 * OVERSAMPLING
                draw.ellipse((column - reach, row - reach, column + reach, row + reach), fill=255)
    return np.asarray(image.resize((TILE, TILE), Image.Resampling.BOX), dtype=np.float32) / np.float32(255)


@cache
def flakes(count: int) -> Plane:
    """A tile with this many flakes, 0 to 1; a larger count adds to the same ones."""
    places = _places(count, seed=7)
    return _drawn(places, places, np.resize(FLAKE_SIZES, count))


@cache
def streaks(count: int) -> Plane:
    """A tile with this many slanted strokes of rain, 0 to 1, long ones a little wider."""
    places = _places(count, seed=11)
    lengths = np.random.default_rng(12).uniform(12, 28, count)
    return _drawn(places, places + lengths[:, None] * [1, -0.3], 0.8 + lengths / 40)


def foggy(pixels: Pixels, edit: Edit, rng: np.random.Generator) -> Pixels:
    """A white veil that softens outlines and swallows what is bright, such as the distance."""
    soft = blurred(pixels, 1.5)
    veil = 0.5 * edit.strength + 0.18 * ramp(luma(blurred(pixels, 8)), 0.3, 0.8)
    return mix(mix(soft, grey(soft), 0.4), np.ones_like(soft) * rgb(0.86, 0.885, 0.91), np.minimum(veil, 0.9))


def snowy(pixels: Pixels, edit: Edit, rng: np.random.Generator) -> Pixels:
    """A pale, cold version of the picture with flakes of several sizes in front of it."""
    pale = mix(pixels, grey(pixels), 0.6) * 0.72 + rgb(0.22, 0.235, 0.26)
    cold = mix(pixels, pale, min(0.5 + 0.5 * edit.strength, 1.0))
    falling = tiled(flakes(round(26 * edit.strength)), pixels, random_origin(rng))
    return mix(cold, np.ones_like(pixels), np.float32(0.95) * falling)


def rainy(pixels: Pixels, edit: Edit, rng: np.random.Generator) -> Pixels:
    """Dull, wet and bluish grey, with slanted streaks."""
    dull = mix(pixels, grey(pixels), 0.55) * rgb(0.60, 0.66, 0.74) + rgb(0.06, 0.075, 0.09)
    wet = mix(pixels, dull, min(0.35 + 0.6 * edit.strength, 1.1))
    falling = tiled(streaks(round(16 * edit.strength)), pixels, random_origin(rng))
    return mix(wet, np.ones_like(pixels) * rgb(0.84, 0.88, 0.93), np.float32(0.6) * falling)
