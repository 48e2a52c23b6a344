"""Fog, snow and rain."""

from __future__ import annotations

import numpy as np

from trainer.starter.data.edits import Edit
from trainer.starter.data.recipes.pixel_operations import (
    Noise,
    Pixels,
    blurred,
    grey,
    luma,
    mix,
    ramp,
    rgb,
)
from trainer.starter.data.recipes.randomness import FLAKES, STREAKS, dots, strokes

FLAKES_SHARE, STREAKS_SHARE = 0.09, 0.035
"""Shares of the latents' squares in which there is a snowflake, and in which a streak of rain begins."""


def foggy(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Adds white fog that softens outlines and hides bright areas, such as the distance, most."""
    soft = blurred(pixels, 1.5)
    veil = 0.5 * edit.strength + 0.18 * ramp(luma(blurred(pixels, 8)), 0.3, 0.8)
    return mix(mix(soft, grey(soft), 0.4), np.ones_like(soft) * rgb(0.86, 0.885, 0.91), np.minimum(veil, 0.9))


def snowy(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Makes the image pale and cold, with flakes of several sizes in front of it."""
    pale = mix(pixels, grey(pixels), 0.6) * 0.72 + rgb(0.22, 0.235, 0.26)
    cold = mix(pixels, pale, min(0.5 + 0.5 * edit.strength, 1.0))
    falling = dots(noise, FLAKES, pixels, FLAKES_SHARE * edit.strength, radii=(1.1, 3.2))
    return mix(cold, np.ones_like(pixels), np.float32(0.95) * falling)


def rainy(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Makes the image dull and bluish grey, with slanted streaks."""
    dull = mix(pixels, grey(pixels), 0.55) * rgb(0.60, 0.66, 0.74) + rgb(0.06, 0.075, 0.09)
    wet = mix(pixels, dull, min(0.35 + 0.6 * edit.strength, 1.1))
    share = STREAKS_SHARE * edit.strength
    falling = strokes(noise, STREAKS, pixels, share, length=20, slant=0.3, width=1.3)
    return mix(wet, np.ones_like(pixels) * rgb(0.84, 0.88, 0.93), np.float32(0.6) * falling)
