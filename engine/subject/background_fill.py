"""Spreads the colours of the background over the subject.

A model blurs the subject into the background, which leaves a halo around the subject. The blurred background
further away takes its place.
"""

from __future__ import annotations

import torch
from PIL import Image, ImageFilter
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from engine.images.pixels import to_image, to_pixels

HALO_SHARE = 32
"""The longer side of an image divided by this is how far a halo reaches: 16 of 512 pixels."""


def with_halo(subject: Image.Image) -> Image.Image:
    """Where a subject, or its halo, may be seen: mode "L", 255, elsewhere 0."""
    reach = max(1, round(max(subject.size) / HALO_SHARE))
    small = max(1, reach // 4)  # a wide filter is slow, and several narrow ones reach as far
    widened = subject.point([255 * (value > 0) for value in range(256)])
    for _ in range(-(-reach // small)):
        widened = widened.filter(ImageFilter.MaxFilter(2 * small + 1))
    return widened


def spread_background(image: Image.Image, covered: Image.Image) -> Image.Image:
    """The RGB image with the colours around where the mask `covered`, of its size, is not 0."""
    known = torch.where(to_pixels(covered.convert("RGB"))[:, :1] > -1, 0.0, 1.0)
    return to_image(_spread(to_pixels(image), known))


def _spread(image: Tensor, known: Tensor) -> Tensor:
    """The image (1, C, H, W), and where `known` (1, 1, H, W) is 0 the colours around.

    The known colours are averaged to ever smaller images, until each pixel has some, and enlarged again
    (push and pull; Gortler et al.: The Lumigraph, 1996).
    """
    if min(image.shape[2:]) < 2 or bool(known.min() > 0):
        mean = (image * known).sum((2, 3), keepdim=True) / known.sum().clamp(min=1e-6)
        return torch.where(known > 0, image, mean)
    shares = avg_pool2d(known, 2, ceil_mode=True, count_include_pad=False)
    colours = avg_pool2d(image * known, 2, ceil_mode=True, count_include_pad=False) / shares.clamp(min=1e-6)
    smaller = _spread(colours, (4 * shares).clamp(max=1))
    around = interpolate(smaller, size=image.shape[2:], mode="bilinear", align_corners=False)
    return known * image + (1 - known) * around
