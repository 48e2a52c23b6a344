"""Validation of a run on pairs it never trains on: a loss at fixed noise, and fixed edits as previews."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import torch
from PIL import Image

from engine.edit_settings import EditSettings
from engine.errors import EngineError, OutputNotWritable
from engine.files.atomic import atomic_write
from engine.files.disk_space import not_written
from engine.images.image_files import open_photo
from engine.images.transparency import flattened
from engine.library import read_model_card
from engine.models.loading import Model
from trainer.batches.batch import Batch
from trainer.batches.latents import latent_distribution
from trainer.batches.pair_examples import PairExamples
from trainer.config import TrainingConfig, ValidationConfig
from trainer.datasets import PairSet
from trainer.datasets.opening import open_pair
from trainer.learning import random_states
from trainer.learning.loss import DenoisingLoss
from trainer.learning.precision import choose_precision
from trainer.protocol.events import EventStream, PreviewMade, ValidationFinished
from trainer.validation.trial_edits import evaluating, trial_edit

log = logging.getLogger(__name__)

SEED = 20_230_119
"""Seed of the noise of the val pairs, the same in every validation of every run."""
FOLDER = "previews"
MOST_STEPS = 12
"""Most steps of a preview by default, since previews are made often."""


@dataclass(frozen=True, slots=True)
class FixedEdit:
    """A photo and its instruction, which are edited again in every validation."""

    photo: Image.Image
    instruction: str
    wanted: Image.Image | None = None
    """The edited image of the pair; None for a photo of the user."""
    held_back: bool = False
    """Whether it is a pair that is never trained on."""


Retried = Callable[[Callable[[], None]], None]
"""Does some work, and may do it again after an error."""


class Validation:
    """Validates a model between training steps; the caller has put the averaged weights into it."""

    def __init__(
        self,
        model: Model,
        config: TrainingConfig,
        *,
        batches: Sequence[Batch],
        edits: Sequence[FixedEdit],
        settings: EditSettings,
        events: EventStream,
        retried: Retried | None = None,
    ) -> None:
        """`batches` are the val pairs as pixels; there may be none. `retried` writes previews."""
        self._model, self._config, self._pixels = model, config, batches
        self._edits, self._settings, self._events = edits, settings, events
        self._retried = retried
        self._folder = config.run_folder / FOLDER
        self._dtype, _ = choose_precision(config.trainer.precision, model.unet.device)
        self.best = math.inf

    def measure(self, step: int) -> float | None:
        """Measures and returns the loss of the val pairs; None without val pairs."""
        if not self._pixels:
            return None
        with torch.no_grad(), evaluating(self._model):
            return self._mean_loss(step)

    @cached_property
    def _loss(self) -> DenoisingLoss:
        """The loss without dropped conditions; made late, since training may change the noise schedule."""
        return DenoisingLoss(self._model, replace(self._config.model, conditioning_dropout_prob=0.0))

    @cached_property
    def _batches(self) -> list[Batch]:
        """The val pairs as latents, which do not change during training."""
        return [_encoded(self._model, batch) for batch in self._pixels]

    def _mean_loss(self, step: int) -> float | None:
        """Returns the mean loss of all val pairs, at evenly spread timesteps; None if it is NaN."""
        total, first = 0.0, 0
        count = sum(len(batch.instructions) for batch in self._batches)
        device = self._model.unet.device
        for batch in self._batches:
            size = len(batch.instructions)
            noise = self._loss.noise_of(batch, SEED, first)
            noise = replace(noise, time=(torch.arange(first, first + size) + 0.5) / count)
            with torch.autocast(device.type, self._dtype, enabled=self._dtype != torch.float32):
                total += float(self._loss(batch, noise)) * size
            first += size
        loss = total / count
        if not math.isfinite(loss):
            log.warning("The loss of the val pairs at step %d is not a number", step)
            return None
        is_best, self.best = loss < self.best, min(loss, self.best)
        self._events.send(ValidationFinished(step=step, loss=loss, best=is_best))
        return loss

    def preview(self, step: int) -> None:
        """Makes the fixed edits and saves them in the run folder, from the same noise every time.

        The random numbers of training stay what they would have been. If the disk is full although `retried`
        has waited, that is only logged.
        """
        before = random_states.capture()
        try:
            with torch.no_grad(), evaluating(self._model):
                for number, edit in enumerate(self._edits):
                    self._events.send(self._previewed(step, number, edit))
        except OutputNotWritable as error:
            log.warning("The previews of step %d could not be written: %s", step, error)
        finally:
            random_states.restore(before)

    def _previewed(self, step: int, number: int, edit: FixedEdit) -> PreviewMade:
        """Makes a fixed edit, and writes it and what it is compared with. Raises `OutputNotWritable`."""
        edited = trial_edit(self._model, edit.photo, edit.instruction, self._settings, autocast=self._dtype)
        source, path = photo_file(self._folder, number), edit_file(self._folder, number, step)
        wanted = wanted_file(self._folder, number) if edit.wanted is not None else None
        for image, file in ((edit.photo, source), (edit.wanted, wanted)):
            if image is not None and file is not None and not file.exists():
                self._save(image.resize(edited.size, Image.Resampling.LANCZOS), file)
        self._save(edited, path)
        return PreviewMade(
            step=step,
            number=number,
            instruction=edit.instruction,
            source=str(source),
            edited=str(path),
            kind="photo" if wanted is None else "pair",
            wanted="" if wanted is None else str(wanted),
            held_back=edit.held_back,
        )

    def _save(self, image: Image.Image, path: Path) -> None:
        if self._retried is None:
            _save(image, path)
        else:
            self._retried(partial(_save, image, path))

    @property
    def instructions(self) -> list[str]:
        """The instructions of the fixed edits, in order."""
        return [edit.instruction for edit in self._edits]


def make_validation(
    model: Model,
    config: TrainingConfig,
    val: PairSet,
    train: PairSet,
    events: EventStream,
    retried: Retried | None = None,
) -> Validation | None:
    """Returns the validation of a run; None if it never validates, or without val pairs and fixed edits.

    Without val pairs, training pairs are edited for the previews. `retried` writes previews.
    """
    if not config.trainer.val_check_interval and not config.validation.every_minutes:
        return None
    shown, count = val if val.pairs else train, config.validation.edits
    edits = [*_pair_edits(shown, count, held_back=bool(val.pairs)), *_own_edits(config.validation)]
    is_measured = bool(val.pairs) and config.trainer.val_check_interval > 0
    batches = _val_batches(model, config, val) if is_measured else []
    if not edits and not batches:
        return None
    settings = preview_settings(config, model)
    return Validation(
        model, config, batches=batches, edits=edits, settings=settings, events=events, retried=retried
    )


def photo_file(folder: Path, number: int) -> Path:
    """Returns the file of a fixed edit's photo."""
    return folder / f"photo-{number}.png"


