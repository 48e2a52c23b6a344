"""What the VAE says of pictures, before anything is drawn from it."""

from __future__ import annotations

import torch
from diffusers import AutoencoderTiny
from torch import Tensor

from engine.models.model_plan import Autoencoder


def is_exact(vae: Autoencoder) -> bool:
    """Whether it says one thing of a picture, and not a distribution."""
    return isinstance(vae, AutoencoderTiny)


@torch.no_grad()
def latent_distribution(
    vae: Autoencoder, pixels: Tensor, *, exact: bool = True
) -> tuple[Tensor, Tensor | None]:
    """Mean, which is the mode too, and deviation (B, C, H, W) of unscaled latents of pixels (B, 3, h, w).

    A VAE without randomness has no deviation. Computed and given in float32; unless it is to be `exact`,
    under an autocast to bf16 it is computed in that. Never in fp16, in which the VAE of Stable Diffusion
    XL gives numbers that are none.
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
