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
    noise: Tensor
    """(B, C, H, W), normal: what the UNet is to tell from the picture."""
    offset: Tensor
    """(B, C, 1, 1), normal: what may be added to whole channels of it."""
    target: Tensor
    """(B, C, H, W), normal: where in the VAE's distribution the edited picture is taken from."""

    def __getitem__(self, rows: slice) -> Noise:
        """Some of the examples."""
        return Noise(
            self.dropout[rows], self.time[rows], self.noise[rows], self.offset[rows], self.target[rows]
        )


def noise_for(seed: int, first: int, count: int, shape: Sequence[int]) -> Noise:
    """The numbers of `count` examples from number `first` on, for latents of `shape` (C, H, W)."""
    drawn = [_draw(seed, number, tuple(shape)) for number in range(first, first + count)]
    return Noise(*(torch.stack(rows) for rows in zip(*drawn, strict=True)))


def _draw(seed: int, number: int, shape: tuple[int, ...]) -> tuple[Tensor, ...]:
    # torch's generator on a CPU is seeded by 32 bits, into which NumPy mixes both numbers
    mixed = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    generator = torch.Generator().manual_seed(mixed)
    dropout, time = torch.rand(2, generator=generator)
    noise = torch.randn(shape, generator=generator)
    offset = torch.randn((shape[0], 1, 1), generator=generator)
    return dropout, time, noise, offset, torch.randn(shape, generator=generator)
