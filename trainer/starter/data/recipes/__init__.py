"""The edits of the starter model, as image processing.

A recipe maps a photo to the edited image. Pixels are float32 sRGB values from 0 to 1; distances are pixels at
the working resolution (512 on the long side), except for edits of the whole image: vignette, tilt-shift,
frame. Strength 1 is that of a plain instruction, 0.5 "slightly", 1.5 "very". Regular patterns are aligned
with the top left corner and have periods of powers of two, as the levels of a UNet do. Irregular patterns
follow the initial noise of denoising (`randomness.py`). So the network can predict both from its inputs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.starter.data.edits import PAINTED, UNCHANGED, Edit, Edits
from trainer.starter.data.recipes import (
    borders,
    colour,
    drawing,
    film,
    grading,
    painting,
    place_edits,
    printing,
    tone,
    weather,
)
from trainer.starter.data.recipes.pixel_operations import GivenImages, Noise, Pixels, Recipe
from trainer.starter.data.recipes.randomness import noise_for

__all__ = ["RECIPES", "GivenImages", "Noise", "Pixels", "Recipe", "apply_edits", "noise_for"]

RECIPES: dict[str, Recipe] = {
    "black and white": tone.black_and_white,
    "sepia": tone.sepia,
    "faded": tone.faded,
    "warmer": tone.warmer,
    "cooler": tone.cooler,
    "brighter": tone.brighter,
    "darker": tone.darker,
    "more contrast": tone.more_contrast,
    "less contrast": tone.less_contrast,
    "more colourful": tone.more_colourful,
    "less colourful": tone.less_colourful,
    "negative": tone.negative,
    "night": grading.night,
    "golden hour": grading.golden_hour,
    "autumn": grading.autumn,
    "spring": grading.spring,
    "underwater": grading.underwater,
    "teal and orange": grading.teal_and_orange,
    "infrared": grading.infrared,
    "tint": colour.tint,
    "duotone": colour.duotone,
    "colour swap": colour.colour_swap,
    "foggy": weather.foggy,
    "snowy": weather.snowy,
    "rainy": weather.rainy,
    "pencil sketch": drawing.pencil_sketch,
    "charcoal": drawing.charcoal,
    "watercolour": painting.watercolour,
    "oil painting": painting.oil_painting,
    "comic": printing.comic,
    "pop art": printing.pop_art,
    "pointillism": painting.pointillism,
    "mosaic": painting.mosaic,
    "pixel art": printing.pixel_art,
    "embossed": drawing.embossed,
    "neon": drawing.neon,
    "blueprint": drawing.blueprint,
    "halftone": printing.halftone,
    "film grain": film.film_grain,
    "old film": film.old_film,
    "blurry": film.blurry,
    "sharper": film.sharper,
    "dreamy": film.dreamy,
    "vignette": borders.vignette,
    "tilt-shift": borders.tilt_shift,
    "white frame": borders.white_frame,
}
"""The recipe of every family, in the order of `FAMILIES`."""


NOTHING_GIVEN = GivenImages()


def apply_edits(
    edits: Edits, photo: NDArray[np.uint8], noise: Noise, given: GivenImages = NOTHING_GIVEN
) -> NDArray[np.uint8]:
    """Returns the photo (height x width x 3, 0 to 255) after the edits in their order, of the same shape.

    `noise` is the initial noise of denoising, which determines grain, flakes and scratches. `given` has what
    teachers know about the photo. Raises `KeyError` for a painted style that it lacks, also if such a style
    is not the first edit, and `ValueError` for an edit at a place without a mask.
    """
    pixels = photo.astype(np.float32) / np.float32(255)
    for number, edit in enumerate(edits):
        if edit.family in PAINTED:
            pixels = _painted(edit.family, given if number == 0 else NOTHING_GIVEN)
        elif edit.family != UNCHANGED:
            pixels = np.clip(_edited(pixels, edit, noise, given), 0, 1)
    return (pixels * 255 + 0.5).astype(np.uint8)


def _painted(style: str, given: GivenImages) -> Pixels:
    return given.painted[style].astype(np.float32) / np.float32(255)


def _edited(pixels: Pixels, edit: Edit, noise: Noise, given: GivenImages) -> Pixels:
    if edit.place is None:
        return RECIPES[edit.family](pixels, edit, noise)
    if given.subject is None:
        raise ValueError(f"There is no mask for the edit “{edit.meaning}”.")
    share = given.subject if edit.place == "subject" else 1 - given.subject
    return place_edits.at_place({**RECIPES, **place_edits.PLACE_RECIPES}, pixels, edit, noise, share)
