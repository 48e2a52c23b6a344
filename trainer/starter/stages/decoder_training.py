"""Trains the decoder to make clean images of the latents that the UNet predicts in a single step.

Errors of the UNet are typically faint blotches in flat areas and soft edges. The decoder gets the latents
around each pixel and can learn to remove them. The encoder, and so the latents that the UNet has learned,
stays the same.
"""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers.utils import SAFETENSORS_WEIGHTS_NAME
from torch import Tensor

from engine.editing.conditioning import encode_instructions
from engine.files.atomic import atomic_write
from engine.models.loading import Model, load_model
from trainer.batches.batch import Batch
from trainer.learning.precision import autocast_on_cpu
from trainer.starter.data.photos import photo_paths
from trainer.starter.stages.autoencoder import LATENT_NOISE, reconstruction_loss, reconstruction_psnr
from trainer.starter.stages.generated_examples import GeneratedExamples
from trainer.starter.stages.timed_training import TimedTraining
from trainer.validation.image_measures import SMOOTH_WINDOW, smooth_windows

log = logging.getLogger(__name__)

CLEAN_EVERY = 4
"""One of so many examples comes from the encoder, so that the decoder still decodes any image."""
SMOOTH_WEIGHT = 6.0
"""Weight of the loss in flat areas, where blotches are most visible but their errors are small."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DecoderTraining:
    """How the decoder of a trained model is trained further."""

    photos: Path
    """Folder with `index.csv` and `images/`."""
    run: Path
    """Folder of the resumable state."""
    seconds: float = 1320.0
    square: int = 128
    batch_size: int = 10
    learning_rate: float = 3e-4


def train_decoder(run: DecoderTraining, folder: Path) -> None:
    """Trains the decoder of the model in `folder`, or resumes training, and stores it there.

    The model must predict v with zero terminal SNR (`make_scheduler`).
    """
    model = load_model(folder, device=torch.device("cpu"), dtype=torch.float32)
    model.unet.requires_grad_(False).eval()
    decoder = model.vae.decoder.requires_grad_(True)
    training = TimedTraining(
        decoder, run.run / "decoder.pt", seconds=run.seconds, learning_rate=run.learning_rate
    )
    examples = GeneratedExamples(run.photos, size=run.square, batch_size=run.batch_size, seed=1)

    def make_loss() -> Tensor:
        batch = examples.batch(training.step)
        latents = latents_to_decode(model, batch).to(memory_format=torch.channels_last)
        with autocast_on_cpu():
            output = decoder(latents)
        return decoder_loss(output.float(), batch.edited.float())

    val = photo_paths(run.photos, "val")[::12]
    while not training.is_over:
        if training.take_step(make_loss):
            psnr = reconstruction_psnr(model.vae, val)
            log.info("Decoder: %.0f of %.0f s, %.2f dB on val", training.spent, run.seconds, psnr)
    trained = run.run / "vae"
    model.vae.save_pretrained(trained)
    with atomic_write(folder / "vae" / SAFETENSORS_WEIGHTS_NAME) as temporary:
        shutil.copyfile(trained / SAFETENSORS_WEIGHTS_NAME, temporary)


def decoder_loss(output: Tensor, target: Tensor, smooth_weight: float = SMOOTH_WEIGHT) -> Tensor:
    """Returns the reconstruction loss plus `smooth_weight` times that of the target's smooth areas.

    Pixels are from -1 to 1. Where the target is pure black or white, exceeding it costs nothing, since images
    are clipped.
    """
    output = torch.where(target.abs() >= 1, output.clamp(-1, 1), output)
    smooth = smooth_windows((target + 1) / 2)
    mask = smooth.repeat_interleave(SMOOTH_WINDOW, 1).repeat_interleave(SMOOTH_WINDOW, 2).unsqueeze(1)
    in_smooth = reconstruction_loss(output * mask, target * mask)
    return reconstruction_loss(output, target) + smooth_weight * in_smooth


@torch.no_grad()
def latents_to_decode(model: Model, batch: Batch) -> Tensor:
    """Returns unscaled latents (B, C, H, W): predictions of the UNet, for some examples of the encoder.

    At the last timestep the UNet's input contains only noise, and v is the negative of the latents (Lin et
    al. 2024).
    """
    assert batch.noise is not None
    assert batch.without_image is not None
    last = int(model.scheduler_config["num_train_timesteps"]) - 1
    count = len(batch.instructions)
    with autocast_on_cpu():
        source = model.vae.encode(batch.original.float()).latents.float()
        clean = model.vae.encode(batch.edited.float()).latents.float()
        velocity = model.unet(
            torch.cat([batch.noise, source * model.image_latent_scale], dim=1),
            torch.full((count,), last),
            encode_instructions(model, batch.instructions).embeddings,
            return_dict=False,
        )[0]
    predicted = -velocity.float() / model.vae.config.scaling_factor
    is_clean = batch.without_image | (torch.arange(count) % CLEAN_EVERY == 0)
    noisy = clean + LATENT_NOISE * torch.randn_like(clean)
    return torch.where(is_clean[:, None, None, None], noisy, predicted)
