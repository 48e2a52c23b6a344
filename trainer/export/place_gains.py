"""Measures how a trained model differs from its pairs in each part of the photo.

A model is trained on parts of photos, and does not see where in the photo they lie: of a vignette it learns
the mean. So some training pairs are edited as a whole. The mean ratio of their edited images to the results,
in each of some hundred parts, is stored with the model, if it brings nearer the pairs that were left out in
measuring it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.edit_settings import EditSettings
from engine.errors import EngineError
from engine.library.edit_looks import LARGEST_GAIN, PLACES, PlaceGains
from engine.models.loading import Model
from trainer.datasets import Pair
from trainer.datasets.opening import open_pair
from trainer.validation.trial_edits import trial_edit

log = logging.getLogger(__name__)

Plane = NDArray[np.float64]

PAIRS_EDITED, LEAST_PAIRS = 8, 4
LONGEST_S = 120.0
"""Seconds that the edits may take; who stops a run waits for its model."""
PART = 4
"""Pixels to each side of a part, in the small images that are compared."""
PRIOR = 0.02
"""How strongly the gains tend to 1, as a share of the mean of the squared levels."""
LEAST_HELP, HELPED = 0.8, 2 / 3
"""The share of the squared error that may remain in pairs that were left out, and of how many pairs."""


def measure_place_gains(
    model: Model,
    pairs: Sequence[Pair],
    instruction: str,
    settings: EditSettings,
    *,
    strength: float = 1.0,
) -> PlaceGains:
    """Returns the gains for one edit, of this strength of the training; empty if they do not help.

    The averaged weights must be in the model. Pairs that cannot be read are left out. Of a model whose edits
    would take longer than `LONGEST_S` seconds, by the first of them, no gains are measured.
    """
    count = min(PAIRS_EDITED, len(pairs))
    compared = []
    started = monotonic()
    for number in range(count):
        pair = pairs[number * len(pairs) // count]
        try:
            original, edited = open_pair(pair)
        except EngineError as error:
            log.info("%s is not compared: %s", pair.name, error)
            continue
        result = _small(trial_edit(model, original, instruction, settings))
        before, after = _small(original), _small(edited)
        compared.append((result, before + strength * (after - before)))
        if len(compared) == 1 and (monotonic() - started) * count > LONGEST_S:
            log.info("An edit takes long here; gains by place are not measured.")
            return ()
    if len(compared) < LEAST_PAIRS or not _helps(compared):
        return ()
    gains = fitted_gains(compared).round(4).tolist()
    return tuple(tuple(tuple(place) for place in row) for row in gains)


def fitted_gains(compared: Sequence[tuple[Plane, Plane]]) -> Plane:
    """Returns the gains (PLACES, PLACES, 3) from small images of results to those of the edited images."""
    shared = np.sum([_sums(result * edited) for result, edited in compared], axis=0)
    squares = np.sum([_sums(result * result) for result, _ in compared], axis=0)
    prior = PRIOR * squares.mean()
    gains: Plane = (shared + prior) / (squares + prior)
    return gains.clip(0, LARGEST_GAIN)


def _helps(compared: Sequence[tuple[Plane, Plane]]) -> bool:
    helped = 0
    for number, (result, edited) in enumerate(compared):
        others = [*compared[:number], *compared[number + 1 :]]
        gains = np.repeat(np.repeat(fitted_gains(others), PART, axis=0), PART, axis=1)
        before, after = (np.square(levels - edited).mean() for levels in (result, result * gains))
        helped += after < LEAST_HELP * before
    return helped >= HELPED * len(compared)


def _small(image: Image.Image) -> Plane:
    side = PLACES * PART
    return np.asarray(image.resize((side, side), Image.Resampling.BOX), np.float64)


def _sums(levels: Plane) -> Plane:
    """The sums (PLACES, PLACES, 3) of the parts of small images."""
    sums: Plane = levels.reshape(PLACES, PART, PLACES, PART, 3).sum(axis=(1, 3))
    return sums
