"""Training by several processes on one machine, as `torchrun` starts them: each makes its own batches.

On a processor two processes with one thread each are faster than one with two threads, and the mean of their
gradients is that of a batch twice as large.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import torch
from torch import Tensor, distributed

PATIENCE = timedelta(hours=1)
"""How long the others wait for the first process, which also measures."""


@contextmanager
def joined_processes() -> Iterator[None]:
    """Joins the processes that `torchrun` started; does nothing without it."""
    if "WORLD_SIZE" not in os.environ:
        yield
        return
    distributed.init_process_group("gloo", timeout=PATIENCE)
    try:
        yield
    finally:
        distributed.destroy_process_group()


def process_number() -> int:
    """Returns the number of this process, from 0; the first one saves and measures."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def process_count() -> int:
    """Returns how many processes train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def wait_for_all() -> None:
    """Returns once all processes have come so far."""
    if distributed.is_initialized():
        distributed.barrier()


def averaged(weights: Sequence[Tensor], counts: Sequence[float]) -> list[float]:
    """Replaces the gradients of the weights by their mean over all processes; returns the sums of counts."""
    if process_count() == 1:
        return list(counts)
    gradients = [
        torch.zeros_like(weight) if weight.grad is None else weight.grad.contiguous() for weight in weights
    ]
    flat = torch.cat([*(gradient.flatten() for gradient in gradients), torch.tensor(counts)])
    distributed.all_reduce(flat)
    sums = flat[len(flat) - len(counts) :].tolist()
    flat /= process_count()
    first = 0
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = flat[first : first + gradient.numel()].view_as(gradient)
        first += gradient.numel()
    return sums
