"""Edits of a part of the photo: what the mask keeps stays the source, in latents and in pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageChops, ImageFilter
from torch import Tensor
from torch.nn.functional import adaptive_max_pool2d


@dataclass(frozen=True, slots=True)
class LatentMask:
    """Where latents may change, and what they are elsewhere."""

    weight: Tensor
    """(1, 1, H, W) from 0, keep the source, to 1, edit."""
    source: Tensor
    """The source's finished latents (1, C, H, W), scaled by the VAE's scaling factor."""

    @classmethod
    def of(cls, mask: Image.Image, source: Tensor) -> LatentMask:
        """From a mask in mode "L" at the working size, 255 to edit.

        A latent takes the largest value among its pixels: else a stroke thinner than a latent would
        hardly be edited. `composite` then keeps the pixels beside it.
        """
        pixels = torch.from_numpy(np.asarray(mask, dtype=np.float32) / 255)[None, None]
        return cls(adaptive_max_pool2d(pixels, tuple(source.shape[-2:])).to(source), source)

    def hold(self, latents: Tensor, kept: Tensor) -> Tensor:
        """Latents (N, C, H, W) where the mask edits, `kept` where it keeps, blended between."""
        blended = self.weight * latents + (1 - self.weight) * kept
        # exact where nothing is to be blended: a sum of products may round
        return torch.where(self.weight == 1, latents, torch.where(self.weight == 0, kept, blended))


def composite(
    source: Image.Image, edited: Image.Image, mask: Image.Image, *, feather: int = 0
) -> Image.Image:
    """The edited picture laid over the source through the mask; all three of one size.

    Where the mask (mode "L") is 0 the source's pixels come back bit for bit, where it is 255 the edited
    ones. `feather` softens the mask's edges over that many pixels, inwards only; parts narrower than
    that fade.
    """
    return Image.composite(edited, source, _feathered(mask, feather) if feather else mask)


def _feathered(mask: Image.Image, feather: int) -> Image.Image:
    # a blurred straight edge stands at one half on the edge itself; stretched, it starts there from 0
    blurred = mask.filter(ImageFilter.GaussianBlur(feather / 2))
    return ImageChops.darker(mask, blurred.point([max(0, 2 * value - 255) for value in range(256)]))
