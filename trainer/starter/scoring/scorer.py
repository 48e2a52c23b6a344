"""Edits val photos with held-out sentences, and compares the results with those of the recipes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.denoising.sampling import initial_noise
from engine.edit_settings import EditSettings
from engine.editing.cost_history import size_multiple
from engine.editing.editor import Editor
from engine.editing.framing import plan_frame
from engine.instructions.sequence import steps_for
from engine.library import ModelCard
from engine.request import EditRequest
from trainer.starter.data.edits import (
    COLOURS,
    FAMILIES,
    PLACED,
    PLACED_MEANINGS,
    UNCHANGED,
    Edit,
    Edits,
)
from trainer.starter.data.held_out import (
    HELD_OUT,
    HELD_OUT_PAINTED,
    HELD_OUT_PAINTED_PAIRS,
    HELD_OUT_PAIRS,
    HELD_OUT_PLACED,
    UNKNOWN,
    Sentence,
)
from trainer.starter.data.photos import Photo, read_photo, scaled_to_long_side
from trainer.starter.data.recipes import GivenImages, Noise, apply_edits
from trainer.starter.data.recipes.randomness import CELL, CHANNELS
from trainer.starter.data.style_teacher import TEACHER_STYLES, StyleTeacher
from trainer.starter.data.subject_masks import decisive_masks, read_mask, refined_mask
from trainer.validation.image_measures import likeness, psnr, signature, smooth_deviation, ssim, unit_pixels

STYLES_NAME = "styles.safetensors"
"""The weights of the teacher of painted styles in the folder of teachers."""
NOTHING_TO_SWAP = 30.0
"""PSNR in dB of a photo to its own colour swap above which it does not contain the colour to swap."""


@dataclass(frozen=True, slots=True)
class Score:
    """Measures of one edited photo against the recipe's result."""

    family: str
    """"two edits" for sentences that ask for two."""
    photo: str
    instruction: str
    psnr: float
    psnr_of_source: float
    """PSNR of the unchanged photo to the recipe's result."""
    psnr_to_source: float
    """PSNR of the result to the photo."""
    likeness: float
    likeness_to_source: float
    ssim: float
    nearest: str
    """The family whose result is most similar; "unchanged" for the photo itself."""
    identified: bool
    smooth: tuple[float, float] | None
    """Deviation in smooth areas, of the result and of the recipe's (`smooth_deviation`)."""
    image: Image.Image


