"""Batches of examples, and the loader that makes them ahead.

Every batch follows from its number alone, so a resumed run gets the same batches as an uninterrupted one.
"""

from __future__ import annotations

import math
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import repeat
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torch.utils.data.dataloader import _MultiProcessingDataLoaderIter

from engine.errors import EngineError
from trainer.batches.order import BLOCKS_MIXED
from trainer.datasets.layouts.tables import hold_groups
from trainer.distributed.worker_processes import begin_worker, stop_signals_held


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
    """(B, C, H, W), the standard deviation around `edited` for sampling targets; None without one."""
    embeddings: Tensor | None = None
    """(B, T, D), outputs of the text encoder; None if the instructions are not encoded yet."""
    pooled: Tensor | None = None
    """(B, P), the pooled outputs beside `embeddings` in Stable Diffusion XL."""
    noise: Tensor | None = None
    """(B, C, H, W), the noise from which denoising should yield `edited`; None for random noise."""
    without_image: Tensor | None = None
    """(B,), true for examples without their photo; None if all have it."""
    unusable: tuple[str, ...] = ()
    """Names of pairs that could not be used; others took their place."""

    def __getitem__(self, rows: slice) -> Batch:
        """Returns some of the examples."""
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
        """Returns a copy in pinned memory, from which a GPU can copy asynchronously."""
        pinned = {
            part.name: value.pin_memory()
            for part in fields(self)
            if isinstance(value := getattr(self, part.name), Tensor)
        }
        return replace(self, **pinned)  # type: ignore[arg-type]


class Examples(Protocol):
    """A source of batches."""

    size: int
    """Number of pairs; 0 if they are generated endlessly."""

    def batch(self, number: int) -> Batch:
        """Returns the batch of this number, counted from 0; always the same one."""


@runtime_checkable
class Sharded(Protocol):
    """Examples that are read in shards."""

    shards: int
    """Number of shards; 1 if any worker may make any batch."""

    def shard(self, number: int) -> int:
        """Returns the shard that a batch is read from."""


class _Numbered(Dataset[Batch | EngineError]):
    def __init__(self, examples: Examples) -> None:
        self.examples = examples

    def __getitem__(self, number: int) -> Batch | EngineError:
        try:
            return self.examples.batch(number)
        except EngineError as error:  # raised in a worker, it would arrive as a traceback only
            return error


class _Own:
    """Those of some batches that are read from the shards of one worker."""

    def __init__(self, examples: Sharded, numbers: range, worker: int, workers: int) -> None:
        self._examples, self._numbers, self._worker, self._workers = examples, numbers, worker, workers

    def __iter__(self) -> Iterator[int]:
        shard, workers = self._examples.shard, self._workers
        return (number for number in self._numbers if shard(number) % workers == self._worker)


def _begin_worker(row_groups: int, worker: int) -> None:
    torch.set_num_threads(1)
    hold_groups(row_groups)
    begin_worker()


class LoadedBatches(Iterator[Batch]):
    """The batches that worker processes make ahead. Raises the `EngineError` of one that cannot be made."""

    def __init__(self, loaders: Iterable[DataLoader[Batch | EngineError]], order: Iterator[int]) -> None:
        """`order` tells for each batch which of the loaders makes it."""
        with stop_signals_held():
            self._loaded: list[Iterator[Batch | EngineError]] = [iter(loader) for loader in loaders]
        self._order = order
        # before Python waits at its end for the workers of batches that nobody closed
        self._at_exit = Finalize(None, _kill, (self._workers(),), exitpriority=0)

    def __next__(self) -> Batch:
        made = next(self._loaded[next(self._order)])
        if isinstance(made, EngineError):
            raise made
        return made

    def close(self) -> None:
        """Ends the worker processes, which ignore the request to end that torch sends them at last."""
        self._order = iter(())
        self._at_exit.cancel()
        workers = self._workers()
        while self._loaded:
            loaded = self._loaded.pop()
            if isinstance(loaded, _MultiProcessingDataLoaderIter):
                loaded._shutdown_workers()
        for worker in workers:
            worker.kill()

    def _workers(self) -> list[BaseProcess]:
        return [
            worker
            for loaded in self._loaded
            if isinstance(loaded, _MultiProcessingDataLoaderIter)
            for worker in loaded._workers
        ]


def _kill(workers: list[BaseProcess]) -> None:
    """Ends workers when this process ends; torch would take that for their failure."""
    if workers and hasattr(signal, "SIGCHLD"):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for worker in workers:
        worker.kill()


def batches_from(examples: Examples, first: int, end: int, workers: int, stride: int = 1) -> LoadedBatches:
    """Returns every `stride`-th batch from number `first` up to `end`; each shard is read by one worker."""
    numbers = range(first, end, stride)
    if not isinstance(examples, Sharded) or examples.shards == 1:
        return LoadedBatches([_loader(examples, numbers, workers)], repeat(0))
    row_groups = BLOCKS_MIXED * math.ceil(examples.shards / stride / max(1, workers))
    if workers == 0:
        hold_groups(row_groups)
        return LoadedBatches([_loader(examples, numbers, 0)], repeat(0))
    own = [
        _loader(examples, _Own(examples, numbers, worker, workers), 1, row_groups)
        for worker in range(workers)
    ]
    return LoadedBatches(own, (examples.shard(number) % workers for number in numbers))


def _loader(
    examples: Examples, numbers: Iterable[int], workers: int, row_groups: int = BLOCKS_MIXED
) -> DataLoader[Batch | EngineError]:
    return DataLoader(
        _Numbered(examples),
        sampler=numbers,
        batch_size=None,
        num_workers=workers,
        worker_init_fn=partial(_begin_worker, row_groups),
        pin_memory=torch.cuda.is_available(),
    )
