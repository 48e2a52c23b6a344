"""Crops of a pair: both images are cropped at the same place, scaled and mirrored alike."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from trainer.datasets.opening import Size

SMALLEST_AREA = 0.64
"""Least area of a random cut, as a share of the largest possible one."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A crop of an image: its place, and the size that it is scaled to."""

    left: float
    top: float
    width: float
    height: float
    """Place and size are in pixels of the original."""
    size: Size
    """Width and height after scaling."""
    mirrored: bool = False


def random_cut(image_size: Size, size: Size, rng: np.random.Generator, *, mirrored: bool = False) -> Cut:
    """Returns a cut of the aspect ratio of `size`, at a random place and of a random area."""
    return _cut_at(
        image_size, size, math.sqrt(rng.uniform(SMALLEST_AREA, 1)), rng.random(), rng.random(), mirrored
    )


def middle_cut(image_size: Size, size: Size) -> Cut:
    """Returns the largest cut of the aspect ratio of `size` in the middle of an image."""
    return _cut_at(image_size, size, 1.0, 0.5, 0.5, False)


def _cut_at(image_size: Size, size: Size, scale: float, across: float, down: float, mirrored: bool) -> Cut:
    ratio = size[0] / size[1]
    width = min(image_size[0], image_size[1] * ratio) * scale
    height = width / ratio
    return Cut(
        (image_size[0] - width) * across, (image_size[1] - height) * down, width, height, size, mirrored
    )


def cut_out(image: Image.Image, cut: Cut) -> Tensor:
    """Returns the cut as pixels (3, height, width) from -1 to 1."""
    box = (cut.left, cut.top, cut.left + cut.width, cut.top + cut.height)
    pixels = np.asarray(image.resize(cut.size, Image.Resampling.LANCZOS, box=box))
    if cut.mirrored:
        pixels = pixels[:, ::-1]
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float().div_(127.5).sub_(1)
