"""The edits of the starter model, written as image processing.

A recipe maps a photo to the picture its instruction asks for. Pixels are float32 sRGB
values from 0 to 1; distances are pixels at the working resolution (512 on the long side).
Strength 1 is what a plain instruction means, 0.5 "slightly", 1.5 "very".
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Pixels = NDArray[np.float32]
"""One picture, height x width x 3, sRGB, 0 to 1."""

Recipe = Callable[[Pixels, float, np.random.Generator], Pixels]

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def luma(pixels: Pixels) -> NDArray[np.float32]:
    """Rec. 601 luma, height x width, 0 to 1."""
    return np.asarray(pixels @ LUMA, dtype=np.float32)


def _grey(pixels: Pixels) -> Pixels:
    return np.repeat(luma(pixels)[..., None], 3, axis=2)


def _mix(first: Pixels, second: Pixels, share: float) -> Pixels:
    return np.asarray(first + share * (second - first), dtype=np.float32)


def _blurred(plane: NDArray[np.float32], radius: float) -> NDArray[np.float32]:
    eight_bit = (np.clip(plane, 0, 1) * 255).astype(np.uint8)
    blurred = Image.fromarray(eight_bit).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(blurred, dtype=np.float32) / np.float32(255)


def unchanged(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return pixels


def black_and_white(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return _grey(pixels)


def sepia(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    tone = np.array([1.08, 0.88, 0.64], dtype=np.float32)
    return luma(pixels)[..., None] * tone + np.array([0.06, 0.03, 0.0], dtype=np.float32)


def warmer(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    gain = np.array([1 + 0.18 * strength, 1 + 0.03 * strength, 1 - 0.28 * strength], dtype=np.float32)
    return pixels * gain


def cooler(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    gain = np.array([1 - 0.28 * strength, 1 - 0.02 * strength, 1 + 0.18 * strength], dtype=np.float32)
    return pixels * gain


def brighter(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return 1 - (1 - pixels) ** np.float32(1 + 0.9 * strength)


def darker(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return pixels ** np.float32(1 + 0.5 * strength) * np.float32(1 - 0.2 * strength)


def night(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    muted = _mix(pixels, _grey(pixels), 0.55) ** np.float32(1.5)
    return muted * np.array([0.24, 0.34, 0.58], dtype=np.float32) + np.array([0, 0.005, 0.03], np.float32)


def negative(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return 1 - pixels


def more_colourful(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return _mix(_grey(pixels), pixels, 1 + 0.9 * strength)


def blurry(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return _blurred(pixels, 1 + 3 * strength)


def pencil_sketch(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    """Colour dodge of the luma with its own blurred negative, darkened so that lines show."""
    tones = _blurred(luma(pixels), 0.8)
    lines = np.minimum((tones + 0.06) / (1.06 - _blurred(1 - tones, 4)), 1)
    paper = lines**4 * 0.98 - 0.12 * (1 - tones)
    return np.repeat(paper[..., None].astype(np.float32), 3, axis=2)


def snowy(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    """A pale, cold version of the picture with soft flakes of several sizes in front of it."""
    pale = _mix(pixels, _grey(pixels), 0.6) * 0.72 + np.array([0.22, 0.235, 0.26], dtype=np.float32)
    flakes = np.zeros(pale.shape[:2], dtype=np.float32)
    for radius, density in ((0.6, 0.004), (1.2, 0.0016), (1.8, 0.0006)):
        dots = (rng.random(flakes.shape) < density * strength).astype(np.float32)
        flakes += _blurred(dots, radius) * np.float32(7 * radius**2)
    return np.asarray(pale + np.minimum(flakes, 0.95)[..., None] * (1 - pale), dtype=np.float32)


RECIPES: dict[str, Recipe] = {
    "black and white": black_and_white,
    "sepia": sepia,
    "warmer": warmer,
    "cooler": cooler,
    "brighter": brighter,
    "darker": darker,
    "night": night,
    "negative": negative,
    "more colourful": more_colourful,
    "blurry": blurry,
    "pencil sketch": pencil_sketch,
    "snowy": snowy,
}
"""Every edit of the starter by its plain name."""

WITH_STRENGTH = frozenset({"warmer", "cooler", "brighter", "darker", "more colourful", "blurry", "snowy"})
"""Edits for which "slightly" and "very" mean something."""


def apply_recipe(
    name: str, photo: NDArray[np.uint8], strength: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """The photo (height x width x 3, 0 to 255) after the named edit, of the same shape."""
    recipe = unchanged if name == "unchanged" else RECIPES[name]
    edited = recipe(photo.astype(np.float32) / np.float32(255), strength, rng)
    return (np.clip(edited, 0, 1) * 255 + 0.5).astype(np.uint8)
