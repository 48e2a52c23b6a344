"""The random numbers of an example, which follow from the seed and the example's number alone.

So a resumed run draws the same numbers as an uninterrupted one, and two processes with half the batch draw
the same numbers as one process with all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Noise:
    """Random numbers of B examples on the CPU: uniform from 0 to 1, or normal with mean 0 and deviation 1."""

    dropout: Tensor
    """(B,), uniform: choose the conditions that are dropped."""
    time: Tensor
    """(B,), uniform: choose the timestep."""
    offset: Tensor
    """(B, C, 1, 1), normal: the noise offset of whole channels."""
    noise: Tensor | None
    """(B, C, H, W), normal: the noise that is added to the latents; None if the examples contain it."""
    target: Tensor | None
    """(B, C, H, W), normal: sample the latents of the edited image from the VAE's distribution; None if the
    VAE is deterministic."""


def noise_for(
    seed: int,
    first: int,
    count: int,
    shape: Sequence[int],
    *,
    with_noise: bool = True,
    with_target: bool = True,
) -> Noise:
    """Returns the numbers of `count` examples from number `first` on, for latents of `shape` (C, H, W)."""
    size = tuple(shape)
    generators = [_generator(seed, number) for number in range(first, first + count)]
    dropout, time = torch.stack([torch.rand(2, generator=each) for each in generators]).unbind(dim=1)
    offset = _normal((size[0], 1, 1), generators)
    noise = _normal(size, generators) if with_noise else None
    return Noise(dropout, time, offset, noise, _normal(size, generators) if with_target else None)


def _generator(seed: int, number: int) -> torch.Generator:
    # torch's CPU generator takes a seed of 32 bits, into which NumPy mixes both numbers
    mixed = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    return torch.Generator().manual_seed(mixed)


def _normal(shape: tuple[int, ...], generators: Sequence[torch.Generator]) -> Tensor:
    return torch.stack([torch.randn(shape, generator=each) for each in generators])
