"""Drawings: pencil, charcoal, relief, neon outlines, blueprint."""

from __future__ import annotations

import numpy as np

from trainer.starter.data.edits import Edit
from trainer.starter.data.recipes.pixel_operations import (
    Noise,
    Pixels,
    Plane,
    as_grey,
    blurred,
    edges,
    graded,
    highest,
    lowest,
    luma,
    mix,
    ramp,
    rgb,
    slope,
    tiled,
)


def _hatching() -> Plane:
    """Returns diagonal strokes, 0 to 1, with a period of 8 pixels."""
    rows, columns = np.mgrid[:8, :8]
    return np.asarray(0.5 + 0.5 * np.cos(2 * np.pi * (rows + columns) / 8), dtype=np.float32)


def _squared_paper() -> Plane:
    """Returns a grid of fine lines every 32 pixels."""
    paper = np.zeros((32, 32), dtype=np.float32)
    paper[0], paper[:, 0] = 1, 1
    return paper


HATCHING, SQUARED_PAPER = _hatching(), _squared_paper()


def pencil_sketch(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Applies colour dodge of the luma with its own blurred negative, darkened so that lines are visible."""
    tones = blurred(luma(pixels), 0.8)
    lines = np.minimum((tones + 0.06) / (1.06 - blurred(1 - tones, 4)), 1)
    return as_grey(lines**4 * 0.98 - 0.12 * (1 - tones))


def charcoal(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Draws smudged blacks and diagonal strokes on warm paper, with heavy outlines."""
    tones = blurred(luma(pixels), 1.5)
    strokes = 0.16 * (tiled(HATCHING, pixels) - 0.5)
    shade = ramp(tones + strokes, 0.18, 0.62)
    outline = ramp(edges(luma(pixels), 1.2), 0.02, 0.1)
    return graded(shade * (1 - 0.85 * outline), (rgb(0.07, 0.07, 0.07), rgb(0.95, 0.93, 0.89)))


def embossed(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Makes a grey relief that is lit from the top left."""
    relief = slope(blurred(luma(pixels), 1), 1, 1) * 3.2
    return as_grey(0.5 + np.clip(relief, -0.5, 0.5))


def neon(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Draws outlines as glowing tubes in the local colours, on black."""
    tubes = ramp(edges(luma(pixels), 1.5), 0.015, 0.09)[..., None]
    soft = blurred(pixels, 3)
    least = lowest(soft)[..., None]
    pure = (soft - least + 0.02) / (highest(soft)[..., None] - least + 0.02)
    lines = np.asarray(tubes * (0.15 + 0.85 * pure), dtype=np.float32)
    return np.asarray(lines + 1.4 * blurred(lines, 5) + rgb(0.02, 0.0, 0.05), dtype=np.float32)


def blueprint(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Draws white lines on blue paper with a faint grid."""
    lines = ramp(edges(luma(pixels), 1), 0.02, 0.12)
    paper = rgb(0.06, 0.22, 0.52) + 0.14 * luma(pixels)[..., None] * rgb(0.6, 0.9, 1.0)
    ruled = mix(paper, np.ones_like(pixels), 0.16 * tiled(SQUARED_PAPER, pixels))
    return mix(ruled, np.ones_like(pixels) * rgb(0.92, 0.96, 1.0), 0.95 * lines)
