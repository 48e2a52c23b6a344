"""From one batch to one number: how far the UNet's prediction is from the scheduler's target.

Shapes: B examples, C latent channels, H x W latents, T tokens, D embedding width.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import cached_property

import torch
from diffusers import DDPMScheduler
from torch import Tensor

from engine.editing.conditioning import TextConditioning, added_conditions, encode_instructions
from engine.models.loading import Model
from trainer.batches.batch import Batch
from trainer.batches.conditioning_dropout import dropped_conditions
from trainer.batches.latents import is_exact, latent_distribution
from trainer.batches.noise import Noise, noise_for
from trainer.config import ConfigNotValid, ModelConfig
from trainer.learning.attention_kernels import Insisting
from trainer.learning.networks import memory_format

LAST_SHARE = 0.7
"""Of the examples, how many are at the last timestep in training for few steps."""


def end_in_noise(model: Model) -> None:
    """Let the last timestep be pure noise, in training and editing alike (Lin et al. 2024, section 3).

    Raises `ConfigNotValid` for a model that predicts the noise: it would have nothing to learn there.
    """
    if model.scheduler_config.get("prediction_type", "epsilon") == "epsilon":
        raise ConfigNotValid(
            "configuration.zero-terminal-snr",
            "model.zero_terminal_snr needs a model that predicts v, but this one predicts the noise.",
            "Leave it out, or start from another model.",
        )
    ending = {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
    model.scheduler_config = {**model.scheduler_config, **ending}


class DenoisingLoss:
    """Mean squared error in the scheduler's own parameterisation (epsilon, v or sample).

    As in the original (`p_losses` of `ddpm_edit.py`): latents of the edited picture are drawn from the
    VAE's distribution and scaled, those of the photo are its mode and, but for CosXL, not scaled.
    """

    def __init__(self, model: Model, config: ModelConfig, *, attention: Insisting = nullcontext) -> None:
        """`attention` is the context in which the UNet, and only it, is called."""
        self.model, self.config, self.attention = model, config, attention
        self.noise_scheduler = DDPMScheduler.from_config(model.scheduler_config)
        self.prediction_type: str = self.noise_scheduler.config.prediction_type

    def __call__(self, batch: Batch, noise: Noise) -> Tensor:
        """The loss of a batch, with the random numbers of its examples (`noise_of`)."""
        without_instruction, without_image = dropped_conditions(
            noise.dropout, self.config.conditioning_dropout_prob
        )
        if batch.without_image is not None:
            without_image = without_image | batch.without_image
        source, target = self._latents(batch, noise)
        source = source * (~without_image).to(source)[:, None, None, None]
        added = self._added_noise(batch, noise, target)
        timesteps = self._timesteps(noise.time).to(target.device)
        noisy = self.noise_scheduler.add_noise(target, added, timesteps)
        text = self._text(batch, without_instruction)
        height, width = (side * self.model.vae_scale_factor for side in target.shape[-2:])
        noisy_and_source = torch.cat([noisy, source], dim=1)
        conditions = added_conditions(self.model, text, (height, width))
        with self.attention():
            prediction: Tensor = self.model.unet(
                noisy_and_source,
                timesteps,
                text.embeddings,
                added_cond_kwargs=conditions,
                return_dict=False,
            )[0]
        wanted = self._wanted(target, added, timesteps)
        errors = (prediction.float() - wanted.float()).square().mean(dim=(1, 2, 3))
        return (errors * self._weights(timesteps)).mean()

    def encode_null(self) -> None:
        """Encode the empty instruction while the text encoder is there; batches may bring all others."""
        _ = self._null

    def noise_of(self, batch: Batch, seed: int, first: int) -> Noise:
        """The random numbers of a batch whose first example has this number."""
        height, width = batch.edited.shape[-2:]
        scale = 1 if batch.is_latents else self.model.vae_scale_factor
        shape = (self.model.latent_channels, height // scale, width // scale)
        drawn_from = batch.edited_std is not None or not (batch.is_latents or is_exact(self.model.vae))
        return noise_for(
            seed,
            first,
            len(batch.instructions),
            shape,
            with_noise=batch.noise is None,
            with_target=drawn_from,
        )

    def _added_noise(self, batch: Batch, noise: Noise, like: Tensor) -> Tensor:
        """The noise that the target drowns in, (B, C, H, W)."""
        normal = noise.noise if batch.noise is None else batch.noise
        assert normal is not None
        added = normal.to(like.device, like.dtype, non_blocking=True)
        offset = self.config.noise_offset
        return added + offset * noise.offset.to(like) if offset else added

    def _latents(self, batch: Batch, noise: Noise) -> tuple[Tensor, Tensor]:
        """Source latents as the model wants them and scaled target latents, (B, C, H, W) each, float32."""
        vae, device = self.model.vae, self.model.unet.device
        layout = memory_format(self.config, device)
        original = batch.original.to(device, non_blocking=True).float().contiguous(memory_format=layout)
        edited = batch.edited.to(device, non_blocking=True).float().contiguous(memory_format=layout)
        deviation = batch.edited_std
        if not batch.is_latents:
            original, _ = latent_distribution(vae, original, exact=False)
            edited, deviation = latent_distribution(vae, edited, exact=False)
        if deviation is not None:
            assert noise.target is not None
            edited = edited + deviation.to(edited) * noise.target.to(edited)
        return original * self.model.image_latent_scale, edited * vae.config.scaling_factor

    def _text(self, batch: Batch, dropped: Tensor) -> TextConditioning:
        """The instructions as the UNet reads them; the dropped ones are the null that editing uses."""
        if batch.embeddings is None:
            pairs = zip(batch.instructions, dropped.tolist(), strict=True)
            instructions = ["" if is_dropped else text for text, is_dropped in pairs]
            with torch.set_grad_enabled(self.config.cond_stage_trainable):
                return encode_instructions(self.model, instructions)
        null, here = self._null, dropped.to(self.model.unet.device)
        embeddings = torch.where(here[:, None, None], null.embeddings, batch.embeddings.to(null.embeddings))
        if null.pooled is None or batch.pooled is None:
            return TextConditioning(embeddings)
        return TextConditioning(
            embeddings, torch.where(here[:, None], null.pooled, batch.pooled.to(null.pooled))
        )

    @cached_property
    def _null(self) -> TextConditioning:
        """The empty instruction, for text encoders that do not learn."""
        with torch.no_grad(), torch.autocast(self.model.unet.device.type, enabled=False):
            return encode_instructions(self.model, [""])

    def _timesteps(self, draws: Tensor) -> Tensor:
        """Timesteps (B,) by the sampling that is asked for, of uniform draws (B,).

        "high_noise" is as dense as they are high; "few_steps" is that for `1 - LAST_SHARE`, and else
        the last timestep, with which an edit begins and, in few steps, is nearly done.
        """
        if self.config.timestep_sampling == "high_noise":
            draws = draws.sqrt()
        elif self.config.timestep_sampling == "few_steps":
            draws = (draws / (1 - LAST_SHARE)).clamp(max=1).sqrt()
        steps = int(self.noise_scheduler.config.num_train_timesteps)
        return (draws * steps).long().clamp_(0, steps - 1)

    def _wanted(self, target: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        match self.prediction_type:
            case "epsilon":
                return noise
            case "v_prediction":
                velocity: Tensor = self.noise_scheduler.get_velocity(target, noise, timesteps)
                return velocity
            case _:
                return target

    def _weights(self, timesteps: Tensor) -> Tensor:
        """What each example counts (B,): 1, or by min-SNR (Hang et al. 2023, equations 7 to 9).

        In terms of the error of the picture the weight is min(SNR, γ); an error of the noise is the
        picture's times SNR, one of v the picture's times SNR + 1.
        """
        gamma = self.config.min_snr_gamma
        if gamma == 0:
            return torch.ones(len(timesteps), device=timesteps.device)
        kept: Tensor = self.noise_scheduler.alphas_cumprod.to(timesteps.device)[timesteps].float()
        ratio = kept / (1 - kept)
        match self.prediction_type:
            case "epsilon":  # written so that it is 1 where nothing is left of the picture
                return (gamma / ratio).clamp(max=1)
            case "v_prediction":
                return ratio.clamp(max=gamma) / (ratio + 1)
            case _:
                return ratio.clamp(max=gamma)
