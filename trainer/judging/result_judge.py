"""Judges a trained model beside its start model: on held-back pairs, on photos, and on old edits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image

from engine.edit_settings import EditSettings
from engine.editing.framing import from_frame, to_frame
from engine.errors import EngineError
from engine.images.image_files import open_photo
from engine.images.transparency import flattened
from engine.progress import CancelToken
from engine.resources import resources_folder
from trainer.datasets import Pair
from trainer.datasets.opening import open_pair
from trainer.judging.judgement import FILE, Judgement
from trainer.judging.judging_events import (
    JudgingFinished,
    JudgingProgressed,
    OldEditJudged,
    PairJudged,
    PhotoEdited,
)
from trainer.judging.model_edits import ModelEdits, Picture, read_picture
from trainer.judging.rules import OldEdits, judge_pair, still_works
from trainer.judging.settings import JudgingSettings, evenly_spread
from trainer.protocol.events import Event, WarningRaised
from trainer.validation.image_measures import psnr, ssim, unit_pixels

log = logging.getLogger(__name__)

Send = Callable[[Event], None]
FEWEST_EDITS = 4
"""Old edits that are tried even if the time is not enough."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What is judged: both models, and the pictures."""

    base: ModelEdits
    trained: ModelEdits
    settings: EditSettings
    """Those that the card recommends."""
    pairs: Sequence[Pair]
    held_back: bool
    """Whether training never saw the pairs."""
    instructions: tuple[str, ...]
    """The instructions of the training."""
    known: Sequence[str]
    """Instructions that the start model knows."""
    step: int


