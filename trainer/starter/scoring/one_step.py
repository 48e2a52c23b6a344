"""Edits in a single step, without the editor: for measuring while a starter is trained."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.editing.conditioning import encode_instructions
from engine.models.loading import Model
from trainer.learning.precision import autocast_on


@torch.no_grad()
def latents_of_one_step(model: Model, originals: Tensor, instructions: list[str], noise: Tensor) -> Tensor:
    """Returns the scaled latents (B, C, h, w) that one step of denoising gives for pixels (B, 3, H, W).

    The model must predict v with zero terminal SNR: there v is the negative of the latents.
    """
    last = int(model.scheduler_config["num_train_timesteps"]) - 1
    with autocast_on(noise.device):
        source = model.vae.encode(originals).latents.float() * model.image_latent_scale
        velocity = model.unet(
            torch.cat([noise, source], dim=1),
            torch.full((len(instructions),), last, device=noise.device),
            encode_instructions(model, instructions).embeddings,
            return_dict=False,
        )[0]
    return torch.as_tensor(-velocity.float())
