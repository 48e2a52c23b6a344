"""What the UNet is told: the instruction as embeddings, the photo as latents, and the null of each.

Shapes: B requests, T tokens, D embedding width, C latent channels, H x W latents.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.weights import Autoencoder, Model


def tokenize(model: Model, instructions: Sequence[str]) -> Tensor:
    """Token ids (B, T), cut and padded to the length the text encoder was made for."""
    tokens = model.tokenizer(
        list(instructions),
        padding="max_length",
        max_length=model.text_encoder.config.max_position_embeddings,
        truncation=True,
        return_tensors="pt",
    )
    ids: Tensor = tokens.input_ids
    return ids


def encode_instructions(model: Model, instructions: Sequence[str]) -> Tensor:
    """Embeddings (B, T, D); the empty instruction is the null of training and inference alike."""
    ids = tokenize(model, instructions).to(model.text_encoder.device)
    embeddings: Tensor = model.text_encoder(ids)[0]
    return embeddings


def encode_pixels(vae: Autoencoder, pixels: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
    """Unscaled latents (B, C, H, W) of pixels (B, 3, h, w) from -1 to 1.

    Takes the mode, as the original does for the source image (`encode_first_stage(...).mode()`);
    with a generator the distribution is sampled, as it does for the target.
    """
    encoded = vae.encode(pixels)
    if hasattr(encoded, "latent_dist"):
        distribution = encoded.latent_dist
        latents: Tensor = distribution.mode() if generator is None else distribution.sample(generator)
        return latents
    deterministic: Tensor = encoded.latents
    return deterministic


def decode_latents(vae: Autoencoder, latents: Tensor) -> Tensor:
    """Pixels (B, 3, h, w) from -1 to 1 of scaled latents (B, C, H, W)."""
    pixels: Tensor = vae.decode(latents / vae.config.scaling_factor).sample
    return pixels.clamp(-1, 1)
