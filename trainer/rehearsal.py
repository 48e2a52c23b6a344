"""Edits of the start weights' own among the pairs, so that what a model could do before is not forgotten.

A model that is shown one edit alone soon makes it whatever it is asked for. Shown others in between, it
goes on telling them apart ("rehearsal", Robins 1995).
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PIL import Image

from engine.disk_space import not_written
from engine.errors import ImageUnreadable
from engine.library import read_model_card
from engine.progress import CancelToken
from engine.request import EditSettings
from engine.weights import Model
from trainer.config import ConfigNotValid, TrainingConfig
from trainer.datasets import Pair, PairSet, Source
from trainer.datasets.opening import PairNotUsable, open_pair
from trainer.datasets.pairs import Layout
from trainer.datasets.trees import FilePicture
from trainer.events import EventStream
from trainer.training_data import told
from trainer.trial_edits import trial_edit
from trainer.validation import preview_settings

log = logging.getLogger(__name__)

FOLDER = "rehearsal"
STAGE = "rehearsing"


def with_rehearsal(
    config: TrainingConfig,
    train: PairSet,
    model: Model,
    events: EventStream,
    cancel: CancelToken | None = None,
) -> PairSet:
    """The training pairs and, beside them, edits of their photos by `model` as it is before training.

    Those are made like previews, and kept in the run's folder for when the run goes on. Raises
    `ConfigNotValid` if nothing is known to ask for, `OutputNotWritable`, or `Cancelled`.
    """
    asked = config.data.rehearsal
    instructions = asked.instructions or list(read_model_card(model.path).suggestions)
    if not instructions:
        raise ConfigNotValid(
            "data.rehearsal has nothing to ask for: the start weights' card suggests no edits.",
            "List some edits that they can do in data.rehearsal.instructions.",
        )
    practice = _Practice(model, config, cancel or CancelToken())
    tell = told(events, STAGE)
    made = []
    for number, (pair, instruction) in enumerate(_turns(train.pairs, instructions, asked.pairs)):
        try:
            made.append(practice.pair(pair, instruction, source=len(train.sources)))
        except (ImageUnreadable, PairNotUsable) as error:
            log.warning("Not rehearsed: %s", error.message)
        tell(number + 1, asked.pairs)
    return _joined(train, made, practice.folder, asked.share)


def _turns(pairs: tuple[Pair, ...], instructions: list[str], count: int) -> Iterator[tuple[Pair, str]]:
    """So many pairs with an instruction each; every round of the pairs begins with another instruction."""
    for number in range(count):
        turn, place = divmod(number, len(pairs))
        yield pairs[place], instructions[(place + turn) % len(instructions)]


class _Practice:
    """Edits with a model, unless it was done before."""

    def __init__(self, model: Model, config: TrainingConfig, cancel: CancelToken) -> None:
        self.folder = config.run_folder / FOLDER
        self._model, self._cancel = model, cancel
        self._settings: EditSettings = preview_settings(config, model)

    def pair(self, practised: Pair, instruction: str, *, source: int) -> Pair:
        """Raises `ImageUnreadable`, `PairNotUsable`, `OutputNotWritable`, `Cancelled`."""
        named = repr((practised.name, instruction, self._settings, str(self._model.path)))
        stem = hashlib.blake2b(named.encode(), digest_size=10).hexdigest()
        before, after = (self.folder / f"{stem}-{side}.png" for side in ("before", "after"))
        if not after.exists():
            photo, _ = open_pair(practised)
            edited = trial_edit(self._model, photo, instruction, self._settings, cancel=self._cancel)
            _save(photo.resize(edited.size, Image.Resampling.LANCZOS), before)
            _save(edited, after)
        return Pair(FilePicture(before), FilePicture(after), (instruction,), after.name, source=source)


def _joined(train: PairSet, made: list[Pair], folder: Path, share: float) -> PairSet:
    """Both, the made ones at this share of all draws."""
    if not made:
        return train
    counts = [sum(pair.source == number for pair in train.pairs) for number in range(len(train.sources))]
    given = [source.weight for source in train.sources]
    weights = counts if any(weight is None for weight in given) else given
    whole = sum(weight or 0 for weight in weights)
    sources = [
        replace(source, weight=(weight or 0) / whole * (1 - share))
        for source, weight in zip(train.sources, weights, strict=True)
    ]
    return replace(
        train,
        sources=(*sources, Source(folder, share)),
        layouts=(*train.layouts, Layout.NAME_ENDINGS),
        pairs=(*train.pairs, *made),
    )


def _save(picture: Image.Image, path: Path) -> None:
    """Written aside, then renamed. Raises `OutputNotWritable`."""
    aside = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(aside, format="PNG")
        aside.replace(path)
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
