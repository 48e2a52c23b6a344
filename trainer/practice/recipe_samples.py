"""Small samples of recipes on a photo, to choose from."""

from __future__ import annotations

from PIL import Image

from trainer.practice.practice_set import scaled
from trainer.practice.recipes import applied, edits_of

WORKING_SIDE = 288
"""Longer side in pixels at which samples are made: patterns are coarser than in pairs, so that they show."""
SAMPLE_SIDE = 144
"""Longer side in pixels of a sample."""


def working_copy(photo: Image.Image) -> Image.Image:
    """Returns the photo at the size at which samples are made."""
    return scaled(photo, WORKING_SIDE)


def recipe_sample(small: Image.Image, recipe: str, strength: float = 1.0) -> Image.Image:
    """Returns a `working_copy` after a recipe, at the size of a sample. Raises `RecipeUnknown`."""
    import numpy as np

    made = applied(edits_of([recipe], strength), small, np.random.default_rng(0))
    return scaled(made, SAMPLE_SIDE)
