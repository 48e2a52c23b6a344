"""Teaches the UNet what its edits look like, once it has learned them as latents.

An error that is small among latents can be seen well, as faint blotches in a flat area. So the UNet learns
on from the pixels that the decoder makes of its single step; what decodes is left as it is. The most of such
blotches come from the noise that an edit begins with, and which has no say in most edits: the UNet learns
that too.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import DDPMScheduler
from diffusers.utils import SAFETENSORS_WEIGHTS_NAME
from torch import Tensor

from engine.editing.conditioning import encode_instructions
from engine.files.atomic import atomic_write
from engine.models.loading import Model, load_model
from trainer.batches.batch import Batch
from trainer.learning.precision import autocast_on_cpu
from trainer.starter.data.edits import BY_NOISE, Edits
from trainer.starter.scoring.measures import local_variance
from trainer.starter.stages.decoder_training import polishing_loss
from trainer.starter.stages.generated_examples import GeneratedExamples
from trainer.starter.stages.stored_examples import EDITS_PER_SQUARE
from trainer.starter.stages.timed_training import TimedTraining

log = logging.getLogger(__name__)

ELSEWHERE_EVERY = 5
"""Every so many examples are at any timestep, lest the UNet forget to go in more steps than one."""
AGAIN = 2
"""How many examples of a batch are edited from other noise as well."""
EVENNESS_WEIGHT = 30.0
"""How much it costs that most edits come out otherwise from other noise, which is seen as speckle."""
DEVIATION_WEIGHT = 3.0
"""How much it costs to be softer or rougher than the target, which errors of pixels alone reward."""
SMOOTH_WEIGHT = 15.0
"""As in polishing, but more: a UNet that is to be livelier leaves its traces in flat areas too."""
LEAST_VARIANCE = 1e-6
"""Below it the slope of the root grows beyond measure; half a step of 8 bits has 15 times as much."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PixelTraining:
    """How the UNet of a trained model is finished."""

    photos: Path
    """Folder with `index.csv` and `images/`."""
    run: Path
    """Where the resumable state lies."""
    seconds: float = 5400.0
    square: int = 256
    decoded: int = 128
    """Side of the part of each square that is decoded, which would else cost more than all other work."""
    batch_size: int = EDITS_PER_SQUARE
    learning_rate: float = 2e-4


def finish_unet(run: PixelTraining, folder: Path) -> None:
    """Train, or go on training, the UNet of the model in `folder`, and store it there in half precision.

    The model is one that predicts v and ends in noise (`make_scheduler`).
    """
    model = load_model(folder, device=torch.device("cpu"), dtype=torch.float32)
    model.unet.requires_grad_(True)
    training = TimedTraining(
        model.unet, run.run / "unet.pt", seconds=run.seconds, learning_rate=run.learning_rate
    )
    examples = GeneratedExamples(run.photos, size=run.square, batch_size=run.batch_size, seed=2)
    loss_of = finishing_loss(model, run.decoded)
    while not training.is_over:
        if training.take_step(lambda: loss_of(examples.batch(training.step), examples.asked, training.step)):
            log.info("Finishing: %.0f of %.0f s", training.spent, run.seconds)
    trained = run.run / "unet"
    model.unet.half().save_pretrained(trained)
    with atomic_write(folder / "unet" / SAFETENSORS_WEIGHTS_NAME) as temporary:
        shutil.copyfile(trained / SAFETENSORS_WEIGHTS_NAME, temporary)


def finishing_loss(model: Model, decoded: int) -> Callable[[Batch, list[Edits], int], Tensor]:
    """The loss of fresh pairs, what they ask for, and the number of their step.

    It is that of latents everywhere, that of pixels in a part, and that of what differs from other noise.
    """
    model.vae.requires_grad_(False)
    scheduler = DDPMScheduler.from_config(model.scheduler_config)
    last, cell = len(scheduler.alphas_cumprod) - 1, model.vae_scale_factor
    scaling: float = model.vae.config.scaling_factor

    def loss_of(batch: Batch, asked: list[Edits], step: int) -> Tensor:
        assert batch.noise is not None
        assert batch.without_image is not None
        rng = np.random.default_rng([step, 2])
        count, side = len(batch.instructions), batch.edited.shape[-1]
        elsewhere = torch.arange(count) % ELSEWHERE_EVERY == ELSEWHERE_EVERY - 1
        anywhere = torch.from_numpy(last * np.sqrt(rng.random(count))).long()
        timesteps = torch.where(elsewhere, anywhere, last)
        with autocast_on_cpu():
            with torch.no_grad():
                squares = model.vae.encode(batch.original[::EDITS_PER_SQUARE].float()).latents.float()
                target = model.vae.encode(batch.edited.float()).latents.float() * scaling
                text = encode_instructions(model, batch.instructions).embeddings
            source = squares.repeat_interleave(EDITS_PER_SQUARE, 0)[:count] * model.image_latent_scale
            source = source * ~batch.without_image[:, None, None, None]
            by_noise = torch.tensor([any(edit.family in BY_NOISE for edit in edits) for edits in asked])
            shown = ~(batch.without_image | elsewhere)
            again = torch.nonzero(shown & ~by_noise).flatten()[:AGAIN]
            rows = torch.cat([torch.arange(count), again])
            noises = torch.cat([batch.noise, torch.randn_like(batch.noise[again])])
            noisy = scheduler.add_noise(target[rows], noises, timesteps[rows])
            said: Tensor = model.unet(
                torch.cat([noisy, source[rows]], dim=1), timesteps[rows], text[rows], return_dict=False
            )[0].float()
            velocity, other = said[:count], said[count:]
            wanted_velocity = scheduler.get_velocity(target, batch.noise, timesteps)
            of_latents: Tensor = (velocity - wanted_velocity).square().mean()
            if len(again):
                of_latents = of_latents + EVENNESS_WEIGHT * (velocity[again] - other).square().mean() / 2
            if not shown.any():
                return of_latents
            # at the last timestep nothing is left of the picture, and v is its negative (Lin et al. 2024)
            latents = -velocity[shown] / scaling
            top, left = cell * rng.integers((side - decoded) // cell + 1, size=2)
            output = model.vae.decoder(_part(latents, top, left, decoded, cell))
        wanted = _part(batch.edited[shown].float(), top, left, decoded, 1)
        of_pixels = polishing_loss(output.float(), wanted, SMOOTH_WEIGHT)
        return torch.add(of_latents, of_pixels + DEVIATION_WEIGHT * deviation_loss(output, wanted))

    return loss_of


def deviation_loss(output: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error of the standard deviations in windows of 8 x 8 pixels.

    Where details cannot be foretold, pixels with the least error are too soft. These need not be right in
    their places, but as lively as the target's.
    """
    variances = (local_variance(pixels.float()) for pixels in (output, target))
    own, theirs = (variance.clamp(min=LEAST_VARIANCE).sqrt() for variance in variances)
    return (own - theirs).abs().mean()


def _part(values: Tensor, top: int, left: int, side: int, cell: int) -> Tensor:
    """A square given in pixels, of pixels or of latents that are `cell` pixels wide."""
    rows, columns = (slice(first // cell, (first + side) // cell) for first in (top, left))
    return values[..., rows, columns].contiguous(memory_format=torch.channels_last)