class Scorer:
    """Edits photos with one model at one size, and scores the results."""

    def __init__(
        self, card: ModelCard, editor: Editor, settings: EditSettings, teachers: Path | None = None
    ) -> None:
        """`teachers` is a folder with `styles.safetensors`, the weights of the teacher of painted styles, and
        `subjects`; what is missing there is not scored.
        """
        self.card, self.editor, self.settings = card, editor, settings
        self._teachers = teachers
        styles = teachers / STYLES_NAME if teachers else None
        self._style_teacher = StyleTeacher(styles) if styles and styles.exists() else None

    def known(self, photos: list[Path], families: tuple[str, ...] = FAMILIES) -> Iterator[Score]:
        """Scores every photo with one sentence of each family; only colours in the photo are swapped."""
        for number, path in enumerate(photos):
            results = self._recipe_results(path, number)
            for family in families:
                sentences = [sentence for sentence in HELD_OUT if sentence.edits[0].family == family]
                sentence = _chosen(sentences, number, results)
                if sentence:
                    yield self._score(results, sentence, family, number)

    def pairs(self, photos: list[Path], each: int = 3) -> Iterator[Score]:
        """Scores every photo with some sentences that ask for two edits."""
        for number, path in enumerate(photos):
            results = self._recipe_results(path, number)
            for index in range(each):
                sentence = HELD_OUT_PAIRS[(number * each + index) % len(HELD_OUT_PAIRS)]
                yield self._score(results, sentence, "two edits", number)

    def painted(self, photos: list[Path]) -> Iterator[Score]:
        """Scores every photo that the teacher painted with one sentence of each of its styles."""
        for number, path in enumerate(photos):
            results = self._recipe_results(path, number)
            for style in results.given.painted:
                sentences = [one for one in HELD_OUT_PAINTED if one.edits[0].family == style]
                yield self._score(results, sentences[number % len(sentences)], style, number)

    def painted_pairs(self, photos: list[Path], each: int = 1) -> Iterator[Score]:
        """Scores photos that the teacher painted with sentences for a style and another edit."""
        for number, path in enumerate(photos):
            results = self._recipe_results(path, number)
            for index in range(each):
                place = (number * each + index) % len(HELD_OUT_PAINTED_PAIRS)
                sentence = HELD_OUT_PAINTED_PAIRS[place]
                if sentence.edits[0].family in results.given.painted:
                    yield self._score(results, sentence, "style and edit", number)

    def placed(self, photos: list[Path]) -> Iterator[Score]:
        """Scores every photo with a clear subject with one sentence of each edit at a place."""
        for number, path in enumerate(photos):
            results = self._recipe_results(path, number)
            if results.given.subject is None:
                continue
            for meaning in PLACED_MEANINGS:
                sentences = [one for one in HELD_OUT_PLACED if one.edits[0].meaning == meaning]
                yield self._score(results, sentences[number % len(sentences)], meaning, number)

    def unknown(self, photos: list[Path], each: int = 3) -> Iterator[Score]:
        """Scores every photo with some instructions that the model does not know."""
        for number, path in enumerate(photos):
            results = self._recipe_results(path, number)
            for index in range(each):
                text = UNKNOWN[(number * each + index) % len(UNKNOWN)]
                yield self._score(results, Sentence(text, (Edit(UNCHANGED),)), UNCHANGED, number)

    def _recipe_results(self, path: Path, seed: int) -> _RecipeResults:
        """Returns the recipes' results for a photo at working size, with the initial noise of its edits."""
        photo = scaled_to_long_side(read_photo(path), self.settings.resolution)
        width, height = plan_frame(
            (photo.shape[1], photo.shape[0]),
            self.settings.fit,
            self.settings.resolution,
            size_multiple(self.card),
        ).padded
        noise = initial_noise(torch.Generator().manual_seed(seed), (CHANNELS, height // CELL, width // CELL))
        given = given_images(self._teachers, self._style_teacher, path, photo)
        return _RecipeResults(path.name, photo, noise[0].numpy(), given)

    def _edited(self, photo: Image.Image, text: str, seed: int) -> Image.Image:
        """Returns the photo after an instruction, made in steps where the program makes several edits."""
        settings = replace(self.settings, seed=seed)
        for step in steps_for(text, self.card):
            request = EditRequest(
                source_image=photo, instruction=step, model=self.card.path, settings=settings
            )
            photo = self.editor.edit(request).edited_image
        return photo

    def _score(self, results: _RecipeResults, sentence: Sentence, family: str, seed: int) -> Score:
        image = self._edited(results.photo, sentence.text, seed)
        result, wanted = unit_pixels(image), results.after(sentence.edits)
        nearest = results.nearest(result, sentence.edits)
        return Score(
            family=family,
            photo=results.name,
            instruction=sentence.text,
            psnr=psnr(result, wanted),
            psnr_of_source=psnr(results.source, wanted),
            psnr_to_source=psnr(result, results.source),
            likeness=likeness(result, wanted),
            likeness_to_source=likeness(result, results.source),
            ssim=ssim(result, wanted),
            nearest=" + ".join(edit.meaning for edit in nearest),
            identified=nearest == sentence.edits,
            smooth=smooth_deviation(result, wanted),
            image=image,
        )


class _RecipeResults:
    """A photo and the recipes' results for it, each made once."""

    def __init__(self, name: str, pixels: Photo, noise: Noise, given: GivenImages) -> None:
        self.name, self._pixels, self._noise, self.given = name, pixels, noise, given
        self.photo = Image.fromarray(pixels)
        self.source = unit_pixels(self.photo)
        self._after: dict[Edits, Tensor] = {(Edit(UNCHANGED),): self.source}
        self._signatures: dict[Edits, Tensor] = {}

    def after(self, edits: Edits) -> Tensor:
        if edits not in self._after:
            edited = apply_edits(edits, self._pixels, self._noise, self.given)
            self._after[edits] = unit_pixels(Image.fromarray(edited))
        return self._after[edits]

    def nearest(self, result: Tensor, own: Edits) -> Edits:
        """Returns the edits, `own` or of `_others`, whose signature is nearest to that of the result."""
        candidates = [own, *_others(own), *_new_others(own, self.given)]
        target = signature(result)
        return min(
            candidates, key=lambda edits: float((target - self._signature_after(edits)).square().mean())
        )

    def _signature_after(self, edits: Edits) -> Tensor:
        if edits not in self._signatures:
            self._signatures[edits] = signature(self.after(edits))
        return self._signatures[edits]


def _others(own: Edits) -> Iterator[Edits]:
    """Yields no edit, every other family, and the own family in every other colour."""
    yield (Edit(UNCHANGED),)
    families = {edit.meaning for edit in own} if len(own) == 1 else set()
    for family in FAMILIES:
        if family in families or family == "colour swap":
            continue
        yield (Edit(family, colour="blue" if family in ("tint", "duotone") else None),)
    if len(own) == 1 and own[0].meaning in ("tint", "duotone"):
        yield from ((replace(own[0], colour=colour),) for colour in COLOURS if colour != own[0].colour)


def _new_others(own: Edits, given: GivenImages) -> Iterator[Edits]:
    """Yields the painted styles and the edits at places that can be made of a photo, without the own one."""
    for style in given.painted:
        if (Edit(style),) != own:
            yield (Edit(style),)
    if given.subject is None:
        return
    for place, families in PLACED.items():
        for family in families:
            colour = {"plain": "white", "tint": "blue"}.get(family)
            if (Edit(family, colour=colour, place=place),) != own:
                yield (Edit(family, colour=colour, place=place),)


def given_images(
    teachers: Path | None, style_teacher: StyleTeacher | None, path: Path, photo: Photo
) -> GivenImages:
    """Returns what teachers know about a photo that was scaled from the one at `path`."""
    masks = decisive_masks(teachers, [path]) if teachers else {}
    subject = refined_mask(read_mask(masks[path]), photo) if masks else None
    styles = TEACHER_STYLES if style_teacher else ()
    painted = {style: style_teacher.paint(photo, style) for style in styles if style_teacher}
    return GivenImages(subject=subject, painted=painted)


def _chosen(sentences: list[Sentence], number: int, results: _RecipeResults) -> Sentence | None:
    """Returns the sentence for a photo by its number; of swaps, the one that changes the photo most."""
    if sentences[0].edits[0].family != "colour swap":
        return sentences[number % len(sentences)]
    changes = [psnr(results.source, results.after(sentence.edits)) for sentence in sentences]
    best = int(np.argmin(changes))
    return sentences[best] if changes[best] < NOTHING_TO_SWAP else None
