"""Runs a VAE on a large image in overlapping tiles, so that memory depends only on the size of a tile.

The tiles of diffusers assume a factor of 8 for `AutoencoderTiny` whatever its configuration; these use the
VAE's own factor. A VAE whose layers depend on the whole image (group normalisation, attention) gives tiles of
slightly different tone, which the overlap blends.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import torch
from torch import Tensor

OVERLAP = 0.25
"""Share of a tile's side that overlaps with the next tile."""


def in_tiles(
    work: Callable[[Tensor], Tensor], whole: Tensor, *, tile: int, unit: int, output_unit: int
) -> Tensor:
    """The result of `work` on `whole` (B, C, H, W), computed tile by tile and blended.

    `tile` is a side in latents; `unit` and `output_unit` are the side of one latent in the input and in the
    output of `work`: 1 for latents, the VAE's factor for pixels.
    """
    height, width = whole.shape[-2] // unit, whole.shape[-1] // unit
    if max(height, width) <= tile:
        return work(whole)
    overlap = round(tile * OVERLAP)
    sums: Tensor | None = None
    weights = whole.new_zeros(1, 1, height * output_unit, width * output_unit)
    for top, left in product(_starts(height, tile, overlap), _starts(width, tile, overlap)):
        output = work(_window(whole, top, left, tile, unit))
        if sums is None:
            sums = output.new_zeros(*output.shape[:2], *weights.shape[2:])
        weight = _weight(output, overlap * output_unit)
        _window(sums, top, left, tile, output_unit).add_(output * weight)
        _window(weights, top, left, tile, output_unit).add_(weight)
    assert sums is not None
    return sums / weights


def _starts(length: int, tile: int, overlap: int) -> list[int]:
    """The starts of the tiles along a side; the last tile ends with the side."""
    if length <= tile:
        return [0]
    return [*range(0, length - tile, tile - overlap), length - tile]


def _window(whole: Tensor, top: int, left: int, tile: int, unit: int) -> Tensor:
    return whole[..., top * unit : (top + tile) * unit, left * unit : (left + tile) * unit]


def _weight(output: Tensor, overlap: int) -> Tensor:
    """Weights (1, 1, h, w) of a tile: 1 inside, decreasing linearly to every edge over the overlap."""
    sides = []
    for length in output.shape[-2:]:
        distance = torch.arange(1, length + 1, device=output.device, dtype=output.dtype)
        sides.append((torch.minimum(distance, distance.flip(0)) / overlap).clamp(max=1))
    return (sides[0][:, None] * sides[1])[None, None]
