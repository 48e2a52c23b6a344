"""Trains the autoencoder of the starter model: factor 4, eight latent channels.

`AutoencoderTiny` keeps a 512-pixel edit fast on two cores. It is trained on squares of 64 pixels, half of
them edited by a random recipe, so that sketches and negatives are reproduced as well as photos. Latents get a
little noise during training, so that small errors of the UNet stay small in the image.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers.models import AutoencoderTiny
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from trainer.learning.precision import autocast_on_cpu
from trainer.starter.data.edits import COLOURS, FAMILIES, SWAPPABLE, Edit
from trainer.starter.data.photos import Photo, photo_paths, random_crop, read_photo, scaled_to_long_side
from trainer.starter.data.recipes import apply_edits, noise_for
from trainer.starter.stages.timed_training import TimedTraining

log = logging.getLogger(__name__)

FACTOR = 4
LATENT_CHANNELS = 8
CROP = 64
LATENT_NOISE = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoencoderRun:
    """How the autoencoder is trained."""

    photos: Path
    """Folder with `index.csv` and `images/`."""
    run: Path
    """Folder of the resumable state."""
    seconds: float = 1200.0
    """Total training time, over which the learning rate falls to zero."""
    batch_size: int = 32
    learning_rate: float = 1.2e-3
    seed: int = 0


def any_edit(rng: np.random.Generator) -> Edit:
    """Returns an edit of any family, colours and strength."""
    return Edit(
        FAMILIES[rng.integers(len(FAMILIES))],
        strength=rng.uniform(0.5, 1.5),
        colour=str(rng.choice(list(COLOURS))),
        swapped=str(rng.choice(SWAPPABLE)),
    )


class Crops(IterableDataset[NDArray[np.uint8]]):
    """Endless squares of `CROP` pixels from the photos, half of them edited by a recipe."""

    def __init__(self, paths: list[Path], seed: int) -> None:
        self.paths = paths
        self.seed = seed

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        rng = np.random.default_rng([self.seed, time.time_ns()])
        loaded: dict[Path, Photo] = {}
        while True:
            path = self.paths[rng.integers(len(self.paths))]
            photo = loaded.setdefault(path, read_photo(path))
            if rng.random() < 0.5:
                photo = random_crop(photo, min(256, *photo.shape[:2]), rng)
                photo = scaled_to_long_side(photo, int(rng.integers(CROP, 257)))
            crop = random_crop(photo, CROP, rng)
            if rng.random() < 0.5:
                crop = apply_edits((any_edit(rng),), crop, noise_for(crop.shape[:2], rng))
            yield np.ascontiguousarray(crop)


def to_model_range(pixels: Tensor) -> Tensor:
    """Converts bytes (batch, height, width, 3) to floats (batch, 3, height, width) from -1 to 1."""
    return pixels.permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def new_autoencoder() -> AutoencoderTiny:
    """Returns an untrained autoencoder of the starter's shape."""
    return AutoencoderTiny(
        encoder_block_out_channels=(32, 32, 32),
        decoder_block_out_channels=(48, 48, 48),
        num_encoder_blocks=(1, 1, 2),
        num_decoder_blocks=(3, 3, 1),
        latent_channels=LATENT_CHANNELS,
    )


def reconstruction_loss(output: Tensor, target: Tensor) -> Tensor:
    """Returns the mean absolute error of the pixels and of their horizontal and vertical differences."""
    error = output - target
    return error.abs().mean() + error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()


def autoencoder_loss(vae: AutoencoderTiny, pixels: Tensor) -> Tensor:
    """Returns the loss of reconstructing (batch, 3, height, width) from noisy latents near unit variance."""
    with autocast_on_cpu():
        latents = vae.encoder(pixels)
        noisy = latents + LATENT_NOISE * torch.randn_like(latents)
        output = vae.decoder(noisy)
    spread = latents.float().std() - 1
    loss: Tensor = reconstruction_loss(output.float(), pixels) + 0.05 * spread.square()
    return loss


@torch.no_grad()
def reconstruction_psnr(vae: AutoencoderTiny, paths: list[Path]) -> float:
    """Returns the mean PSNR in dB of reconstructed whole photos."""
    scores = []
    for path in paths:
        photo = read_photo(path)
        height, width = (side - side % 8 for side in photo.shape[:2])
        pixels = to_model_range(torch.from_numpy(photo[:height, :width].copy())[None])
        pixels = pixels.to(memory_format=torch.channels_last)
        output = vae.decode(vae.encode(pixels).latents).sample.clamp(-1, 1)
        scores.append(-10 * torch.log10((output - pixels).div(2).square().mean()).item())
    return float(np.mean(scores))


@torch.no_grad()
def latent_spread(vae: AutoencoderTiny, paths: list[Path]) -> float:
    """Returns the standard deviation of the latents of whole photos, the inverse of the scaling factor."""
    spreads = []
    for path in paths:
        photo = read_photo(path)
        height, width = (side - side % 8 for side in photo.shape[:2])
        pixels = to_model_range(torch.from_numpy(photo[:height, :width].copy())[None])
        spreads.append(vae.encode(pixels).latents.square().mean().item())
    return math.sqrt(np.mean(spreads))


def train_autoencoder(run: AutoencoderRun) -> AutoencoderTiny:
    """Trains the autoencoder, or resumes training, and returns it with its scaling factor set."""
    torch.manual_seed(run.seed)
    vae = new_autoencoder().to(memory_format=torch.channels_last)
    training = TimedTraining(vae, run.run / "state.pt", seconds=run.seconds, learning_rate=run.learning_rate)
    val = photo_paths(run.photos, "val")[::12]
    crops = Crops(photo_paths(run.photos, "train"), run.seed)
    batches = iter(DataLoader(crops, batch_size=run.batch_size, num_workers=1, prefetch_factor=8))

    def make_loss() -> Tensor:
        pixels = to_model_range(next(batches)).to(memory_format=torch.channels_last)
        return autoencoder_loss(vae, pixels)

    while not training.is_over:
        if training.take_step(make_loss):
            psnr = reconstruction_psnr(vae, val)
            log.info("Autoencoder: %.0f of %.0f s, %.2f dB on val", training.spent, run.seconds, psnr)
    vae.register_to_config(scaling_factor=1 / latent_spread(vae, photo_paths(run.photos, "train")[::20]))
    return vae
