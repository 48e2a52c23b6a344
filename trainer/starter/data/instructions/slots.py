"""Choices for the slots of wordings, and the filling of slots."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from trainer.starter.data.instructions.wording_files import read_list, read_table

IT = read_list("slots", "it")
"""Names of the photo as the object of a command."""
PHOTO = read_list("slots", "photo")
STRENGTHS = {"slightly": 0.5, "plainly": 1.0, "very": 1.5}

STRENGTH_SLOTS: dict[str, dict[float, tuple[str, ...]]] = {
    slot: {STRENGTHS[strength]: choices for strength, choices in by_strength.items()}
    for slot, by_strength in read_table("slots", "strength").items()
}
"""Choices by slot and strength: 0.5 slightly, 1 plainly, 1.5 very."""

SAYS_STRENGTH = re.compile("{(" + "|".join(STRENGTH_SLOTS) + ")}")

_ALTERNATIVES = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"{(\w+)}")

Slots = Mapping[str, Sequence[str]]


def pick(choices: Sequence[str], rng: np.random.Generator) -> str:
    """Returns a random choice."""
    return choices[int(rng.integers(len(choices)))]


def slots_at(strength: float) -> dict[str, Sequence[str]]:
    """Returns the choices for the slots that every wording may use, at one strength."""
    at_strength = {slot: choices[strength] for slot, choices in STRENGTH_SLOTS.items()}
    return {"it": IT, "photo": PHOTO, **at_strength}


def filled(wording: str, slots: Slots, rng: np.random.Generator) -> str:
    """Returns the wording with random alternatives and all slots filled, also those in the fillings."""
    text = wording
    while "(" in text or "{" in text:
        text = _ALTERNATIVES.sub(lambda match: pick(match[1].split("|"), rng), text)
        text = _SLOT.sub(lambda match: pick(slots[match[1]], rng), text)
    return text
