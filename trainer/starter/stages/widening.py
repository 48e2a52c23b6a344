"""Widens a network while preserving its function (Chen, Goodfellow, Shlens 2016, Net2Net).

Every channel of a widened level becomes two adjacent ones, so that they stay in the same normalisation group.
The next layer's weight is divided between the two in random shares, so that they soon learn different
features.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

SHARES = (0.3, 0.7)
"""Range of the share of an old weight that the first of two channels gets."""


@torch.no_grad()
def widen(thin: nn.Module, wide: nn.Module, *, seed: int = 0) -> None:
    """Copies the weights of `thin` into `wide`, which has the same layers and up to twice the channels.

    Both compute the same function, except where a normalisation spans doubled and other channels. Raises
    `ValueError` for networks that differ otherwise.
    """
    generator = torch.Generator().manual_seed(seed)
    old, new = thin.state_dict(), wide.state_dict()
    if old.keys() != new.keys():
        raise ValueError("The two networks do not have the same layers.")
    for name, weight in new.items():
        # a projection to scale and shift has twice the channels
        halves = 2 if "time_emb_proj" in name else 1
        parts = zip(old[name].chunk(halves), weight.chunk(halves), strict=True)
        for thin_part, wide_part in parts:
            wide_part.copy_(_widened(thin_part, wide_part.shape, generator))


def _widened(weight: Tensor, shape: torch.Size, generator: torch.Generator) -> Tensor:
    """Returns the weight in a new shape: outputs are repeated, inputs divided."""
    for dim in range(min(2, weight.dim())):
        added = shape[dim] - weight.shape[dim]
        if not 0 <= added <= weight.shape[dim]:
            raise ValueError("The wide network must have up to twice the channels of the thin one.")
        if not added:
            continue
        # where channels of two levels are concatenated, those of the higher level are last
        kept = weight.narrow(dim, 0, weight.shape[dim] - added)
        doubled = weight.narrow(dim, weight.shape[dim] - added, added)
        pairs = doubled.repeat_interleave(2, dim)
        if dim == 1:
            low, high = SHARES
            first = low + (high - low) * torch.rand(added, generator=generator)
            shares = torch.stack([first, 1 - first], dim=1).flatten()
            pairs = pairs * shares.view(1, -1, *[1] * (weight.dim() - 2)).to(pairs)
        weight = torch.cat([kept, pairs], dim)
    return weight
