"""What a training step is fed with.

Every batch follows from its number alone, so a resumed run sees just what an unbroken one would have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset


@dataclass(frozen=True, slots=True)
class Batch:
    """B examples, as pixels (B, 3, h, w) from -1 to 1 or as unscaled latents (B, C, H, W)."""

    original: Tensor
    edited: Tensor
    instructions: list[str]
    is_latents: bool = False


class Examples(Protocol):
    """A source of batches."""

    size: int
    """Pairs it draws from; 0 if they are made endlessly."""

    def batch(self, number: int) -> Batch:
        """The batch of this number, counted from 0; always the same."""


class _Numbered(Dataset[Batch]):
    def __init__(self, examples: Examples) -> None:
        self.examples = examples

    def __getitem__(self, number: int) -> Batch:
        return self.examples.batch(number)


def _one_thread(worker: int) -> None:
    torch.set_num_threads(1)


def batches_from(examples: Examples, first: int, end: int, workers: int) -> Iterator[Batch]:
    """The batches from number `first` up to `end`, made ahead by worker processes."""
    loader = DataLoader(
        _Numbered(examples),
        sampler=range(first, end),
        batch_size=None,
        num_workers=workers,
        worker_init_fn=_one_thread,
    )
    return iter(loader)
