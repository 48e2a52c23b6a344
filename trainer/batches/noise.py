"""All that is random about an example: follows from the seed and the example's number alone.

So a resumed run draws what an unbroken one would have, and two processes with half the batch draw what
one draws with all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Noise:
    """Random numbers of B examples, on the CPU; uniform ones are from 0 to 1, normal ones of deviation 1."""

    dropout: Tensor
    """(B,), uniform: which conditions are dropped."""
    time: Tensor
    """(B,), uniform: which timestep."""
    offset: Tensor
    """(B, C, 1, 1), normal: what may be added to whole channels of the noise."""
    noise: Tensor | None
    """(B, C, H, W), normal: what the UNet is to tell from the picture; None if the examples bring it."""
    target: Tensor | None
    """(B, C, H, W), normal: where in the VAE's distribution the edited picture is taken from; None if it
    is no distribution."""


def noise_for(
    seed: int,
    first: int,
    count: int,
    shape: Sequence[int],
    *,
    with_noise: bool = True,
    with_target: bool = True,
) -> Noise:
    """The numbers of `count` examples from number `first` on, for latents of `shape` (C, H, W)."""
    size = tuple(shape)
    generators = [_generator(seed, number) for number in range(first, first + count)]
    dropout, time = torch.stack([torch.rand(2, generator=each) for each in generators]).unbind(dim=1)
    offset = _normal((size[0], 1, 1), generators)
    noise = _normal(size, generators) if with_noise else None
    return Noise(dropout, time, offset, noise, _normal(size, generators) if with_target else None)


def _generator(seed: int, number: int) -> torch.Generator:
    # torch's generator on a CPU is seeded by 32 bits, into which NumPy mixes both numbers
    mixed = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    return torch.Generator().manual_seed(mixed)


def _normal(shape: tuple[int, ...], generators: Sequence[torch.Generator]) -> Tensor:
    return torch.stack([torch.randn(shape, generator=each) for each in generators])
