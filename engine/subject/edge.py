"""Brings a small, soft mask to the edges of a photo at its own size.

A guided filter with a colour guide (He, Sun, Tang: Guided Image Filtering, 2010), fitted on a smaller image
and applied to the photo (He, Sun: Fast Guided Filter, 2015): in each window the mask is a linear function of
the photo's colour, so that its edges are the photo's, down to single hairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.images.cells import regression, resized, transformed

FITTED_SIDE = 512
"""Longer side of the image on which the filter is fitted; 1024 takes five times as long, with equal edges."""
RADIUS = 5
"""Radius of its windows in pixels: some three pixels of the network's map, which is 320 pixels wide."""
RIDGE = 6.5
"""Variance in squared levels that is added to the photo's, 1e-4 of the squared range as in the literature."""
PASSES = 2
"""Times that the filter is fitted; the second sharpens what the first has moved to the edge."""
DOUBTFUL = (51.0, 204.0)
"""Levels of the soft mask that are stretched to the whole range, so that it decides."""
STRETCHED = (38.0, 217.0)
"""Levels of the filtered mask that are stretched to the whole range, so that it is exact away from edges."""
FLAT = 0.01
"""Largest gain that is only a rounding error."""
TILE = 512
"""Side of the squares in which the photo is processed, so that one of any size needs little more memory."""


def refined_mask(photo: Image.Image, soft: Tensor, on_tile: Callable[[], None] = lambda: None) -> Image.Image:
    """The mask (mode "L") of the size of `photo`, an RGB image, from a soft one (h, w) of levels 0 to 255.

    Away from edges it is exactly 0 or 255. `on_tile` is called before each part of the work; an exception
    that it raises ends the work.
    """
    on_tile()
    small = photo
    if max(photo.size) > FITTED_SIDE:
        scale = FITTED_SIDE / max(photo.size)
        small = photo.resize(
            (max(1, round(photo.width * scale)), max(1, round(photo.height * scale))),
            Image.Resampling.BILINEAR,
            reducing_gap=2.0,
        )
    guide = _levels(small)
    mask = resized(_stretched(soft, DOUBTFUL), small.size, resampling=Image.Resampling.BICUBIC).clamp_(0, 255)
    for _ in range(PASSES):
        on_tile()
        gains, offsets = regression(guide, mask[None], RADIUS, RIDGE, cell=1, largest_gain=float("inf"))
        mask = _filtered(guide, gains, offsets)
    if small is photo:
        return _image(mask)
    return _at_full_size(photo, mask, torch.cat([gains[0], offsets]), on_tile)


def _at_full_size(
    photo: Image.Image, mask: Tensor, coefficients: Tensor, on_tile: Callable[[], None]
) -> Image.Image:
    """The mask of the photo from `mask` (h, w) of the smaller image and its coefficients (4, h, w)."""
    result = Image.new("L", photo.size)
    height, width = mask.shape
    for left, top, right, bottom in _tiles(photo.size):
        on_tile()
        rows, columns = _seen(top, bottom, height / photo.height), _seen(left, right, width / photo.width)
        seen = mask[rows, columns]
        if float(coefficients[:3, rows, columns].abs().max()) < FLAT and float(seen.min()) == float(
            seen.max()
        ):
            result.paste(round(float(seen.max())), (left, top, right, bottom))  # away from every edge
            continue
        box = (
            left * width / photo.width,
            top * height / photo.height,
            right * width / photo.width,
            bottom * height / photo.height,
        )
        planes = resized(coefficients, (right - left, bottom - top), box)
        guide = _levels(photo.crop((left, top, right, bottom)))
        result.paste(_image(_filtered(guide, planes[None, :3], planes[3:])), (left, top))
    return result


def _filtered(guide: Tensor, gains: Tensor, offsets: Tensor) -> Tensor:
    """The mask (H, W) that the coefficients give for an image (3, H, W)."""
    return _stretched((transformed(gains, guide) + offsets)[0], STRETCHED)


def _stretched(levels: Tensor, limits: tuple[float, float]) -> Tensor:
    low, high = limits
    return ((levels - low) * (255 / (high - low))).clamp(0, 255)


def _tiles(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    width, height = size
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            yield left, top, min(left + TILE, width), min(top + TILE, height)


def _seen(first: int, end: int, scale: float) -> slice:
    """The pixels of the smaller image that contribute to those from `first` to `end`."""
    return slice(max(0, int(first * scale) - 2), int(end * scale) + 3)


def _levels(image: Image.Image) -> Tensor:
    """Levels (3, H, W), 0 to 255."""
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float()


def _image(levels: Tensor) -> Image.Image:
    return Image.fromarray(levels.round().to(torch.uint8).numpy())
