"""The conditions of the UNet: embeddings of the instruction, latents of the photo, and the null of each.

Shapes: B requests, T tokens, D embedding width, P width of a pooled embedding, C latent channels,
H x W latents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from diffusers.models import AutoencoderKL
from torch import Tensor

from engine.models.loading import Autoencoder, Model


@dataclass(frozen=True, slots=True)
class TextConditioning:
    """Encoded instructions, the text condition of the UNet."""

    embeddings: Tensor
    """(B, T, D)."""
    pooled: Tensor | None = None
    """(B, P) in Stable Diffusion XL."""

    def __getitem__(self, rows: slice) -> TextConditioning:
        """The encodings of a slice of the instructions."""
        return TextConditioning(self.embeddings[rows], None if self.pooled is None else self.pooled[rows])


def encode_instructions(model: Model, instructions: Sequence[str]) -> TextConditioning:
    """The encoded instructions. The empty instruction is the null of both training and inference.

    Stable Diffusion 1 and 2 use the last layer, XL the penultimate layers of both encoders. The empty
    instruction is zeros if the model's configuration says so.
    """
    return TextConditioning(*model.text_encoders.encode(instructions))


def added_conditions(model: Model, text: TextConditioning, size: tuple[int, int]) -> dict[str, Tensor] | None:
    """The further conditions of Stable Diffusion XL; None for other models.

    `text_embeds` (B, P), and `time_ids` (B, 6): original size, crop (0, 0) and target size for images of
    `size` (height, width) in pixels, as in diffusers' InstructPix2Pix pipeline for XL.
    """
    if text.pooled is None:
        return None
    height, width = size
    numbers = [height, width, 0, 0, height, width]
    return {
        "text_embeds": text.pooled,
        "time_ids": torch.tensor(numbers, dtype=torch.float32, device=text.pooled.device).repeat(
            len(text.pooled), 1
        ),
    }


def encode_pixels(
    vae: Autoencoder,
    pixels: Tensor,
    *,
    generator: torch.Generator | None = None,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Unscaled latents (B, C, H, W) of pixels (B, 3, h, w) from -1 to 1, float32.

    Returns the mode, as the original does for the source image (`encode_first_stage(...).mode()`); with a
    generator, samples the distribution, as the original does for the target. `dtype` is the number type
    that a large VAE computes in.
    """
    with _computing_in(dtype, vae, pixels.device):
        encoded = vae.encode(pixels)
    if hasattr(encoded, "latent_dist"):
        distribution = encoded.latent_dist
        latents: Tensor = distribution.mode() if generator is None else distribution.sample(generator)
        return latents.float()
    deterministic: Tensor = encoded.latents
    return deterministic.float()


def decode_latents(vae: Autoencoder, latents: Tensor, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Pixels (B, 3, h, w) from -1 to 1, float32, of scaled latents (B, C, H, W); NaN where not finite."""
    with _computing_in(dtype, vae, latents.device):
        pixels: Tensor = vae.decode(latents / vae.config.scaling_factor).sample
    pixels = pixels.float()
    return pixels.clamp(-1, 1).masked_fill_(~torch.isfinite(pixels), torch.nan)


def _computing_in(dtype: torch.dtype, vae: Autoencoder, device: torch.device) -> torch.autocast:
    """Autocast to bf16 for a large VAE: half the time, about 45 dB to fp32; fp16 overflows in the VAE of XL.

    A tiny VAE would be slower in bf16, and its images would show visible steps.
    """
    quick = dtype == torch.bfloat16 and isinstance(vae, AutoencoderKL)
    return torch.autocast(device.type, torch.bfloat16, enabled=quick)
