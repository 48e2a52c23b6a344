"""Datasets of edits: finding, checking and dividing their pairs.

Finding pairs opens no image and imports no heavy library, so the window uses it too. `PairExamples` is in
`trainer.batches.pair_examples`, `split` in `trainer.datasets.splits`.
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
