"""Brightness, contrast, warmth and saturation, which change each pixel independently."""

from __future__ import annotations

import numpy as np

from trainer.starter.data.edits import Edit
from trainer.starter.data.recipes.pixel_operations import Noise, Pixels, grey, luma, mix, rgb


def black_and_white(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Removes all colour."""
    return grey(pixels)


def sepia(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Tones the luma brown."""
    return luma(pixels)[..., None] * rgb(1.08, 0.88, 0.64) + rgb(0.06, 0.03, 0.0)


def faded(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Imitates a faded print: lighter blacks, yellowed whites, little colour."""
    pale = mix(pixels, grey(pixels), 0.5) * rgb(0.62, 0.58, 0.50) + rgb(0.34, 0.31, 0.29)
    return mix(pixels, pale, edit.strength if edit.strength <= 1 else 0.6 + 0.4 * edit.strength)


def warmer(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Adds red and removes blue."""
    strength = edit.strength
    return pixels * rgb(1 + 0.18 * strength, 1 + 0.03 * strength, 1 - 0.28 * strength)


def cooler(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Adds blue and removes red."""
    strength = edit.strength
    return pixels * rgb(1 - 0.28 * strength, 1 - 0.02 * strength, 1 + 0.18 * strength)


def brighter(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Brightens the image; black and white stay."""
    return 1 - (1 - pixels) ** np.float32(1 + 0.9 * edit.strength)


def darker(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Darkens the image, white too."""
    return pixels ** np.float32(1 + 0.5 * edit.strength) * np.float32(1 - 0.2 * edit.strength)


def more_contrast(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Increases contrast along a sigmoid curve, so that little is clipped."""
    steepness = 2 + 2.5 * edit.strength
    curve = np.tanh(np.float32(steepness) * (pixels - np.float32(0.5))) / np.tanh(steepness / 2)
    return np.asarray(0.5 + curve / 2, dtype=np.float32)


def less_contrast(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Moves all values towards medium grey."""
    return np.float32(0.5) + (pixels - np.float32(0.5)) * np.float32(1 - 0.5 * edit.strength)


def more_colourful(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Increases saturation."""
    return mix(grey(pixels), pixels, 1 + 0.9 * edit.strength)


def less_colourful(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Decreases saturation."""
    return mix(pixels, grey(pixels), 0.6 * edit.strength)


def negative(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Inverts all values."""
    return 1 - pixels
