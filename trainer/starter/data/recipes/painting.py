"""Paintings: watercolour, oil, pointillism, mosaic.

Watercolour and oil use Kuwahara filters (Kuwahara and others, 1976): each pixel gets the mean of that one of
the four squares around it which has the least variance, so that patches become flat and outlines stay.
"""

from __future__ import annotations

import numpy as np

from trainer.starter.data.edits import Edit
from trainer.starter.data.recipes.pixel_operations import (
    Noise,
    Pixels,
    Plane,
    blurred,
    edges,
    luma,
    mix,
    ramp,
    rgb,
    slope,
    square_means,
    tiled,
    vivid,
    with_contrast,
)
from trainer.starter.data.recipes.randomness import grain

DOT, STONE = 8, 16
"""Distance of the dots of "pointillism" and side of a stone of "mosaic", in pixels."""


def _dot_distances() -> Plane:
    """Returns the distance from the nearest dot in pixels; every second row is shifted by half a dot."""
    rows, columns = np.mgrid[: 2 * DOT, :DOT] + 0.5
    beside = np.where(rows < DOT, DOT / 2, 0)
    across = np.abs((columns - beside + DOT / 2) % DOT - DOT / 2)
    return np.asarray(np.hypot((rows % DOT) - DOT / 2, across), dtype=np.float32)


def _stone_edges() -> tuple[Plane, Plane]:
    """Returns the body of a stone in dark joints, 0 to 1, and its bevel, lit from the top left, -1 to 1."""
    rows, columns = np.mgrid[:STONE, :STONE] + 0.5
    inward = np.minimum(np.minimum(rows, columns), STONE - np.maximum(rows, columns))
    lit = np.where(np.minimum(rows, columns) < STONE - np.maximum(rows, columns), 1.0, -1.0)
    body = ramp(inward.astype(np.float32), 0.2, 1.8)
    return body, np.asarray(lit * (inward < 4) * (inward > 1), dtype=np.float32)


DOT_DISTANCES = _dot_distances()
STONE_BODY, STONE_BEVEL = _stone_edges()


def _window_means(plane: Plane, side: int) -> Plane:
    """Returns the means of all squares of `side` pixels in the plane: smaller than the plane by side - 1."""
    sums = np.cumsum(plane, axis=0, dtype=np.float32)
    strips = sums[side - 1 :].copy()
    strips[1:] -= sums[:-side]
    sums = np.cumsum(strips, axis=1, dtype=np.float32)
    squares = sums[:, side - 1 :].copy()
    squares[:, 1:] -= sums[:, :-side]
    return squares / np.float32(side * side)


def kuwahara(pixels: Pixels, reach: int) -> Pixels:
    """Returns the image in flat patches; the four squares have sides of `reach` + 1 pixels."""
    height, width = pixels.shape[:2]
    padded = np.pad(pixels, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    light = luma(padded)
    uneven = _window_means(light * light, reach + 1) - _window_means(light, reach + 1) ** 2
    corners = [(row, column) for row in (0, reach) for column in (0, reach)]
    best = np.min([uneven[row : row + height, column : column + width] for row, column in corners], axis=0)
    result = np.empty_like(pixels)
    means = [_window_means(padded[..., channel], reach + 1) for channel in range(3)]
    for row, column in corners:
        here = slice(row, row + height), slice(column, column + width)
        chosen = uneven[here] == best
        for channel in range(3):
            np.copyto(result[..., channel], means[channel][here], where=chosen)
    return result


def watercolour(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Paints pale flat washes on rough white paper, with darker edges."""
    washes = kuwahara(blurred(pixels, 1), 5)
    light = 1 - (1 - vivid(washes, 1.35)) ** np.float32(1.6)
    tooth = np.clip(grain(noise, pixels) / np.float32(2), -1, 1)
    paper = mix(
        light, np.ones_like(light) * rgb(1.0, 0.99, 0.96), np.float32(0.24) + np.float32(0.05) * tooth
    )
    pigment = ramp(edges(luma(washes), 0.7), 0.02, 0.15)
    return np.asarray(paper * (1 - 0.35 * pigment[..., None]), dtype=np.float32)


def oil_painting(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Paints thick saturated strokes with lit ridges."""
    strokes = kuwahara(pixels, 7)
    rich = with_contrast(vivid(strokes, 1.6), 0.6)
    ridges = slope(luma(strokes), 1, 1) * 1.2
    return np.asarray(rich + np.clip(ridges, -0.15, 0.15)[..., None], dtype=np.float32)


def pointillism(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Paints dots of pure colour on cream canvas; rows are alternately a little warmer and colder."""
    odd = ((np.arange(pixels.shape[0]) // DOT) % 2).astype(np.float32)[:, None]
    colours = mix(square_means(pixels, DOT), square_means(pixels, DOT, DOT // 2), odd)
    pure = 1 - (1 - vivid(colours, 1.9)) ** np.float32(1.15)
    warmth = np.float32(0.06) * (1 - 2 * odd)[..., None]
    dots = 1 - ramp(tiled(DOT_DISTANCES, pixels), 3.0, 4.2)
    canvas = np.ones_like(pixels) * rgb(0.96, 0.93, 0.85)
    return mix(canvas, np.clip(pure + warmth * rgb(1, 0, -1), 0, 1), dots)


def mosaic(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Lays square stones of one colour each, with lit edges and dark joints."""
    stones = with_contrast(square_means(vivid(pixels, 1.5), STONE), 0.3)
    lit = stones + 0.07 * tiled(STONE_BEVEL, pixels)[..., None]
    return lit * tiled(STONE_BODY, pixels)[..., None] + rgb(0.04, 0.04, 0.05)
