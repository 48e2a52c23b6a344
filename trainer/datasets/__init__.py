"""Datasets of edits: finding their pairs, looking into them, dividing them, and cutting batches from them.

Finding needs no picture opened and imports nothing heavy, so the window uses it too; `PairExamples`
lives in `trainer.datasets.examples`, `split` in `trainer.datasets.splits`.
"""

from __future__ import annotations

from trainer.datasets.columns import ColumnNames
from trainer.datasets.finding import find_pairs
from trainer.datasets.pairs import DatasetNotUsable, Layout, Pair, PairSet, Picture, Reason, Skipped, Source

__all__ = [
    "ColumnNames",
    "DatasetNotUsable",
    "Layout",
    "Pair",
    "PairSet",
    "Picture",
    "Reason",
    "Skipped",
    "Source",
    "find_pairs",
]
