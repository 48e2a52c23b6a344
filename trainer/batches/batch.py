"""What a training step is fed with.

Every batch follows from its number alone, so a resumed run sees just what an unbroken one would have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Protocol

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from engine.errors import EngineError


@dataclass(frozen=True, slots=True)
class Batch:
    """B examples, as pixels (B, 3, h, w) from -1 to 1 or as unscaled latents (B, C, H, W)."""

    original: Tensor
    """As latents: the mode of the VAE's distribution."""
    edited: Tensor
    """As latents: the mean of the VAE's distribution."""
    instructions: list[str]
    is_latents: bool = False
    edited_std: Tensor | None = None
    """(B, C, H, W), the deviation around `edited` to sample targets with; None where there is none."""
    embeddings: Tensor | None = None
    """(B, T, D), the instructions as the text encoder gives them; None if they are yet to be encoded."""
    pooled: Tensor | None = None
    """(B, P) beside `embeddings` in Stable Diffusion XL."""
    noise: Tensor | None = None
    """(B, C, H, W), the noise from which denoising is to come to `edited`; None if any will do."""
    without_image: Tensor | None = None
    """(B,), true for examples that come without their photo; None if all have it."""

    def __getitem__(self, rows: slice) -> Batch:
        """Some of the examples."""
        return replace(
            self,
            original=self.original[rows],
            edited=self.edited[rows],
            instructions=self.instructions[rows],
            edited_std=None if self.edited_std is None else self.edited_std[rows],
            embeddings=None if self.embeddings is None else self.embeddings[rows],
            pooled=None if self.pooled is None else self.pooled[rows],
            noise=None if self.noise is None else self.noise[rows],
            without_image=None if self.without_image is None else self.without_image[rows],
        )

    def pin_memory(self) -> Batch:
        """The same in memory that a GPU can copy from while other work goes on."""
        pinned = {
            part.name: value.pin_memory()
            for part in fields(self)
            if isinstance(value := getattr(self, part.name), Tensor)
        }
        return replace(self, **pinned)  # type: ignore[arg-type]


class Examples(Protocol):
    """A source of batches."""

    size: int
    """Pairs it draws from; 0 if they are made endlessly."""

    def batch(self, number: int) -> Batch:
        """The batch of this number, counted from 0; always the same."""


class _Numbered(Dataset[Batch | EngineError]):
    def __init__(self, examples: Examples) -> None:
        self.examples = examples

    def __getitem__(self, number: int) -> Batch | EngineError:
        try:
            return self.examples.batch(number)
        except EngineError as error:  # raised from a worker, its words would be lost in a traceback
            return error


def _one_thread(worker: int) -> None:
    torch.set_num_threads(1)


def batches_from(examples: Examples, first: int, end: int, workers: int, stride: int = 1) -> Iterator[Batch]:
    """Every `stride`-th batch from number `first` up to `end`, made ahead by worker processes.

    The iterator raises the `EngineError` of the batch that cannot be made.
    """
    loader = DataLoader(
        _Numbered(examples),
        sampler=range(first, end, stride),
        batch_size=None,
        num_workers=workers,
        worker_init_fn=_one_thread,
        pin_memory=torch.cuda.is_available(),
    )
    return map(_batch_or_raise, iter(loader))


def _batch_or_raise(made: Batch | EngineError) -> Batch:
    if isinstance(made, EngineError):
        raise made
    return made
