"""From one batch to one number: how far the UNet's prediction is from the scheduler's target."""

from __future__ import annotations

import torch
from diffusers import DDPMScheduler
from torch import Tensor

from engine.conditioning import encode_instructions, encode_pixels
from engine.weights import Model
from trainer.conditioning_dropout import dropped_conditions
from trainer.examples import Batch


class DenoisingLoss:
    """Mean squared error in the scheduler's own parameterisation (epsilon, v or sample)."""

    def __init__(self, model: Model, *, dropout_probability: float, timestep_sampling: str) -> None:
        self.model = model
        self.noise_scheduler = DDPMScheduler.from_config(model.scheduler_config)
        self.dropout_probability = dropout_probability
        self.timestep_sampling = timestep_sampling

    def __call__(self, batch: Batch, generator: torch.Generator) -> Tensor:
        """The loss of a batch; every random choice comes from the CPU `generator`."""
        source, target = self._latents(batch, generator)
        count, device = len(batch.instructions), source.device
        draws = torch.rand(count, generator=generator)
        without_instruction, without_image = dropped_conditions(draws, self.dropout_probability)
        instructions = [
            "" if dropped else text
            for text, dropped in zip(batch.instructions, without_instruction.tolist(), strict=True)
        ]
        source = source * (~without_image).to(source)[:, None, None, None]
        timesteps = self._timesteps(count, generator).to(device)
        noise = torch.randn(target.shape, generator=generator).to(target)
        noisy = self.noise_scheduler.add_noise(target, noise, timesteps)
        embeddings = encode_instructions(self.model, instructions)
        noisy_and_source = torch.cat([noisy, source], dim=1)
        prediction: Tensor = self.model.unet(noisy_and_source, timesteps, embeddings, return_dict=False)[0]
        wanted = self._wanted(target, noise, timesteps)
        loss: Tensor = (prediction.float() - wanted.float()).square().mean()
        return loss

    def _latents(self, batch: Batch, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Unscaled source latents and scaled target latents, (B, C, H, W) each."""
        vae = self.model.vae
        layout = torch.channels_last
        original = batch.original.to(vae.device, memory_format=layout).float()
        edited = batch.edited.to(vae.device, memory_format=layout).float()
        if not batch.is_latents:
            with torch.no_grad():
                original = encode_pixels(vae, original)
                edited = encode_pixels(vae, edited, generator=generator)
        return original, edited * vae.config.scaling_factor

    def _timesteps(self, count: int, generator: torch.Generator) -> Tensor:
        draws = torch.rand(count, generator=generator)
        if self.timestep_sampling == "high_noise":
            draws = draws.pow(1 / 3)
        steps = int(self.noise_scheduler.config.num_train_timesteps)
        return (draws * steps).long().clamp_(0, steps - 1)

    def _wanted(self, target: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        match self.noise_scheduler.config.prediction_type:
            case "epsilon":
                return noise
            case "v_prediction":
                velocity: Tensor = self.noise_scheduler.get_velocity(target, noise, timesteps)
                return velocity
            case _:
                return target
