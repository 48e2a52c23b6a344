"""Datasets of edits: finding their pairs, looking into them, dividing them, and cutting batches from them.

Finding needs no picture opened and imports nothing heavy, so the window uses it too; `PairExamples`
lives in `trainer.batches.pair_examples`, `split` in `trainer.datasets.splits`.
"""

from __future__ import annotations

from trainer.datasets.columns import ColumnNames
from trainer.datasets.finding import find_pairs
from trainer.datasets.pairs import (
    DatasetLayout,
    DatasetNotUsable,
    Pair,
    PairImage,
    PairSet,
    SkippedEntry,
    SkipReason,
    Source,
)

__all__ = [
    "ColumnNames",
    "DatasetLayout",
    "DatasetNotUsable",
    "Pair",
    "PairImage",
    "PairSet",
    "SkipReason",
    "SkippedEntry",
    "Source",
    "find_pairs",
]
