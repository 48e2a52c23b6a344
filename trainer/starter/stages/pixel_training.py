"""Trains the UNet on pixels, after it was trained on latents.

A small error of the latents can be clearly visible, as faint blotches in a flat area. So the UNet is trained
on the pixels that the decoder makes of its prediction in a single step; the decoder stays the same. Most
blotches come from the initial noise, on which most edits should not depend: the loss includes this too.
"""

from __future__ import annotations

import logging
import shutil
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
from trainer.learning.precision import autocast_on
from trainer.starter.data.edits import BY_NOISE, Edits
from trainer.starter.stages.decoder_training import decoder_loss
from trainer.starter.stages.generated_examples import GeneratedExamples
from trainer.starter.stages.stored_examples import EDITS_PER_SQUARE
from trainer.starter.stages.timed_training import TimedTraining
from trainer.validation.image_measures import local_variance

log = logging.getLogger(__name__)

OTHER_TIMESTEP_EVERY = 5
"""One of so many examples has a random timestep, so that edits in several steps still work."""
OTHER_NOISE_EXAMPLES = 2
"""Number of examples of a batch that are also edited from other noise."""
CONSISTENCY_WEIGHT = 30.0
"""Weight of the difference between edits from different noise, which is visible as speckle."""
DEVIATION_WEIGHT = 3.0
"""Weight of the deviation loss; without it, errors of pixels alone reward edits that are too soft."""
SMOOTH_WEIGHT = 15.0
"""Weight of the loss in flat areas; larger than for the decoder, since the deviation loss adds noise
there."""
LEAST_VARIANCE = 1e-6
"""Least variance in the deviation loss, since the slope of the root diverges at 0; half a step of 8 bits has
15 times as much."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PixelTraining:
    """How the UNet of a trained model is trained on pixels."""

    photos: Path
    """Folder with `index.csv` and `images/`."""
    run: Path
    """Folder of the resumable state."""
    seconds: float = 5400.0
    square: int = 256
    decoded: int = 128
    """Side in pixels of the part of each square that is decoded; decoding all of it would dominate the
    time."""
    batch_size: int = EDITS_PER_SQUARE
    learning_rate: float = 2e-4


def train_on_pixels(run: PixelTraining, folder: Path) -> None:
    """Trains the UNet of the model in `folder`, or resumes training, and stores it there in half precision.

    The model must predict v with zero terminal SNR (`make_scheduler`).
    """
    model = load_model(folder, device=torch.device("cpu"), dtype=torch.float32)
    model.unet.requires_grad_(True)
    training = TimedTraining(
        model.unet, run.run / "unet.pt", seconds=run.seconds, learning_rate=run.learning_rate
    )
    examples = GeneratedExamples(run.photos, size=run.square, batch_size=run.batch_size, seed=2)
    pixel_loss = PixelLoss(model, run.decoded)

    def make_loss() -> Tensor:
        batch = examples.batch(training.step)
        return pixel_loss(batch, examples.edits, training.step)

    while not training.is_over:
        if training.take_step(make_loss):
            log.info("Pixels: %.0f of %.0f s", training.spent, run.seconds)
    trained = run.run / "unet"
    model.unet.half().save_pretrained(trained)
    with atomic_write(folder / "unet" / SAFETENSORS_WEIGHTS_NAME) as temporary:
        shutil.copyfile(trained / SAFETENSORS_WEIGHTS_NAME, temporary)


@dataclass(frozen=True, slots=True)
class LatentPart:
    """The loss of latents of a batch, and what the UNet predicted for it."""

    loss: Tensor
    velocity: Tensor
    """(B, C, H, W), the predicted v."""
    is_decodable: Tensor
    """(B,), true for examples with a photo at the last timestep."""


class LatentLoss:
    """The loss of latents, also of edits from other noise, which most edits should not depend on."""

    def __init__(self, model: Model, other_noise: int = OTHER_NOISE_EXAMPLES) -> None:
        """`other_noise` examples are also edited from other noise. The VAE is frozen."""
        self._other_noise = other_noise
        model.vae.requires_grad_(False)
        self._model = model
        self._scheduler = DDPMScheduler.from_config(model.scheduler_config)
        self._last = len(self._scheduler.alphas_cumprod) - 1
        self._scaling: float = model.vae.config.scaling_factor

    def __call__(
        self, batch: Batch, edits: list[Edits], step: int, weights: Tensor | None = None
    ) -> LatentPart:
        """Returns the loss of a batch with its edits; `step` seeds the timesteps.

        `weights` (B,) are those of the examples, all 1 without it.
        """
        assert batch.noise is not None
        assert batch.without_image is not None
        rng = np.random.default_rng([step, 2])
        count = len(batch.instructions)
        is_other = torch.arange(count) % OTHER_TIMESTEP_EVERY == OTHER_TIMESTEP_EVERY - 1
        random_timesteps = torch.from_numpy(self._last * np.sqrt(rng.random(count))).long()
        timesteps = torch.where(is_other, random_timesteps, self._last)
        by_noise = torch.tensor([any(edit.family in BY_NOISE for edit in each) for each in edits])
        device = batch.noise.device
        by_noise, is_other, timesteps = (each.to(device) for each in (by_noise, is_other, timesteps))
        is_decodable = ~(batch.without_image | is_other)
        repeated = torch.nonzero(is_decodable & ~by_noise).flatten()[: self._other_noise]
        with autocast_on(device):
            target, source, text = self._encode(batch)
            rows = torch.cat([torch.arange(count, device=device), repeated])
            noises = torch.cat([batch.noise, torch.randn_like(batch.noise[repeated])])
            noisy = self._scheduler.add_noise(target[rows], noises, timesteps[rows])
            predicted: Tensor = self._model.unet(
                torch.cat([noisy, source[rows]], dim=1), timesteps[rows], text[rows], return_dict=False
            )[0].float()
        velocity, repeated_velocity = predicted[:count], predicted[count:]
        wanted_velocity = self._scheduler.get_velocity(target, batch.noise, timesteps)
        errors = (velocity - wanted_velocity).square().mean(dim=(1, 2, 3))
        loss: Tensor = (errors if weights is None else weights * errors).mean()
        if len(repeated):
            difference = (velocity[repeated] - repeated_velocity).square().mean()
            loss = loss + CONSISTENCY_WEIGHT * difference / 2
        return LatentPart(loss, velocity, is_decodable)

    def _encode(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Returns scaled target latents, source latents and text embeddings of the examples."""
        model, count = self._model, len(batch.instructions)
        assert batch.without_image is not None
        with torch.no_grad():
            squares = model.vae.encode(batch.original[::EDITS_PER_SQUARE].float()).latents.float()
            target = model.vae.encode(batch.edited.float()).latents.float() * self._scaling
            text = encode_instructions(model, batch.instructions).embeddings
        source = squares.repeat_interleave(EDITS_PER_SQUARE, 0)[:count] * model.image_latent_scale
        return target, source * ~batch.without_image[:, None, None, None], text


