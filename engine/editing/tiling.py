"""A VAE's work on a large picture in overlapping tiles, so that memory depends on the tile alone.

The tiles of diffusers take `AutoencoderTiny` to shrink by eight whatever its configuration says; these
ask the VAE's own factor. A VAE whose layers look at the whole picture (group normalisation, attention)
gives tiles of slightly different tone, which the overlap blends.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import torch
from torch import Tensor

OVERLAP = 0.25
"""Share of a tile's side that it has in common with the next."""


def in_tiles(
    work: Callable[[Tensor], Tensor], whole: Tensor, *, tile: int, unit: int, made_unit: int
) -> Tensor:
    """What `work` makes of `whole` (B, C, H, W), made tile by tile and blended.

    `tile` is a side in latents; `unit` and `made_unit` are the sides of one latent in `whole` and in
    what `work` makes of it, 1 for latents and the VAE's factor for pixels.
    """
    height, width = whole.shape[-2] // unit, whole.shape[-1] // unit
    if max(height, width) <= tile:
        return work(whole)
    overlap = round(tile * OVERLAP)
    sums: Tensor | None = None
    weights = whole.new_zeros(1, 1, height * made_unit, width * made_unit)
    for top, left in product(_starts(height, tile, overlap), _starts(width, tile, overlap)):
        made = work(_window(whole, top, left, tile, unit))
        if sums is None:
            sums = made.new_zeros(*made.shape[:2], *weights.shape[2:])
        weight = _weight(made, overlap * made_unit)
        _window(sums, top, left, tile, made_unit).add_(made * weight)
        _window(weights, top, left, tile, made_unit).add_(weight)
    assert sums is not None
    return sums / weights


def _starts(length: int, tile: int, overlap: int) -> list[int]:
    """Where tiles begin along a side; the last one ends with it."""
    if length <= tile:
        return [0]
    return [*range(0, length - tile, tile - overlap), length - tile]


def _window(whole: Tensor, top: int, left: int, tile: int, unit: int) -> Tensor:
    return whole[..., top * unit : (top + tile) * unit, left * unit : (left + tile) * unit]


def _weight(made: Tensor, overlap: int) -> Tensor:
    """Weights (1, 1, h, w) of a tile: 1 inside, falling towards every edge over the overlap."""
    sides = []
    for length in made.shape[-2:]:
        distance = torch.arange(1, length + 1, device=made.device, dtype=made.dtype)
        sides.append((torch.minimum(distance, distance.flip(0)) / overlap).clamp(max=1))
    return (sides[0][:, None] * sides[1])[None, None]
