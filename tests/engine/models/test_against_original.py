"""A checkpoint of the original code gives the pictures that the original's formulas give.

The reference is written from the formulas alone, on the bare networks: the size rule and three-branch
guidance of `edit_cli.py`, image latents as the mode and unscaled, k-diffusion's noise levels and
ancestral Euler sampler (Karras et al. 2022, with the ancestral step of k-diffusion), averaged weights.
"""

from __future__ import annotations

import math
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from torch import Tensor

from engine.editor import Editor
from engine.request import EditRequest, EditSettings, Fit, ModelOptions, SchedulerName, WeightSet

RESOLUTION, STEPS, SEED = 128, 6, 11
TEXT_SCALE, IMAGE_SCALE = 7.5, 1.5
INSTRUCTION = "turn him into a cyborg"
SCALE_FACTOR = 0.18215


@pytest.fixture
def photo() -> Image.Image:
    samples = Path(__file__).resolve().parents[3] / "resources" / "samples"
    with Image.open(samples / "old-truck.jpg") as opened:
        return opened.convert("RGB").resize((120, 80))


def original_fit(photo: Image.Image) -> Image.Image:
    width, height = photo.size
    factor = RESOLUTION / max(width, height)
    factor = math.ceil(min(width, height) * factor / 64) * 64 / min(width, height)
    size = (int((width * factor) // 64) * 64, int((height * factor) // 64) * 64)
    return ImageOps.fit(photo, size, method=Image.Resampling.LANCZOS)


def encode(model: Any, text: str) -> Tensor:
    from engine.models.text_encoders import shared_tokenizer

    ids = shared_tokenizer()(text, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
    hidden: Tensor = model.networks["text_encoder"](ids.input_ids).last_hidden_state
    return hidden


@torch.inference_mode()
def original_edit(model: Any, unet: Any, photo: Image.Image) -> np.ndarray[Any, Any]:
    """The edited picture as floats from 0 to 255, before they are made whole."""
    fitted = original_fit(photo)
    pixels = 2 * torch.tensor(np.asarray(fitted)).float()[None].permute(0, 3, 1, 2) / 255 - 1
    image = model.networks["vae"].encode(pixels).latent_dist.mode()
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    alphas = torch.cumprod(1 - betas, dim=0).float()
    log_sigmas = (((1 - alphas) / alphas) ** 0.5).log()

    def sigma_at(time: Tensor) -> Tensor:
        low, share = time.floor().long(), time.frac()
        high = time.ceil().long()
        return ((1 - share) * log_sigmas[low] + share * log_sigmas[high]).exp()

    times = torch.linspace(999, 0, STEPS)
    sigmas = torch.cat([sigma_at(times), torch.zeros(1)])
    text = torch.cat([encode(model, INSTRUCTION), encode(model, ""), encode(model, "")])
    images = torch.cat([image, image, torch.zeros_like(image)])
    generator = torch.Generator().manual_seed(SEED)
    noisy = torch.randn(image.shape, generator=generator) * sigmas[0]
    for time, sigma, target in zip(times, sigmas, sigmas[1:], strict=False):
        scaled = noisy / (sigma**2 + 1) ** 0.5
        both = torch.cat([torch.cat([scaled] * 3), images], dim=1)
        full, image_only, neither = unet(both, time, text).sample.chunk(3)
        noise = neither + TEXT_SCALE * (full - image_only) + IMAGE_SCALE * (image_only - neither)
        up = min(target, (target**2 * (sigma**2 - target**2) / sigma**2) ** 0.5)
        down = (target**2 - up**2) ** 0.5
        noisy = noisy + noise * (down - sigma)
        if target > 0:
            noisy = noisy + torch.randn(image.shape, generator=generator) * up
    decoded = model.networks["vae"].decode(noisy / SCALE_FACTOR).sample
    scaled = 255 * ((decoded + 1) / 2).clamp(0, 1)
    return scaled[0].permute(1, 2, 0).double().numpy()


def our_edit(path: Path, photo: Image.Image, weight_set: WeightSet) -> np.ndarray[Any, Any]:
    settings = EditSettings(
        num_inference_steps=STEPS,
        text_guidance_scale=TEXT_SCALE,
        image_guidance_scale=IMAGE_SCALE,
        seed=SEED,
        scheduler=SchedulerName.EULER_ANCESTRAL,
        resolution=RESOLUTION,
        fit=Fit.ORIGINAL,
    )
    request = EditRequest(
        source_image=photo,
        instruction=INSTRUCTION,
        model=path,
        settings=settings,
        model_options=ModelOptions(weight_set=weight_set),
    )
    return np.asarray(Editor(device="cpu", dtype="fp32").edit(request).edited_image, dtype=np.float64)


def psnr(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    assert one.shape == other.shape
    return float(10 * np.log10(255**2 / np.mean((one - other) ** 2)))


def test_a_checkpoint_edits_as_the_original_code_does(sd1: Any, photo: Image.Image) -> None:
    path = sd1.save("instruct-pix2pix.ckpt", sd1.original(ema=True))
    averaged = deepcopy(sd1.networks["unet"])
    averaged.load_state_dict(sd1.ema_unet)
    live = original_edit(sd1, sd1.networks["unet"], photo)
    wanted = original_edit(sd1, averaged, photo)
    assert wanted.std() > 5, "a picture with something in it"
    assert psnr(live, wanted) < 40, "the two sets of weights give different pictures"
    assert psnr(our_edit(path, photo, WeightSet.EMA), wanted) >= 50
    assert psnr(our_edit(path, photo, WeightSet.LIVE), live) >= 50
