"""Finds the pairs of a run by its settings."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from engine.progress import CancelToken
from trainer.config import TrainingConfig
from trainer.datasets.columns import ColumnNames
from trainer.datasets.finding import find_pairs
from trainer.datasets.pairs import PairSet, Source
from trainer.datasets.repairs.repaired_pairs import repaired_pairs
from trainer.datasets.repairs.repairs_file import read_repairs

log = logging.getLogger(__name__)

USUAL_EDITED, USUAL_INSTRUCTION = "edited", "edit"
"""Values of NeMo's `first_stage_key` and `cond_stage_key` that stand for the dataset's own column names."""


def sources_of(config: TrainingConfig) -> list[Source]:
    """Returns the datasets of a run with their weights."""
    data = config.data
    if not data.weights:
        return [Source(path) for path in data.paths]
    return [Source(path, weight) for path, weight in zip(data.paths, data.weights, strict=True)]


def columns_of(config: TrainingConfig) -> ColumnNames:
    """Returns the column names in the settings, including those under NeMo's keys."""
    columns, model = config.data.columns, config.model
    edited = "" if model.first_stage_key == USUAL_EDITED else model.first_stage_key
    instruction = "" if model.cond_stage_key == USUAL_INSTRUCTION else model.cond_stage_key
    return ColumnNames(
        columns.original,
        columns.edited or edited,
        columns.instruction or instruction,
        columns.inverse_instruction,
    )


def find_training_pairs(config: TrainingConfig, cancel: CancelToken | None = None) -> PairSet:
    """Returns the pairs of a run's datasets, repaired; opens no image.

    Raises `DatasetNotUsable`, `RepairsNotUsable` or `Cancelled`.
    """
    repairs = [read_repairs(file) if file else None for file in config.data.repair_files]
    found = find_pairs(
        sources_of(config), columns_of(config), instruction=config.data.instruction, cancel=cancel
    )
    if repairs:
        found = repaired_pairs(found, repairs)
    for problem in found.problems:
        log.warning("Left out: %s", problem)
    return _with_wordings(found, config.data.wordings)


def _with_wordings(found: PairSet, wordings: Sequence[str]) -> PairSet:
    """Returns the pairs with other wordings of their instructions, each once."""
    if not wordings:
        return found
    return found.with_pairs(
        [
            replace(pair, instructions=tuple(dict.fromkeys((*pair.instructions, *wordings))))
            for pair in found.pairs
        ]
    )