class ResultJudge:
    """One judgement, from the first edit to the file."""

    def __init__(
        self, judged: Judged, settings: JudgingSettings, judgement: Judgement, send: Send, cancel: CancelToken
    ) -> None:
        self._judged, self._settings, self._judgement = judged, settings, judgement
        self._cancel, self._started = cancel, time.monotonic()
        self._send_event = send
        size = settings.resolution or judged.settings.resolution
        self._edit_settings = replace(judged.settings, seed=settings.seed, resolution=size, turbo=False)
        self._done = 0
        self._is_complete = True

    def run(self) -> JudgingFinished:
        """Judges everything, sends the results as they come, and returns the last event, which is not sent.

        Raises `OutputNotWritable` or `Cancelled`.
        """
        pairs = list(self._judged_pairs())
        photos = sum(
            self._edited_photo(number, Path(path)) for number, path in enumerate(self._settings.photos)
        )
        old = self._judged_old_edits()
        counted, known = [each for each in pairs if each.is_judged], [each for each in old if each.tried]
        finished = JudgingFinished(
            pairs=len(counted),
            following=sum(each.follows for each in counted),
            held_back=self._judged.held_back,
            photos=photos,
            old=len(known),
            working=sum(each.works for each in known),
            complete=self._is_complete,
            step=self._judged.step,
            strength=self._settings.strength,
            seconds=round(time.monotonic() - self._started, 1),
            judgement=str(self._judgement.folder / FILE),
        )
        self._judgement.write(finished)
        return finished

    def _judged_pairs(self) -> Iterator[PairJudged]:
        for number, pair in enumerate(self._judged.pairs):
            if number and self._is_late(share=0.5):
                return
            try:
                original, wanted = open_pair(pair)
            except EngineError as error:
                self._warn(error)
                continue
            event = self._judged_pair(number, pair, original, wanted)
            self._add(event)
            yield event

    def _judged_pair(self, number: int, pair: Pair, original: Image.Image, wanted: Image.Image) -> PairJudged:
        picture = read_picture(self._judged.base.model, original, self._edit_settings)
        goal = from_frame(to_frame(wanted, picture.frame), picture.frame)
        base, trained = self._both(picture, pair.instruction)
        source_pixels, wanted_pixels, *made = map(unit_pixels, (picture.image, goal, base, trained))
        verdict = judge_pair(source_pixels, wanted_pixels, *made)
        images = {"source": picture.image, "wanted": goal, "base": base, "trained": trained}
        compared = {"source": source_pixels, "base": made[0], "trained": made[1]}
        values: dict[str, Any] = {
            **self._saved(f"pair-{number}", images),
            **{f"psnr_{name}": round(psnr(pixels, wanted_pixels), 2) for name, pixels in compared.items()},
            **{f"ssim_{name}": round(ssim(pixels, wanted_pixels), 4) for name, pixels in compared.items()},
        }
        return PairJudged(
            number=number,
            name=pair.name,
            instruction=pair.instruction,
            follows=verdict.follows,
            is_judged=verdict.is_judged,
            held_back=self._judged.held_back,
            **values,
        )

    def _edited_photo(self, number: int, path: Path) -> bool:
        """Edits a photo of the user's; returns whether it could be opened."""
        instruction = self._settings.instruction or "".join(self._new)
        try:
            photo = flattened(open_photo(path))
        except EngineError as error:
            self._warn(error)
            return False
        picture = read_picture(self._judged.base.model, photo, self._edit_settings)
        base, trained = self._both(picture, instruction)
        images = {"source": picture.image, "base": base, "trained": trained}
        self._add(
            PhotoEdited(
                number=number,
                photo=str(path),
                instruction=instruction,
                **self._saved(f"photo-{number}", images),
            )
        )
        return True

    def _judged_old_edits(self) -> list[OldEditJudged]:
        """Tries every known edit on the same few photos; the start model makes all of them first."""
        pictures = self._old_pictures
        if not (pictures and self._known):
            return []
        made = [
            {text: self._edit(self._judged.base, each, text) for text in self._known} for each in pictures
        ]
        references = [
            OldEdits(
                unit_pixels(picture.image),
                {text: unit_pixels(image) for text, image in results.items()},
                [unit_pixels(self._judged.trained.edit(picture, text)) for text in self._new],
            )
            for picture, results in zip(pictures, made, strict=True)
        ]
        return [
            self._judged_old(number, instruction, pictures, made, references)
            for number, instruction in enumerate(self._known)
        ]

    def _judged_old(
        self,
        number: int,
        instruction: str,
        pictures: Sequence[Picture],
        made: Sequence[dict[str, Image.Image]],
        references: Sequence[OldEdits],
    ) -> OldEditJudged:
        verdicts: list[bool] = []
        for place, (picture, old) in enumerate(zip(pictures, references, strict=True)):
            trained = self._edit(self._judged.trained, picture, instruction)
            if place == 0:
                base = made[place][instruction]
                images = {"source": picture.image, "base": base, "trained": trained}
            if old.is_known(instruction):
                verdicts.append(old.works(instruction, unit_pixels(trained)))
        event = OldEditJudged(
            instruction=instruction,
            tried=len(verdicts),
            works=still_works(verdicts),
            **self._saved(f"old-{number}", images),
        )
        self._add(event)
        return event

    @cached_property
    def _known(self) -> list[str]:
        """The old edits that are tried: all, or as many as the time is enough for, which one edit shows."""
        known = list(self._judged.known)
        if not (known and self._settings.minutes and self._old_pictures):
            return known
        started = time.monotonic()
        self._judged.base.edit(self._old_pictures[0], known[0])
        edits = (60 * self._settings.minutes - (started - self._started)) / (time.monotonic() - started)
        chosen = evenly_spread(known, max(FEWEST_EDITS, int(edits / 2 / len(self._old_pictures))))
        self._is_complete &= len(chosen) == len(known)
        return chosen

    @property
    def _new(self) -> tuple[str, ...]:
        """The first instruction of the training."""
        return self._judged.instructions[:1]

    @cached_property
    def _old_pictures(self) -> list[Picture]:
        """The photos of held-back pairs, else of the user, else those that the program ships."""
        settings = replace(self._edit_settings, resolution=self._settings.old_resolution)
        found: list[Picture] = []
        for photo in self._old_photos():
            if len(found) == self._settings.old_photos:
                break
            found.append(read_picture(self._judged.base.model, photo, settings))
        return found

    def _old_photos(self) -> Iterator[Image.Image]:
        for pair in self._judged.pairs:
            try:
                yield open_pair(pair)[0]
            except EngineError:
                continue
        samples = sorted((resources_folder() / "samples").glob("*.jpg"))
        for path in (*map(Path, self._settings.photos), *samples):
            try:
                yield flattened(open_photo(path))
            except EngineError:
                continue

    def _both(self, picture: Picture, instruction: str) -> tuple[Image.Image, Image.Image]:
        """Returns the edits by both models, from the same noise."""
        models = self._judged.base, self._judged.trained
        base, trained = (self._edit(model, picture, instruction) for model in models)
        return base, trained

    def _edit(self, model: ModelEdits, picture: Picture, instruction: str) -> Image.Image:
        image = model.edit(picture, instruction)
        self._done += 1
        self._send_event(JudgingProgressed(done=self._done, total=max(self._done, self._total)))
        return image

    @property
    def _total(self) -> int:
        """The number of edits by both models, as far as it is known before they are made."""
        singles = len(self._judged.pairs) + len(self._settings.photos)
        return 2 * (singles + len(self._judged.known) * self._settings.old_photos)

    def _saved(self, stem: str, images: dict[str, Image.Image]) -> dict[str, str]:
        """Writes images as `STEM-NAME`; returns their files by name."""
        return {name: self._judgement.save_image(f"{stem}-{name}", image) for name, image in images.items()}

    def _is_late(self, share: float = 1.0) -> bool:
        """Returns whether this share of the time is used up; from then on, not all is tried."""
        limit = 60 * self._settings.minutes * share
        is_late = bool(limit) and time.monotonic() - self._started > limit
        self._is_complete &= not is_late
        return is_late

    def _warn(self, error: EngineError) -> None:
        log.warning("%s", error)
        self._send_event(WarningRaised.of("dataset", error.report()))

    def _add(self, event: Event) -> None:
        self._judgement.add(event)
        self._send_event(event)
