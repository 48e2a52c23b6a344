"""The distribution of latents that the VAE predicts for images."""

from __future__ import annotations

import torch
from diffusers import AutoencoderTiny
from torch import Tensor

from engine.models.model_plan import Autoencoder


def is_deterministic(vae: Autoencoder) -> bool:
    """Returns whether the VAE predicts one value for an image, and not a distribution."""
    return isinstance(vae, AutoencoderTiny)


@torch.no_grad()
def latent_distribution(
    vae: Autoencoder, pixels: Tensor, *, exact: bool = True
) -> tuple[Tensor, Tensor | None]:
    """Returns mean (also the mode) and deviation (B, C, H, W) of the unscaled latents of pixels (B, 3, h, w).

    The deviation of a deterministic VAE is None. Both are computed and returned in float32; unless `exact`,
    they are computed in bf16 under an autocast to bf16. They are never computed in fp16, in which the VAE of
    Stable Diffusion XL returns NaN.
    """
    kind = pixels.device.type
    in_bf16 = (
        not exact and torch.is_autocast_enabled(kind) and torch.get_autocast_dtype(kind) == torch.bfloat16
    )
    with torch.autocast(kind, torch.bfloat16, enabled=in_bf16):
        encoded = vae.encode(pixels.float())
    if hasattr(encoded, "latent_dist"):
        return encoded.latent_dist.mean.float(), encoded.latent_dist.std.float()
    return encoded.latents.float(), None
