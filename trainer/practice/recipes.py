"""The recipes of practice sets: those of the starter, by name. The only module that knows where they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.errors import EngineError
from trainer.starter.data.edits import COLOURS, FAMILIES, TONE_EDITS, WITH_STRENGTH, Edit, Edits

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

COLOURED = ("tint", "duotone")
"""Recipes that need a colour: “tint blue”."""
WITHOUT = ("colour swap",)
"""Recipes that depend on what a photo shows, so that most pairs would be unchanged."""
SHARP_SIDE, PATTERN_SIDE = 1024, 512
"""Longer side of the images in pixels. Patterns, blurs and grain are defined in pixels at the smaller one."""
SIZE_FREE = (*TONE_EDITS, "vignette")
"""Recipes that look the same at every size."""
ADD = "add "
INSTRUCTIONS = {
    "faded": "make it look faded",
    "negative": "turn it into a negative",
    "night": "make it night",
    "golden hour": "show it at golden hour",
    "autumn": "make it autumn",
    "spring": "make it spring",
    "underwater": "put it under water",
    "teal and orange": "give it teal and orange colours",
    "infrared": "make it an infrared photo",
    "pencil sketch": "turn it into a pencil sketch",
    "charcoal": "turn it into a charcoal drawing",
    "watercolour": "turn it into a watercolour painting",
    "oil painting": "turn it into an oil painting",
    "comic": "turn it into a comic",
    "pop art": "make it pop art",
    "pointillism": "turn it into pointillism",
    "mosaic": "turn it into a mosaic",
    "pixel art": "turn it into pixel art",
    "embossed": "emboss it",
    "neon": "outline everything in neon",
    "blueprint": "turn it into a blueprint",
    "halftone": "print it in halftone",
    "film grain": "add film grain",
    "old film": "make it look like old film",
    "vignette": "add a vignette",
    "tilt-shift": "make it a tilt-shift photo",
    "white frame": "add a white frame",
}
"""Instructions of recipes for which “make it …” is not the usual one."""


class RecipeUnknown(EngineError):
    """There is no recipe of this name."""

    kind = "practice"
    is_wrong_input = True


def recipe_names() -> tuple[str, ...]:
    """Returns the names of all recipes; those with a colour once for each colour."""
    plain = [name for name in FAMILIES if name not in (*COLOURED, *WITHOUT)]
    return (*plain, *(f"{name} {colour}" for name in COLOURED for colour in COLOURS))


def edits_of(names: Sequence[str], strength: float = 1.0) -> Edits:
    """Returns the edits of recipes, to be made in this order. Raises `RecipeUnknown`.

    `strength` is 0.5 for slightly and 1.5 for strongly; recipes without strengths ignore it.
    """
    return tuple(_edit_of(name, strength) for name in names)


def _edit_of(name: str, strength: float) -> Edit:
    if name not in recipe_names():
        raise RecipeUnknown(
            "practice.recipe-unknown",
            "There is no recipe “{name}”.",
            "Choose one of: {names}.",
            name=name,
            names=", ".join(recipe_names()),
        )
    family, _, colour = name.partition(" ") if name.startswith(COLOURED) else (name, "", "")
    return Edit(family, strength if family in WITH_STRENGTH else 1.0, colour or None)


def suggested_instruction(names: Sequence[str]) -> str:
    """Returns an instruction for the recipes, made in this order: “make it sepia and add a vignette”.

    Of two additions in a row only the first has a verb: “add a vignette and film grain”.
    """
    words: list[str] = []
    adds_before = False
    for name in names:
        text = INSTRUCTIONS.get(name) or _plain_instruction(name)
        adds = text.startswith(ADD)
        words.append(text.removeprefix(ADD) if adds and adds_before else text)
        adds_before = adds
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _plain_instruction(name: str) -> str:
    kind, _, colour = name.partition(" ")
    if kind == "tint" and colour:
        return f"give it a {colour} tint"
    if kind == "duotone" and colour:
        return f"make it a {colour} duotone"
    return f"make it {name}" if name in FAMILIES else name


def longer_side(edits: Edits) -> int:
    """Returns the longer side in pixels at which these edits are made."""
    return SHARP_SIDE if all(edit.family in SIZE_FREE for edit in edits) else PATTERN_SIDE


def applied(edits: Edits, photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Returns the photo (mode RGB) after the edits. Imports NumPy."""
    import numpy as np
    from PIL import Image

    from trainer.starter.data.recipes import apply_edits, noise_for

    pixels = np.asarray(photo)
    return Image.fromarray(apply_edits(edits, pixels, noise_for(pixels.shape[:2], rng)))
