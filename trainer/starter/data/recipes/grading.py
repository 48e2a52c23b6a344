"""Moods, seasons and film stocks, which change each pixel independently, often by its hue."""

from __future__ import annotations

import numpy as np

from trainer.starter.data.edits import Edit
from trainer.starter.data.recipes.pixel_operations import (
    Noise,
    Pixels,
    Plane,
    graded,
    grey,
    highest,
    luma,
    mix,
    ramp,
    rgb,
    vivid,
    with_contrast,
)


def _foliage(pixels: Pixels) -> Plane:
    """Returns how much each pixel looks like leaves: green to yellow-green, above blue and not below red."""
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    share = np.asarray(1 / np.maximum(highest(pixels), np.float32(0.08)), dtype=np.float32)
    return ramp((green - blue) * share, 0.08, 0.3) * ramp((green - red) * share, -0.14, 0.02)


def _sky(pixels: Pixels) -> Plane:
    """Returns how much each pixel looks like blue sky or water."""
    return ramp(pixels[..., 2] - pixels[..., 0], 0.04, 0.2)


def night(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Makes the image dark, blue and less colourful."""
    muted = mix(pixels, grey(pixels), 0.55) ** np.float32(1.5)
    return muted * rgb(0.24, 0.34, 0.58) + rgb(0, 0.005, 0.03)


def golden_hour(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Imitates a low sun: amber lights, red-brown shades, a glow in bright areas."""
    light = luma(pixels)
    sun = graded(light, (rgb(0.20, 0.05, 0.08), rgb(0.92, 0.42, 0.10), rgb(1.0, 0.86, 0.52)))
    lit = mix(vivid(pixels, 1.1) * rgb(1.2, 0.95, 0.58), sun, 0.4)
    lit = lit + ramp(light, 0.5, 1)[..., None] * rgb(0.1, 0.05, 0.0)
    return mix(pixels, lit, 0.15 + 0.8 * edit.strength)


def autumn(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Makes leaves and grass orange and red, and everything else warmer."""
    light = luma(pixels)
    haze = graded(light, (rgb(0.16, 0.07, 0.05), rgb(0.66, 0.40, 0.26), rgb(1.0, 0.86, 0.68)))
    lit = mix(pixels * rgb(1.02, 0.88, 0.74), haze, 0.35)
    leaves = graded(light, (rgb(0.12, 0.02, 0.0), rgb(0.82, 0.30, 0.04), rgb(1.0, 0.72, 0.22)))
    return mix(lit, leaves, 0.95 * _foliage(pixels))


def spring(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Makes greens bright, shades lighter, and bright areas pink as blossom."""
    light = luma(pixels)
    airy = 1 - (1 - vivid(pixels, 1.25)) ** np.float32(1.45)
    blossom = mix(
        airy, airy * rgb(1.0, 0.8, 0.88) + rgb(0.10, 0.06, 0.09), 0.2 + 0.8 * ramp(light, 0.25, 0.8)
    )
    leaves = graded(light, (rgb(0.08, 0.22, 0.02), rgb(0.52, 0.84, 0.18), rgb(0.90, 1.0, 0.62)))
    return mix(blossom, leaves, 0.9 * _foliage(pixels))


def underwater(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Makes the image dim and blue-green, since water absorbs red first."""
    depths = graded(luma(pixels), (rgb(0.0, 0.07, 0.20), rgb(0.0, 0.34, 0.50), rgb(0.34, 0.82, 0.86)))
    return mix(pixels * rgb(0.3, 0.8, 0.85) + rgb(0, 0.03, 0.10), depths, 0.7)


def teal_and_orange(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Shifts shades and cold colours to teal, lights and warm colours to orange, as in films."""
    light = with_contrast(luma(pixels), 0.7)
    teal = graded(light, (rgb(0.0, 0.07, 0.10), rgb(0.14, 0.50, 0.56), rgb(0.74, 0.98, 0.98)))
    orange = graded(light, (rgb(0.10, 0.03, 0.0), rgb(0.82, 0.45, 0.20), rgb(1.0, 0.90, 0.74)))
    warmth = ramp(pixels[..., 0] - pixels[..., 2] + 0.25 * (light - 0.5), 0.0, 0.24)
    return mix(with_contrast(pixels, 0.7), mix(teal, orange, warmth), 0.72)


def infrared(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Imitates infrared film: leaves white and pink, the sky dark, the rest purple-grey."""
    light = with_contrast(luma(pixels), 0.8)
    world = graded(light, (rgb(0.10, 0.02, 0.12), rgb(0.52, 0.40, 0.52), rgb(1.0, 0.92, 0.97)))
    leaves = graded(luma(pixels), (rgb(0.45, 0.16, 0.30), rgb(1.0, 0.74, 0.84), rgb(1.0, 0.98, 0.98)))
    dark = mix(world, world * rgb(0.30, 0.22, 0.36), _sky(pixels))
    return mix(dark, leaves, _foliage(pixels))
