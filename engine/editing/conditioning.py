"""What the UNet is told: the instruction as embeddings, the photo as latents, and the null of each.

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
    """Instructions as the UNet reads them."""

    embeddings: Tensor
    """(B, T, D)."""
    pooled: Tensor | None = None
    """(B, P) in Stable Diffusion XL."""

    def __getitem__(self, rows: slice) -> TextConditioning:
        """Some of the instructions."""
        return TextConditioning(self.embeddings[rows], None if self.pooled is None else self.pooled[rows])


def encode_instructions(model: Model, instructions: Sequence[str]) -> TextConditioning:
    """The instructions, each encoded; the empty one is the null of training and inference alike.

    Stable Diffusion 1 and 2 read the last layer, XL the penultimate ones of both encoders. Where the
    model's configuration forces zeros for the empty instruction, it is zeros.
    """
    return TextConditioning(*model.text_encoders.encode(instructions))


def added_conditions(model: Model, text: TextConditioning, size: tuple[int, int]) -> dict[str, Tensor] | None:
    """What Stable Diffusion XL is told beside the embeddings; None elsewhere.

    `text_embeds` (B, P), and `time_ids` (B, 6): original size, crop (0, 0) and target size, all for
    pictures of `size` (height, width) in pixels, as in diffusers' InstructPix2Pix pipeline for XL.
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

    Takes the mode, as the original does for the source image (`encode_first_stage(...).mode()`);
    with a generator the distribution is sampled, as it does for the target. `dtype` is what a large
    VAE computes in.
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
    """Pixels (B, 3, h, w) from -1 to 1, float32, of scaled latents (B, C, H, W)."""
    with _computing_in(dtype, vae, latents.device):
        pixels: Tensor = vae.decode(latents / vae.config.scaling_factor).sample
    return pixels.float().clamp(-1, 1)


def _computing_in(dtype: torch.dtype, vae: Autoencoder, device: torch.device) -> torch.autocast:
    """bf16 halves the time of a large VAE for about 45 dB of its picture; fp16 overflows in that of XL.

    A tiny one would be slower, and its pictures would have visible steps.
    """
    quick = dtype == torch.bfloat16 and isinstance(vae, AutoencoderKL)
    return torch.autocast(device.type, torch.bfloat16, enabled=quick)
