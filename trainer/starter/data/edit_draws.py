"""Draws the edits that the starter is trained on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from trainer.starter.data.edits import (
    COLOURS,
    FAMILIES,
    STRENGTHS,
    SWAPPABLE,
    UNCHANGED,
    WITH_STRENGTH,
    Edit,
    Edits,
)
from trainer.starter.data.recipes.colour import colour_share

SHARE_UNCHANGED = 0.05
SHARE_OF_PAIRS = 0.18
SHARE_PLAIN = 0.6
"""Share of strength 1 among the edits that have strengths."""
MORE_OFTEN = {
    **{"tint": 2.0, "duotone": 1.5, "infrared": 1.7, "less colourful": 2.0, "colour swap": 6.0},
    **dict.fromkeys(("comic", "sharper", "oil painting", "white frame"), 3.0),
    **dict.fromkeys(("pointillism", "mosaic", "pixel art", "halftone"), 5.0),
    **dict.fromkeys(("snowy", "rainy", "film grain", "old film"), 4.0),
}
"""Weights of families with many colours or patterns, which are drawn more often than the others."""
DRAWN = (
    *("pencil sketch", "charcoal", "watercolour", "oil painting", "comic", "pop art", "pointillism"),
    *("mosaic", "pixel art", "embossed", "neon", "blueprint", "halftone"),
)
"""Drawings, paintings and prints."""
LEAST_SHARE = 1e-3
"""Added to the share of each colour in an image, so that images without these colours are drawn too and stay
unchanged."""


def family_weights(more_often: Mapping[str, float]) -> NDArray[np.float64]:
    """Returns the probability of each of FAMILIES; some are drawn more often than others."""
    weights = np.array([more_often.get(family, 1.0) for family in FAMILIES])
    return np.asarray(weights / weights.sum(), dtype=np.float64)


_WEIGHTS = family_weights(MORE_OFTEN)


def draw_edits(
    square: NDArray[np.uint8],
    rng: np.random.Generator,
    *,
    pairs: float = SHARE_OF_PAIRS,
    weights: NDArray[np.float64] = _WEIGHTS,
) -> Edits:
    """Returns random edits of an image: mostly one, sometimes two, sometimes UNCHANGED.

    `pairs` is the share of two edits, and `weights` the probability of each of FAMILIES as a single edit. Of
    two edits all families are equally likely, since weak families alone would crowd out the usual pairs.
    """
    if rng.random() < SHARE_UNCHANGED:
        return (Edit(UNCHANGED),)
    if rng.random() >= pairs:
        return (draw_edit(str(rng.choice(FAMILIES, p=weights)), square, rng),)
    first = str(rng.choice(FAMILIES))
    second = str(rng.choice(seconds_after(first)))
    return (draw_edit(first, square, rng), draw_edit(second, square, rng))


def seconds_after(first: str) -> list[str]:
    """Returns the families that can be the second of two edits; nothing is drawn or printed twice."""
    drawn = DRAWN if first in DRAWN else ()
    return [family for family in FAMILIES if family not in (first, "colour swap", *drawn)]


def draw_edit(family: str, square: NDArray[np.uint8], rng: np.random.Generator) -> Edit:
    """Returns a random edit of the family; a colour swap is of a colour in the image."""
    if family == "colour swap":
        return _draw_swap(square, rng)
    strength = 1.0
    if family in WITH_STRENGTH and rng.random() >= SHARE_PLAIN:
        strength = float(rng.choice([other for other in STRENGTHS if other != 1.0]))
    colour = str(rng.choice(list(COLOURS))) if family in ("tint", "duotone") else None
    return Edit(family, strength, colour)


def _draw_swap(square: NDArray[np.uint8], rng: np.random.Generator) -> Edit:
    """Returns a swap of a colour, with a probability proportional to its share of the image, by any other."""
    pixels = square.astype(np.float32) / np.float32(255)
    shares = np.array([colour_share(pixels, name).mean() for name in SWAPPABLE]) + LEAST_SHARE
    swapped = str(rng.choice(SWAPPABLE, p=shares / shares.sum()))
    colour = str(rng.choice([other for other in SWAPPABLE if other != swapped]))
    return Edit("colour swap", colour=colour, swapped=swapped)