def wanted_file(folder: Path, number: int) -> Path:
    """Returns the file of the edited image of a fixed edit's pair."""
    return folder / f"wanted-{number}.png"


def edit_file(folder: Path, number: int, step: int) -> Path:
    """What became of it at a step."""
    return folder / f"step-{step:08d}-{number}.png"


def preview_settings(config: TrainingConfig, model: Model) -> EditSettings:
    """Returns the settings of previews: the configured ones, else those that the card recommends."""
    own, recommended = config.validation, read_model_card(model.path).recommended
    text, image = own.text_guidance_scale, own.image_guidance_scale
    return replace(
        recommended,
        num_inference_steps=own.steps or min(recommended.num_inference_steps, MOST_STEPS),
        text_guidance_scale=recommended.text_guidance_scale if text is None else text,
        image_guidance_scale=recommended.image_guidance_scale if image is None else image,
        resolution=max(64, own.resolution or config.data.resolution),
        turbo=False,
    )


def _val_batches(model: Model, config: TrainingConfig, val: PairSet) -> list[Batch]:
    """Returns each val pair once, up to `trainer.limit_val_batches` batches, never mirrored."""
    size = min(config.model.micro_batch_size, len(val.pairs))
    # with weights, some pairs would be drawn twice and others never
    unweighted = replace(val, sources=tuple(replace(source, weight=None) for source in val.sources))
    examples = PairExamples(
        unweighted,
        resolution=config.data.resolution,
        flip=False,
        batch_size=size,
        seed=SEED,
        size_multiple=model.size_multiple,
    )
    count = min(examples.size, size * config.trainer.limit_val_batches)
    # the last batch may be smaller; its other draws would be pairs that are measured already
    return [examples.batch(first // size)[slice(count - first)] for first in range(0, count, size)]


def _encoded(model: Model, batch: Batch) -> Batch:
    pixels = (batch.original, batch.edited)
    original, _ = latent_distribution(model.vae, pixels[0].to(model.vae.device))
    edited, deviation = latent_distribution(model.vae, pixels[1].to(model.vae.device))
    return replace(batch, original=original, edited=edited, edited_std=deviation, is_latents=True)


def _pair_edits(pairs: PairSet, count: int, *, held_back: bool) -> list[FixedEdit]:
    """Returns edits of evenly spread pairs; a pair that cannot be read is logged and left out."""
    edits = []
    for number in range(min(count, len(pairs.pairs))):
        pair = pairs.pairs[number * len(pairs.pairs) // min(count, len(pairs.pairs))]
        try:
            original, edited = open_pair(pair)
        except EngineError as error:
            log.warning("No preview of %s: %s", pair.name, error)
        else:
            edits.append(FixedEdit(original, pair.instruction, edited, held_back))
    return edits


def _own_edits(config: ValidationConfig) -> list[FixedEdit]:
    """Returns edits of the user's own photos; a photo that cannot be read is logged and left out."""
    edits = []
    for path, instruction in zip(config.photos, config.instructions, strict=True):
        try:
            edits.append(FixedEdit(flattened(open_photo(Path(path))), instruction))
        except EngineError as error:
            log.warning("No preview of %s: %s", path, error)
    return edits


def _save(image: Image.Image, path: Path) -> None:
    """Saves an image as PNG. Raises `OutputNotWritable`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as temporary:
            image.save(temporary, format="PNG")
    except OSError as error:
        raise not_written(path, error) from error
