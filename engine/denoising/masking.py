"""Masks, in latents and in pixels: the source stays where the mask is 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageChops, ImageFilter
from torch import Tensor
from torch.nn.functional import adaptive_max_pool2d


@dataclass(frozen=True, slots=True)
class LatentMask:
    """A mask at the size of the latents, and the latents that replace those outside it."""

    weight: Tensor
    """(1, 1, H, W), from 0, which keeps the source, to 1, which edits."""
    source: Tensor
    """The source's finished latents (1, C, H, W), scaled by the VAE's scaling factor."""

    @classmethod
    def of(cls, mask: Image.Image, source: Tensor) -> LatentMask:
        """The latent mask of a mask in mode "L" at the working size, in which 255 edits.

        Each latent has the largest value of its pixels, because a stroke thinner than a latent would
        otherwise hardly be edited. `composite` then restores the pixels beside the stroke.
        """
        pixels = torch.from_numpy(np.asarray(mask, dtype=np.float32) / 255)[None, None]
        return cls(adaptive_max_pool2d(pixels, tuple(source.shape[-2:])).to(source), source)

    def hold(self, latents: Tensor, kept: Tensor) -> Tensor:
        """`latents` (N, C, H, W) where the mask is 1, `kept` where it is 0, blended between."""
        blended = self.weight * latents + (1 - self.weight) * kept
        # exact where nothing is blended, because a sum of products may round
        return torch.where(self.weight == 1, latents, torch.where(self.weight == 0, kept, blended))


def composite(
    source: Image.Image, edited: Image.Image, mask: Image.Image, *, feather: int = 0
) -> Image.Image:
    """The edited image over the source through the mask; all three have the same size.

    Where the mask (mode "L") is 0, pixels equal the source's bit for bit, where it is 255 the edited image's.
    `feather` softens the mask's edges over that many pixels, inwards only; parts narrower than that become
    weaker.
    """
    return Image.composite(edited, source, _feathered(mask, feather) if feather else mask)


def _feathered(mask: Image.Image, feather: int) -> Image.Image:
    # a blurred straight edge is 1/2 on the edge itself; after stretching it is 0 there
    blurred = mask.filter(ImageFilter.GaussianBlur(feather / 2))
    return ImageChops.darker(mask, blurred.point([max(0, 2 * value - 255) for value in range(256)]))
