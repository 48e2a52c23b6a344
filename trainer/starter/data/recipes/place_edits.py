"""Edits of one place of the photo: the subject, or the background."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from trainer.starter.data.edits import Edit
from trainer.starter.data.recipes.pixel_operations import (
    Noise,
    Pixels,
    Plane,
    Recipe,
    blurred,
    mix,
    named_colour,
)

LEAST_SHARE = 0.02
"""Least share of a place around a pixel in a normalised blur; where there is less, the photo is blurred."""


def plain(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Fills the image with the named colour."""
    return np.ones_like(pixels) * named_colour(edit)


def spread(pixels: Pixels, share: Plane) -> Pixels:
    """Returns the image with the colours of a place continued beyond its edge, so that none bleeds into it.

    Pixels outside the place get the mean of its pixels nearby.
    """
    wide = np.zeros_like(pixels)
    weight = np.zeros_like(share)
    for radius in (3, 9, 27):
        near = blurred(share, radius)
        colours = blurred(pixels * share[..., None], radius) / np.maximum(near, LEAST_SHARE)[..., None]
        free = (1 - weight) * np.clip(near / LEAST_SHARE / 2, 0, 1)
        wide += free[..., None] * np.clip(colours, 0, 1)
        weight += free
    filled = wide + (1 - weight)[..., None] * pixels
    return mix(filled, pixels, share)


PLACE_RECIPES: Mapping[str, Recipe] = {"plain": plain}
"""Recipes for edits at a place alone."""
SPREADING = frozenset({"blurry", "pencil sketch", "watercolour"})
"""Families that mix colours of neighbouring pixels."""


def at_place(recipes: Mapping[str, Recipe], pixels: Pixels, edit: Edit, noise: Noise, share: Plane) -> Pixels:
    """Returns the image with an edit where it is of the place; `share` has how much each pixel is."""
    source = spread(pixels, share) if edit.family in SPREADING else pixels
    edited = np.clip(recipes[edit.family](source, edit, noise), 0, 1)
    return mix(pixels, edited, share)
