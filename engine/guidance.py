"""Two-scale classifier-free guidance, with no more branches than the scales need.

With e(image, instruction) for the UNet's prediction, the guided prediction is (Brooks et al. 2023,
equation 3)

    e(0, 0) + s_I (e(I, 0) - e(0, 0)) + s_T (e(I, T) - e(I, 0))

which is the weighted sum s_T e(I, T) + (s_I - s_T) e(I, 0) + (1 - s_I) e(0, 0). A branch of weight
zero is not computed; the prediction is the same without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Denoiser = Callable[[Tensor, Tensor], Tensor]
"""From noisy latents (1, C, H, W) and a timestep to a prediction of the same shape, float32."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One evaluation of the UNet and its share in the guided prediction."""

    weight: float
    with_instruction: bool
    with_image: bool


def guidance_branches(text_guidance_scale: float, image_guidance_scale: float) -> tuple[Branch, ...]:
    """The branches that count, in the original's order: both conditions, image only, neither."""
    branches = (
        Branch(text_guidance_scale, with_instruction=True, with_image=True),
        Branch(image_guidance_scale - text_guidance_scale, with_instruction=False, with_image=True),
        Branch(1 - image_guidance_scale, with_instruction=False, with_image=False),
    )
    return tuple(branch for branch in branches if branch.weight != 0)


class GuidedUNet:
    """A UNet bound to one instruction, one photo and two scales: a `Denoiser`."""

    def __init__(
        self,
        unet: Callable[..., tuple[Tensor]],
        *,
        dtype: torch.dtype,
        instruction_embeddings: Tensor,
        null_embeddings: Tensor,
        image_latents: Tensor,
        text_guidance_scale: float,
        image_guidance_scale: float,
    ) -> None:
        """Embeddings are (1, T, D), `image_latents` (1, C, H, W) unscaled; the null image is zeros."""
        branches = guidance_branches(text_guidance_scale, image_guidance_scale)
        self._unet = unet
        self._dtype = dtype
        self._weights = [branch.weight for branch in branches]
        self._embeddings = torch.cat(
            [instruction_embeddings if branch.with_instruction else null_embeddings for branch in branches]
        ).to(dtype)
        self._image_latents = torch.cat(
            [image_latents if branch.with_image else torch.zeros_like(image_latents) for branch in branches]
        ).to(dtype)

    def __call__(self, latents: Tensor, timestep: Tensor) -> Tensor:
        repeated = latents.to(self._dtype).expand(len(self._weights), -1, -1, -1)
        unet_input = torch.cat([repeated, self._image_latents], dim=1)
        unet_input = unet_input.contiguous(memory_format=torch.channels_last)
        predictions = self._unet(unet_input, timestep, self._embeddings, return_dict=False)[0].float()
        guided = self._weights[0] * predictions[0]
        for weight, prediction in zip(self._weights[1:], predictions[1:], strict=True):
            guided = guided + weight * prediction
        return guided[None]
