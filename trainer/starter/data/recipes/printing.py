"""Prints and pixels: comic, pop art, pixel art, halftone."""

from __future__ import annotations

import numpy as np

from trainer.starter.data.edits import Edit
from trainer.starter.data.recipes.painting import kuwahara
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
    square_means,
    tiled,
    vivid,
    with_contrast,
)

BLOCK = 8
"""Side of a block of "pixel art", and the distance of the dots of "halftone", in pixels."""

POP_COLOURS = (
    rgb(0.16, 0.06, 0.36),
    rgb(0.88, 0.10, 0.48),
    rgb(1.0, 0.52, 0.10),
    rgb(0.16, 0.78, 0.80),
    rgb(1.0, 0.93, 0.35),
)
"""Colours of the bands of luma, from the darkest to the lightest."""
POP_LIMITS = (0.2, 0.4, 0.58, 0.76)


def _screen() -> Plane:
    """Returns thresholds (0 to 1) of a halftone screen; every second row is shifted by half a dot."""
    rows, columns = (np.mgrid[: 2 * BLOCK, :BLOCK] + 0.5) * (2 * np.pi / BLOCK)
    waves = 2 * np.cos(columns) * np.cos(rows / 2) + np.cos(rows)
    return np.asarray(((waves + 1.5) / 4.5) ** 0.7, dtype=np.float32)


SCREEN = _screen()


def _posterised(values: Pixels, levels: int) -> Pixels:
    """Returns the values in `levels` even steps, with narrow slopes between them."""
    steps = np.clip(values, 0, 1) * np.float32(levels - 1)
    below = np.floor(steps)
    return np.asarray((below + ramp(steps - below, 0.35, 0.65)) / np.float32(levels - 1), dtype=np.float32)


def comic(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Draws flat patches of few strong colours with ink outlines."""
    patches = kuwahara(with_contrast(vivid(pixels, 1.7), 0.5), 4)
    light = luma(patches)
    flat = patches * ((0.04 + _posterised(light, 4)) / (0.04 + light))[..., None]
    ink = ramp(edges(luma(pixels), 1), 0.03, 0.1)
    shadow = 1 - ramp(blurred(luma(pixels), 1.5), 0.1, 0.2)
    return mix(np.clip(flat, 0, 1), np.ones_like(flat) * rgb(0.03, 0.03, 0.06), np.maximum(ink, shadow))


def pop_art(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Maps bands of luma to five bright flat colours."""
    light = blurred(with_contrast(luma(pixels), 0.4), 1.5)
    result = np.ones_like(pixels) * POP_COLOURS[0]
    for colour, limit in zip(POP_COLOURS[1:], POP_LIMITS, strict=True):
        result = mix(result, np.ones_like(pixels) * colour, ramp(light, limit - 0.02, limit + 0.02))
    return result


def pixel_art(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Reduces the image to square blocks of few colours, like an old video game."""
    strong = with_contrast(vivid(square_means(pixels, BLOCK), 1.5), 0.4)
    return np.round(strong * 5) / np.float32(5)


def halftone(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Prints black dots on newsprint, larger where the photo is darker."""
    light = 0.08 + 0.88 * with_contrast(luma(pixels), 0.5)
    paper = ramp(light - tiled(SCREEN, pixels), -0.15, 0.15)
    return mix(
        np.ones_like(pixels) * rgb(0.08, 0.07, 0.09), np.ones_like(pixels) * rgb(0.97, 0.94, 0.86), paper
    )
