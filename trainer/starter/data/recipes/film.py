"""Film and lenses: grain, old film, blur, sharpness, glow."""

from __future__ import annotations

import numpy as np

from trainer.starter.data.edits import Edit
from trainer.starter.data.recipes.borders import from_centre
from trainer.starter.data.recipes.pixel_operations import (
    Noise,
    Pixels,
    blurred,
    graded,
    luma,
    mix,
    ramp,
    rgb,
    vivid,
    with_contrast,
)
from trainer.starter.data.recipes.randomness import SCRATCHES, SPECKS, dots, grain, strokes

SCRATCH_LENGTH = 48
"""Length in pixels of a vertical scratch of an old film."""


def film_grain(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Adds grain that is strongest in the middle tones and equal in all channels."""
    light = luma(pixels)
    amount = (0.05 + 0.2 * light * (1 - light)) * np.float32(edit.strength)
    return pixels + (amount * grain(noise, pixels))[..., None]


def old_film(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Imitates a worn silent film: toned grey, high contrast, dark corners, scratches and dust."""
    light = with_contrast(luma(pixels), 0.9) + 0.05 * grain(noise, pixels)
    dimmed = light * (1 - 0.65 * ramp(from_centre(pixels), 0.45, 1.0))
    toned = graded(dimmed, (rgb(0.05, 0.04, 0.03), rgb(0.50, 0.46, 0.38), rgb(0.97, 0.94, 0.82)))
    scratches = strokes(noise, SCRATCHES, pixels, 0.004, length=SCRATCH_LENGTH, slant=0, width=1.2)
    damage = np.maximum(scratches, dots(noise, SPECKS, pixels, 0.006, radii=(1.0, 2.2)))
    return mix(toned, np.ones_like(toned) * rgb(0.96, 0.94, 0.86), np.float32(0.8) * damage)


def blurry(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Blurs the image."""
    return blurred(pixels, 1 + 3 * edit.strength)


def sharper(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Applies unsharp masking with a small radius for outlines and a large one for local contrast."""
    fine, wide = pixels - blurred(pixels, 2), pixels - blurred(pixels, 8)
    return np.asarray(pixels + edit.strength * (1.4 * fine + 0.4 * wide), dtype=np.float32)


def dreamy(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Applies the Orton effect: a wide, light, pinkish glow over the image."""
    glow = blurred(vivid(pixels, 1.3), 8) * rgb(1.0, 0.88, 1.0)
    screened = 1 - (1 - 0.95 * pixels) * (1 - 0.75 * glow)
    veiled = mix(screened, glow, 0.5) * rgb(0.90, 0.84, 0.88) + rgb(0.10, 0.07, 0.12)
    return mix(pixels, veiled, 0.2 + 0.8 * edit.strength if edit.strength < 1 else edit.strength)
