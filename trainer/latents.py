"""What the VAE says of pictures, before anything is drawn from it."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.models.plan import Autoencoder


@torch.no_grad()
def latent_distribution(vae: Autoencoder, pixels: Tensor) -> tuple[Tensor, Tensor | None]:
    """Mean, which is the mode too, and deviation (B, C, H, W) of unscaled latents of pixels (B, 3, h, w).

    A VAE without randomness has no deviation. Always in float32: in half precision latents lose detail,
    and the VAE of Stable Diffusion XL gives numbers that are none.
    """
    with torch.autocast(pixels.device.type, enabled=False):
        encoded = vae.encode(pixels.float())
    if hasattr(encoded, "latent_dist"):
        return encoded.latent_dist.mean, encoded.latent_dist.std
    return encoded.latents, None
