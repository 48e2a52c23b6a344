"""Spreads the colours of the background over the subject, so that an edit of the background cannot mix them.

Otherwise a blurred background would get a halo of the subject's colours around the subject.
"""

from __future__ import annotations

import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from engine.images.pixels import to_image, to_pixels

FILLED_SIDE = 512
"""Longer side of the image in which colours are spread; they vary slowly."""
SUBJECT = 8
"""Levels of the mask above which a pixel contains some of the subject."""


def without_subject(photo: Image.Image, subject: Image.Image) -> Image.Image:
    """The photo, an RGB image, with colours of its background where `subject`, its mask, covers it."""
    covered = subject.point([255 * (value > SUBJECT) for value in range(256)])
    scale = min(1.0, FILLED_SIDE / max(photo.size))
    size = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
    small = photo.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    free = 1 - to_pixels(covered.resize(size, Image.Resampling.BILINEAR).convert("RGB"))[:, :1].add(1).div(2)
    spread = to_image(_spread(to_pixels(small), (free > 0.99).float()))
    return Image.composite(spread.resize(photo.size, Image.Resampling.BICUBIC), photo, covered)


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