def deviation_loss(output: Tensor, target: Tensor) -> Tensor:
    """Returns the mean absolute error of the standard deviations in windows of 8 x 8 pixels.

    Where details cannot be predicted, the pixels with the least error are too soft. This loss does not depend
    on the positions of details, only on their contrast.
    """
    variances = (local_variance(pixels.float()) for pixels in (output, target))
    own, theirs = (variance.clamp(min=LEAST_VARIANCE).sqrt() for variance in variances)
    return (own - theirs).abs().mean()


class PixelLoss:
    """The loss of generated pairs: of latents, and of the pixels of a part."""

    def __init__(self, model: Model, decoded: int, other_noise: int = OTHER_NOISE_EXAMPLES) -> None:
        """`decoded` is the side in pixels of the decoded part. The VAE is frozen."""
        self._latent_loss = LatentLoss(model, other_noise)
        self._model, self._decoded = model, decoded
        self._scaling: float = model.vae.config.scaling_factor

    def __call__(self, batch: Batch, edits: list[Edits], step: int, weights: Tensor | None = None) -> Tensor:
        """Returns the loss of a batch with its edits; `step` seeds timesteps and decoded part.

        `weights` (B,) are those of the examples in the loss of latents.
        """
        part = self._latent_loss(batch, edits, step, weights)
        if not part.is_decodable.any():
            return part.loss
        rng = np.random.default_rng([step, 3])
        # at the last timestep the input contains only noise, and v is the negative of the latents (Lin et
        # al. 2024)
        latents = -part.velocity[part.is_decodable] / self._scaling
        cell = self._model.vae_scale_factor
        height, width = batch.edited.shape[-2:]
        top = cell * int(rng.integers((height - self._decoded) // cell + 1))
        left = cell * int(rng.integers((width - self._decoded) // cell + 1))
        with autocast_on(batch.edited.device):
            output = self._model.vae.decoder(_part(latents, top, left, self._decoded, cell))
        wanted = _part(batch.edited[part.is_decodable].float(), top, left, self._decoded, 1)
        pixel_loss = decoder_loss(output.float(), wanted, SMOOTH_WEIGHT)
        return torch.add(part.loss, pixel_loss + DEVIATION_WEIGHT * deviation_loss(output, wanted))


def _part(values: Tensor, top: int, left: int, side: int, cell: int) -> Tensor:
    """Returns a square, given in pixels, of pixels or of latents that are `cell` pixels wide."""
    rows, columns = (slice(first // cell, (first + side) // cell) for first in (top, left))
    return values[..., rows, columns].contiguous(memory_format=torch.channels_last)
