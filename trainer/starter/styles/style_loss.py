"""The loss of the UNet of painted styles."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from diffusers import DDPMScheduler
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from engine.models.loading import Model
from trainer.starter.styles.style_examples import StyleBatch
from trainer.starter.styles.style_unet import StyleHints
from trainer.validation.image_measures import local_variance

HINT_WEIGHT = 0.5
PIXEL_WEIGHT, TEXTURE_WEIGHT = 1.0, 6.0
OTHER_TIMESTEPS = 0.12
"""Share of examples with a random timestep instead of the last one, so that edits in several steps work."""
TEXTURE_WINDOWS = (4, 8, 16)
"""Sides of the windows of `texture_loss`, in pixels."""
LEAST_VARIANCE = 1e-5


@dataclass(frozen=True, slots=True)
class StyleErrors:
    """The errors of one batch."""

    velocity: Tensor
    """Mean squared error of v."""
    hints: Tensor
    """(7,), those of the teacher's features, relative to their variance."""
    pixels: Tensor | None
    """Of decoded parts; None if none are decoded."""

    @property
    def total(self) -> Tensor:
        """The loss."""
        loss = self.velocity + HINT_WEIGHT * self.hints.mean()
        return loss if self.pixels is None else loss + self.pixels


class StyleLoss:
    """The loss of v, of the hints, and at the end of training of pixels.

    Where strokes cannot be predicted exactly, the least error of v is too soft. The loss of pixels has a part
    that does not depend on the positions of strokes.
    """

    def __init__(self, model: Model, unet: nn.Module, hints: StyleHints, decoded: int = 0) -> None:
        """`decoded` is the side in pixels of the part whose pixels count. The VAE is frozen."""
        self._vae, self._unet, self._hints, self._decoded = model.vae, unet, hints, decoded
        self._scheduler = DDPMScheduler.from_config(model.scheduler_config)
        self._last = len(self._scheduler.alphas_cumprod) - 1
        self._cell = model.vae_scale_factor

    def __call__(self, batch: StyleBatch, *, every_timestep: bool) -> StyleErrors:
        """Returns the errors of a batch; with `every_timestep` some have another timestep than the last."""
        count = len(batch.target)
        is_other = torch.rand(count) < (OTHER_TIMESTEPS if every_timestep else 0.0)
        random_timesteps = (self._last * torch.rand(count).sqrt()).long()
        timesteps = torch.where(is_other, random_timesteps, self._last)
        noise = torch.randn_like(batch.target)
        noisy = self._scheduler.add_noise(batch.target, noise, timesteps)
        inputs = torch.cat([noisy, batch.source], dim=1).contiguous(memory_format=torch.channels_last)
        predicted: Tensor = self._unet(inputs, timesteps, batch.text, return_dict=False)[0]
        wanted = self._scheduler.get_velocity(batch.target, noise, timesteps)
        rows = batch.is_complete & ~is_other
        return StyleErrors(
            velocity=(predicted - wanted).square().mean(),
            hints=self._hints(batch.features, rows),
            # at the last timestep v is the negative of the latents
            pixels=self._pixel_error(-predicted[rows], batch.painted[rows]) if self._decoded else None,
        )

    def _pixel_error(self, latents: Tensor, painted: Tensor) -> Tensor:
        rows, columns = latents.shape[-2:]
        side = self._decoded // self._cell
        top, left = (int(torch.randint(size - side + 1, ())) for size in (rows, columns))
        part = latents[..., top : top + side, left : left + side] / self._vae.config.scaling_factor
        output = self._vae.decoder(part.contiguous(memory_format=torch.channels_last)).float()
        top, left = top * self._cell, left * self._cell
        wanted = painted[..., top : top + self._decoded, left : left + self._decoded].float()
        error = PIXEL_WEIGHT * (output - wanted).abs().mean()
        return torch.add(error, TEXTURE_WEIGHT * texture_loss(output, wanted))


def texture_loss(output: Tensor, target: Tensor) -> Tensor:
    """Returns the mean absolute error of the means and standard deviations in windows of three sizes."""
    errors = []
    for side in TEXTURE_WINDOWS:
        means = [avg_pool2d(pixels, side) for pixels in (output, target)]
        variances = [local_variance(pixels, side) for pixels in (output, target)]
        deviations = [variance.clamp(min=LEAST_VARIANCE).sqrt() for variance in variances]
        errors += [(own - theirs).abs().mean() for own, theirs in (means, deviations)]
    return torch.stack(errors).sum() / len(TEXTURE_WINDOWS)
