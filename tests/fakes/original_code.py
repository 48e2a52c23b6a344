"""An edit as the original code makes it, written from its formulas alone on bare networks.

The size rule and three-branch guidance of `edit_cli.py`, image latents as the mode and unscaled,
k-diffusion's noise levels and ancestral Euler sampler (Karras et al. 2022, with the ancestral step of
k-diffusion).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from engine.edit_settings import EditSettings
from engine.models.text_encoders import shared_tokenizer

SCALE_FACTOR = 0.18215

Levels = np.ndarray[Any, np.dtype[np.float64]]


@torch.inference_mode()
def original_edit(
    networks: Mapping[str, Any], photo: Image.Image, instruction: str, settings: EditSettings
) -> Levels:
    """The edited picture (height, width, 3) as levels from 0 to 255, before they are made whole.

    `networks` holds a `unet`, `vae` and `text_encoder` of Stable Diffusion 1's structure.
    """
    fitted = _fit(photo, settings.resolution)
    pixels = 2 * torch.tensor(np.asarray(fitted)).float()[None].permute(0, 3, 1, 2) / 255 - 1
    image = networks["vae"].encode(pixels).latent_dist.mode()
    times = torch.linspace(999, 0, settings.num_inference_steps)
    sigmas = torch.cat([_noise_levels(times), torch.zeros(1)])
    text = torch.cat([_encode(networks["text_encoder"], words) for words in (instruction, "", "")])
    images = torch.cat([image, image, torch.zeros_like(image)])
    generator = torch.Generator().manual_seed(settings.seed)
    noisy = torch.randn(image.shape, generator=generator) * sigmas[0]
    for time, sigma, target in zip(times, sigmas, sigmas[1:], strict=False):
        scaled = noisy / (sigma**2 + 1) ** 0.5
        both = torch.cat([torch.cat([scaled] * 3), images], dim=1)
        full, image_only, neither = networks["unet"](both, time, text).sample.chunk(3)
        noise = (
            neither
            + settings.text_guidance_scale * (full - image_only)
            + settings.image_guidance_scale * (image_only - neither)
        )
        up = min(target, (target**2 * (sigma**2 - target**2) / sigma**2) ** 0.5)
        down = (target**2 - up**2) ** 0.5
        noisy = noisy + noise * (down - sigma)
        if target > 0:
            noisy = noisy + torch.randn(image.shape, generator=generator) * up
    decoded = networks["vae"].decode(noisy / SCALE_FACTOR).sample
    levels = 255 * ((decoded + 1) / 2).clamp(0, 1)
    picture: Levels = levels[0].permute(1, 2, 0).double().numpy()
    return picture


def _fit(photo: Image.Image, resolution: int) -> Image.Image:
    width, height = photo.size
    factor = resolution / max(width, height)
    factor = math.ceil(min(width, height) * factor / 64) * 64 / min(width, height)
    size = (int((width * factor) // 64) * 64, int((height * factor) // 64) * 64)
    return ImageOps.fit(photo, size, method=Image.Resampling.LANCZOS)


def _noise_levels(times: Tensor) -> Tensor:
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    alphas = torch.cumprod(1 - betas, dim=0).float()
    log_sigmas = (((1 - alphas) / alphas) ** 0.5).log()
    low, high, share = times.floor().long(), times.ceil().long(), times.frac()
    return ((1 - share) * log_sigmas[low] + share * log_sigmas[high]).exp()


def _encode(text_encoder: Any, words: str) -> Tensor:
    ids = shared_tokenizer()(words, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
    hidden: Tensor = text_encoder(ids.input_ids).last_hidden_state
    return hidden


def psnr(one: Levels, other: Levels) -> float:
    """In dB, of levels from 0 to 255."""
    assert one.shape == other.shape
    return float(10 * np.log10(255**2 / np.mean((one - other) ** 2)))
