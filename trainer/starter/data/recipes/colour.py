"""Edits with a named colour: tint, duotone, colour swap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.starter.data.edits import COLOURS, Edit
from trainer.starter.data.recipes.pixel_operations import (
    LUMA,
    Noise,
    Pixels,
    Plane,
    graded,
    highest,
    lowest,
    luma,
    mix,
    named_colour,
    ramp,
    with_contrast,
)

HUES: dict[str, tuple[float, float]] = {
    "red": (345, 379),
    "orange": (379, 401),
    "yellow": (401, 428),
    "green": (428, 525),
    "cyan": (525, 561),
    "blue": (561, 615),
    "purple": (615, 660),
    "pink": (660, 705),
}
"""Hue range of each colour that can be swapped, in degrees from 345 to 705."""

SKIN_HUES = ("red", "orange")
"""Hues of skin, for which a swap requires high saturation, so that it does not change faces."""

SOFTNESS = 5.0
"""Degrees beyond the ends of a hue range over which a swap fades out."""


def hue(pixels: Pixels) -> Plane:
    """Returns the hue in degrees, 0 to 360: 0 is red, 120 green, 240 blue; 0 for greys."""
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    top = highest(pixels)
    scale = np.float32(60) / np.maximum(top - lowest(pixels), np.float32(1e-6))
    from_blue, from_green = 240 + (red - green) * scale, 120 + (blue - red) * scale
    degrees = np.where(top == red, (green - blue) * scale, np.where(top == green, from_green, from_blue))
    return np.asarray(np.where(degrees < 0, degrees + 360, degrees), dtype=np.float32)


def colour_share(pixels: Pixels, name: str) -> Plane:
    """Returns how much each pixel is of a swappable colour, 0 to 1, by its hue and saturation."""
    low, high = HUES[name]
    centre, half = (low + high) / 2, (high - low) / 2
    away = np.abs(hue(pixels) - np.float32(centre % 360))
    away = np.minimum(away, np.float32(360) - away)
    top = highest(pixels)
    spread = top - lowest(pixels)
    saturation = np.asarray(spread / np.maximum(top, np.float32(1e-6)), dtype=np.float32)
    least = 0.46 if name in SKIN_HUES else 0.15
    coloured = ramp(saturation, least, least + 0.2) * ramp(spread, 0.04, 0.14)
    return (1 - ramp(away, half - SOFTNESS, half + SOFTNESS)) * coloured


def tint(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Shifts colours to the named one and keeps the luma; black and white change least."""
    colour = named_colour(edit)
    light = luma(pixels)
    room = (0.3 + 2.8 * light * (1 - light))[..., None]
    wash = light[..., None] + room * 1.1 * (colour - float(colour @ LUMA))
    return mix(pixels, wash, min(0.62 * edit.strength, 0.9))


def duotone(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Maps luma to a dark shade of the named colour, the colour itself, and its palest tint."""
    colour = named_colour(edit)
    palest: NDArray[np.float32] = np.float32(0.82) + np.float32(0.18) * colour
    return graded(with_contrast(luma(pixels), 0.9), (colour * np.float32(0.15), colour, palest))


def colour_swap(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Replaces one colour by another, and keeps light and shade (HSV)."""
    if edit.swapped is None:
        raise ValueError("A colour swap names no colour to change.")
    old, new = np.array(COLOURS[edit.swapped]) / 255, named_colour(edit)
    top = highest(pixels)
    saturation = (top - lowest(pixels)) / np.maximum(top, np.float32(1e-6))
    ratio = float(np.ptp(new) / new.max() / (np.ptp(old) / old.max()))
    saturation = np.clip(saturation * np.float32(ratio), 0, 1)[..., None]
    pure = (new - new.min()) / np.ptp(new)
    value = (top * np.float32(new.max() / old.max()))[..., None]
    recoloured = value * (1 - saturation * (1 - pure))
    return mix(pixels, recoloured, colour_share(pixels, edit.swapped))
