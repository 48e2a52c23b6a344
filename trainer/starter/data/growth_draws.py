"""Draws the edits on which a starter is trained further: old ones, painted styles, and edits at places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trainer.starter.data.edits import (
    COLOURS,
    FAMILIES,
    PAINTED,
    PLACED,
    PLAIN_COLOURS,
    STRENGTHS,
    UNCHANGED,
    WITH_STRENGTH,
    Edit,
    Edits,
)

SHARE_PLAIN = 0.6
"""Share of strength 1 among the edits that have strengths."""
STYLE_PAIRS = 0.2
"""Share of painted styles with a second edit."""
PLACE_PAIRS = 0.1
"""Share of edits at a place with a second edit of the whole photo."""
AFTER_STYLES = (
    *("black and white", "sepia", "warmer", "cooler", "brighter", "darker", "more contrast"),
    *("more colourful", "less colourful", "night", "golden hour", "foggy", "vignette", "white frame"),
)
"""Families that can follow a painted style, which they leave recognisable."""
AFTER_PLACES = (
    *("warmer", "cooler", "brighter", "darker", "more contrast", "more colourful", "golden hour"),
    *("vignette", "film grain"),
)
"""Families that can follow an edit at a place."""
PLACES_WEIGHTS = {"background": 0.7, "subject": 0.3}
MORE_OFTEN_PLACED = {"plain": 3.0, "black and white": 2.0, "blurry": 2.0, "darker": 1.5}
"""Weights of families that are drawn more often at a place than others."""


def draw_painted(styles: Sequence[str], rng: np.random.Generator, pairs: float = STYLE_PAIRS) -> Edits:
    """Returns one of the styles, sometimes followed by an edit that leaves it recognisable.

    `pairs` is the share of two edits.
    """
    style = Edit(str(rng.choice(list(styles))))
    if rng.random() >= pairs:
        return (style,)
    return (style, _whole(str(rng.choice(AFTER_STYLES)), rng))


def draw_placed(rng: np.random.Generator) -> Edits:
    """Returns an edit at a place, sometimes followed by one of the whole photo."""
    place = str(rng.choice(list(PLACES_WEIGHTS), p=list(PLACES_WEIGHTS.values())))
    weights = np.array([MORE_OFTEN_PLACED.get(family, 1.0) for family in PLACED[place]])
    family = str(rng.choice(PLACED[place], p=weights / weights.sum()))
    names = PLAIN_COLOURS if family == "plain" else COLOURS
    colour = str(rng.choice(list(names), p=_colour_weights(names))) if family in ("plain", "tint") else None
    first = Edit(family, _strength(family, rng), colour, place=place)
    if rng.random() >= PLACE_PAIRS:
        return (first,)
    others = [other for other in AFTER_PLACES if other != family]
    return (first, _whole(str(rng.choice(others)), rng))


def _colour_weights(names: dict[str, tuple[int, int, int]]) -> list[float]:
    """Returns probabilities of colours; white and black are asked for most."""
    weights = np.array([4.0 if name in ("white", "black") else 1.0 for name in names])
    return list(weights / weights.sum())


def _whole(family: str, rng: np.random.Generator) -> Edit:
    return Edit(family, _strength(family, rng))


def _strength(family: str, rng: np.random.Generator) -> float:
    if family not in WITH_STRENGTH or rng.random() < SHARE_PLAIN:
        return 1.0
    return float(rng.choice([other for other in STRENGTHS if other != 1.0]))


def is_old(edits: Edits) -> bool:
    """Returns whether all edits are those of the starter that ships, or none is asked for."""
    return all(edit.family in (*FAMILIES, UNCHANGED) and edit.place is None for edit in edits)


def draw_new(rng: np.random.Generator, pairs: float = STYLE_PAIRS) -> Edits:
    """Returns a painted style or an edit at a place, as often one as the other.

    `pairs` is the share of two edits among those with a style.
    """
    return draw_painted(PAINTED, rng, pairs) if rng.random() < 0.5 else draw_placed(rng)
