"""A trial of the costly part of a training step, to measure its duration before a run computes anything."""

from __future__ import annotations

from collections.abc import Callable

import torch

from engine.models.loading import Model
from trainer.batches.batch import Batch
from trainer.config import TrainingConfig
from trainer.learning.loss import DenoisingLoss
from trainer.learning.precision import Precision, choose_precision


def trial_pass(model: Model, config: TrainingConfig) -> Callable[[], None]:
    """Returns a pass forward and backward of an example of the run's size; the model stays unchanged."""
    size, multiple = config.data.resolution, model.size_multiple
    side = max(multiple, size - size % multiple) // model.vae_scale_factor
    generator = torch.Generator().manual_seed(config.model.seed)
    original, edited = torch.randn(2, 1, model.latent_channels, side, side, generator=generator)
    batch = Batch(original, edited, [""], is_latents=True)
    precision = Precision(choose_precision(config.trainer.precision, model.unet.device)[0], model.unet.device)
    loss = DenoisingLoss(model, config.model)
    noise = loss.noise_of(batch, config.model.seed, 0)

    def work() -> None:
        frozen = [weight for weight in model.unet.parameters() if not weight.requires_grad]
        try:
            for weight in frozen:
                weight.requires_grad_(True)
            with precision.autocast():
                value = loss(batch, noise)
            precision.backward(value)
        finally:  # also after `TooSlow`
            for weight in frozen:
                weight.requires_grad_(False)
            model.unet.zero_grad(set_to_none=True)

    return work
