"""The denoising loss of a batch: the error of the UNet's prediction against the scheduler's target.

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
from trainer.batches.latents import is_deterministic, latent_distribution
from trainer.batches.noise import Noise, noise_for
from trainer.config import ConfigNotValid, ModelConfig
from trainer.learning.attention_kernels import AttentionContext
from trainer.learning.networks import memory_format

LAST_SHARE = 0.7
"""Share of the examples at the last timestep in training for few steps."""


def use_zero_terminal_snr(model: Model) -> None:
    """Makes the last timestep pure noise, in training and editing alike (Lin et al. 2024, section 3).

    Raises `ConfigNotValid` for a model that predicts the noise, which could not learn at this timestep.
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

    As in the original (`p_losses` of `ddpm_edit.py`): latents of the edited image are sampled from the VAE's
    distribution and scaled; those of the photo are its mode and, except for CosXL, not scaled.
    """

    def __init__(
        self, model: Model, config: ModelConfig, *, attention: AttentionContext = nullcontext
    ) -> None:
        """`attention` makes the context in which the UNet, and only it, is called."""
        self.model, self.config, self.attention = model, config, attention
        self.noise_scheduler = DDPMScheduler.from_config(model.scheduler_config)
        self.prediction_type: str = self.noise_scheduler.config.prediction_type

    def __call__(self, batch: Batch, noise: Noise) -> Tensor:
        """Returns the loss of a batch, with the random numbers of its examples (`noise_of`)."""
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
        wanted = self._prediction_target(target, added, timesteps)
        errors = (prediction.float() - wanted.float()).square().mean(dim=(1, 2, 3))
        return (errors * self._weights(timesteps)).mean()

    def encode_null(self) -> None:
        """Encodes the empty instruction before the encoder is offloaded; cached batches need no other."""
        _ = self._null

    def noise_of(self, batch: Batch, seed: int, first: int) -> Noise:
        """Returns the random numbers of a batch whose first example has this number."""
        height, width = batch.edited.shape[-2:]
        scale = 1 if batch.is_latents else self.model.vae_scale_factor
        shape = (self.model.latent_channels, height // scale, width // scale)
        has_distribution = batch.edited_std is not None or not (
            batch.is_latents or is_deterministic(self.model.vae)
        )
        return noise_for(
            seed,
            first,
            len(batch.instructions),
            shape,
            with_noise=batch.noise is None,
            with_target=has_distribution,
        )

    def _added_noise(self, batch: Batch, noise: Noise, like: Tensor) -> Tensor:
        """Returns the noise (B, C, H, W) that is added to the target latents."""
        normal = noise.noise if batch.noise is None else batch.noise
        assert normal is not None
        added = normal.to(like.device, like.dtype, non_blocking=True)
        offset = self.config.noise_offset
        return added + offset * noise.offset.to(like) if offset else added

    def _latents(self, batch: Batch, noise: Noise) -> tuple[Tensor, Tensor]:
        """Returns the source latents, as the UNet takes them, and the scaled target latents.

        Both are (B, C, H, W), float32.
        """
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
        """Returns the encoded instructions; dropped ones are replaced by the null that editing uses."""
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
        """The encoded empty instruction, for text encoders that are not trained."""
        with torch.no_grad(), torch.autocast(self.model.unet.device.type, enabled=False):
            return encode_instructions(self.model, [""])

    def _timesteps(self, draws: Tensor) -> Tensor:
        """Returns timesteps (B,) of uniform draws (B,), by the configured sampling.

        The density of "high_noise" is proportional to the timestep. "few_steps" does the same for a share of
        `1 - LAST_SHARE`; all others are the last timestep, which decides most of an edit in few steps.
        """
        if self.config.timestep_sampling == "high_noise":
            draws = draws.sqrt()
        elif self.config.timestep_sampling == "few_steps":
            draws = (draws / (1 - LAST_SHARE)).clamp(max=1).sqrt()
        steps = int(self.noise_scheduler.config.num_train_timesteps)
        return (draws * steps).long().clamp_(0, steps - 1)

    def _prediction_target(self, target: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        match self.prediction_type:
            case "epsilon":
                return noise
            case "v_prediction":
                velocity: Tensor = self.noise_scheduler.get_velocity(target, noise, timesteps)
                return velocity
            case _:
                return target

    def _weights(self, timesteps: Tensor) -> Tensor:
        """Returns the weight of each example (B,): 1, or by min-SNR (`min_snr_weights`)."""
        gamma = self.config.min_snr_gamma
        if gamma == 0:
            return torch.ones(len(timesteps), device=timesteps.device)
        kept: Tensor = self.noise_scheduler.alphas_cumprod.to(timesteps.device)[timesteps].float()
        return min_snr_weights(kept / (1 - kept), gamma, self.prediction_type)


def min_snr_weights(ratio: Tensor, gamma: float, prediction_type: str) -> Tensor:
    """Returns the weight of the error at each signal-to-noise ratio (Hang et al. 2023, arXiv 2303.09556).

    For the error of the image, the weight is min(SNR, γ). The error of the noise is that of the image times
    SNR, that of v is that of the image times SNR + 1.

    At a last timestep that is pure noise (Lin et al. 2024), SNR is 0 and the weight is 1, as in the authors'
    own code: models that edit in one step edit there, and would learn nothing with the weight 0.
    """
    match prediction_type:
        case "epsilon":
            weights = (gamma / ratio).clamp(max=1)
        case "v_prediction":
            weights = ratio.clamp(max=gamma) / (ratio + 1)
        case _:
            weights = ratio.clamp(max=gamma)
    return torch.where(ratio > 0, weights, torch.ones_like(weights))
