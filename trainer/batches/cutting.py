"""Where a pair is cut: both pictures at the same place, scaled alike, mirrored alike or not at all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from trainer.datasets.opening import Size

SMALLEST_AREA = 0.64
"""Least share of the largest possible cut that a random one shows."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A place in a picture, and what becomes of it."""

    left: float
    top: float
    width: float
    height: float
    """In pixels of the original."""
    size: Size
    """Width and height that it is scaled to."""
    mirrored: bool = False


def random_cut(picture: Size, size: Size, rng: np.random.Generator, *, mirrored: bool = False) -> Cut:
    """A cut of the shape of `size` anywhere in a picture, of a random area."""
    return _cut_at(
        picture, size, math.sqrt(rng.uniform(SMALLEST_AREA, 1)), rng.random(), rng.random(), mirrored
    )


def middle_cut(picture: Size, size: Size) -> Cut:
    """The largest cut of the shape of `size` in the middle of a picture."""
    return _cut_at(picture, size, 1.0, 0.5, 0.5, False)


def _cut_at(picture: Size, size: Size, scale: float, across: float, down: float, mirrored: bool) -> Cut:
    ratio = size[0] / size[1]
    width = min(picture[0], picture[1] * ratio) * scale
    height = width / ratio
    return Cut((picture[0] - width) * across, (picture[1] - height) * down, width, height, size, mirrored)


def cut_out(picture: Image.Image, cut: Cut) -> Tensor:
    """The cut as pixels (3, height, width) from -1 to 1."""
    box = (cut.left, cut.top, cut.left + cut.width, cut.top + cut.height)
    pixels = np.asarray(picture.resize(cut.size, Image.Resampling.LANCZOS, box=box))
    if cut.mirrored:
        pixels = pixels[:, ::-1]
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float().div_(127.5).sub_(1)
