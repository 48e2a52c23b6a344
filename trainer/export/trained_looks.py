"""The looks of a trained model: what its pairs show, completed by edits of some of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from engine.errors import EngineError
from engine.library import read_model_card
from engine.library.edit_looks import STRONGEST, EditLook
from engine.models.loading import Model
from trainer.config import TrainingConfig
from trainer.datasets import Pair
from trainer.datasets.training_pairs import find_training_pairs
from trainer.export.place_gains import measure_place_gains

log = logging.getLogger(__name__)

MOST_STEPS = 8
"""Steps of an edit on a processor above which the looks are not completed by edits."""


def completed_looks(
    model: Model, looks: Sequence[EditLook], pairs: Sequence[Pair], *, strength: float = 1.0
) -> tuple[EditLook, ...]:
    """Returns the looks of a run's record with the gains of the model as it is, and grain of its strength.

    `pairs` are those of training; without any, or on a processor that would take minutes, no gains are
    measured.
    """
    if strength == 0:  # it edits as the start model does
        return ()
    own = [_of_strength(look, strength) for look in looks]
    settings = read_model_card(model.path).recommended
    if not pairs or (model.unet.device.type == "cpu" and settings.num_inference_steps > MOST_STEPS):
        return tuple(own)
    return tuple(
        replace(
            look,
            gains=measure_place_gains(model, shown, look.instructions[0], settings, strength=strength),
        )
        for look in own
        if (shown := [pair for pair in pairs if pair.instructions == look.instructions])
    )


def pairs_of_looks(config: TrainingConfig, looks: Sequence[EditLook]) -> tuple[Pair, ...]:
    """Returns the pairs of a run, unchecked, if it has looks; none if its dataset is gone."""
    if not looks:
        return ()
    try:
        return find_training_pairs(config).pairs
    except EngineError as error:
        log.warning("The looks are not completed: %s", error)
        return ()


def _of_strength(look: EditLook, strength: float) -> EditLook:
    if look.grain is None or strength == 1:
        return look
    grain = replace(look.grain, strength=min(STRONGEST, strength * look.grain.strength))
    return replace(look, grain=grain)
