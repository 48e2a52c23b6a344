"""Training as diffusers' example for InstructPix2Pix does it, by the same libraries as ours.

At every step the VAE encodes both pictures and the text encoder the instructions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from diffusers.training_utils import EMAModel
from PIL import Image, ImageOps
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from training_side import DROPOUT, LEARNING_RATE, LONGEST, RESOLUTION, Setup
from transformers import CLIPTextModel, CLIPTokenizer

from engine.devices.device import choose_device


class Plain:
    """Everything at every step."""

    cached_seconds = 0.0
    warnings = ()

    def __init__(self, setup: Setup) -> None:
        self._device = choose_device("auto")
        self._dtype = torch.bfloat16 if setup.precision == "bf16" else torch.float32
        path = setup.model
        self._tokenizer = CLIPTokenizer.from_pretrained(path, subfolder="tokenizer")
        self._scheduler = DDPMScheduler.from_pretrained(path, subfolder="scheduler")
        self._unet = UNet2DConditionModel.from_pretrained(path, subfolder="unet").float()
        self._unet.to(self._device).train()
        self._vae = self._frozen(_vae(path))
        self._text_encoder = self._frozen(CLIPTextModel.from_pretrained(path, subfolder="text_encoder"))
        self._optimizer = torch.optim.AdamW(self._unet.parameters(), lr=LEARNING_RATE)
        self._ema = EMAModel(self._unet.parameters()) if setup.ema else None
        self._loader = DataLoader(
            PlainPairs(setup.pairs, self._tokens),
            batch_size=setup.batch,
            shuffle=True,
            num_workers=1,
            drop_last=True,
        )
        self._batches = self._endless()

    def _frozen(self, network: Any) -> Any:
        return network.requires_grad_(False).eval().to(self._device, self._dtype)

    def _tokens(self, instruction: str) -> Tensor:
        length = self._text_encoder.config.max_position_embeddings
        tokenized = self._tokenizer(
            [instruction], max_length=length, padding="max_length", truncation=True, return_tensors="pt"
        )
        ids: Tensor = tokenized.input_ids
        return ids

    def _endless(self) -> Iterator[tuple[Tensor, ...]]:
        for _ in count():
            yield from self._loader

    def step(self) -> None:
        original, edited, ids = (tensor.to(self._device) for tensor in next(self._batches))
        with torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32):
            loss = self._loss(original, edited, ids[:, 0])
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self._unet.parameters(), LONGEST)
        self._optimizer.step()
        self._optimizer.zero_grad()
        if self._ema is not None:
            self._ema.step(self._unet.parameters())
        loss.item()

    def _loss(self, original: Tensor, edited: Tensor, ids: Tensor) -> Tensor:
        latents = self._latents(edited, drawn=True) * self._vae.config.scaling_factor
        noise = torch.randn_like(latents)
        steps = self._scheduler.config.num_train_timesteps
        timesteps = torch.randint(0, steps, (len(latents),), device=self._device)
        noisy = self._scheduler.add_noise(latents, noise, timesteps)
        text = self._text_encoder(ids)[0]
        image = self._latents(original, drawn=False)
        null = self._text_encoder(self._tokens("").to(self._device))[0]
        draws = torch.rand(len(latents), device=self._device)
        text = torch.where((draws < 2 * DROPOUT)[:, None, None], null, text)
        kept = ~((draws >= DROPOUT) & (draws < 3 * DROPOUT))
        noisy_and_image = torch.cat([noisy, kept[:, None, None, None] * image], dim=1)
        predicted = self._unet(noisy_and_image, timesteps, text, return_dict=False)[0]
        wanted = noise
        if self._scheduler.config.prediction_type == "v_prediction":
            wanted = self._scheduler.get_velocity(latents, noise, timesteps)
        return torch.nn.functional.mse_loss(predicted.float(), wanted.float())

    def _latents(self, pixels: Tensor, *, drawn: bool) -> Tensor:
        encoded = self._vae.encode(pixels.to(self._dtype))
        if not hasattr(encoded, "latent_dist"):
            latents: Tensor = encoded.latents
            return latents
        distribution = encoded.latent_dist
        chosen: Tensor = distribution.sample() if drawn else distribution.mode()
        return chosen


def _vae(path: Path) -> Any:
    name = json.loads((path / "vae" / "config.json").read_text())["_class_name"]
    return getattr(diffusers, name).from_pretrained(path, subfolder="vae")


class PlainPairs(Dataset[tuple[Tensor, ...]]):
    """Pictures that are read, scaled and mirrored half of the time whenever they are asked for."""

    def __init__(self, folder: Path, tokens: Callable[[str], Tensor]) -> None:
        lines = (folder / "metadata.jsonl").read_text(encoding="utf-8").splitlines()
        self._folder, self._rows = folder, [json.loads(line) for line in lines]
        self._ids = [tokens(row["edit_instruction"]) for row in self._rows]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: int) -> tuple[Tensor, ...]:
        row, mirrored = self._rows[number], bool(torch.rand(()) < 0.5)
        pictures = [self._pixels(row[key], mirrored) for key in ("original_image", "edited_image")]
        return *pictures, self._ids[number]

    def _pixels(self, name: str, mirrored: bool) -> Tensor:
        with Image.open(self._folder / name) as picture:
            scaled = picture.convert("RGB").resize((RESOLUTION, RESOLUTION), Image.Resampling.BILINEAR)
        pixels = np.asarray(ImageOps.mirror(scaled) if mirrored else scaled)
        return torch.from_numpy(pixels.copy()).permute(2, 0, 1) / 127.5 - 1
