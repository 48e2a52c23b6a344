"""The loss of training a starter further: that of latents, and of a mask of the subject beside them."""

from __future__ import annotations

from typing import Any

import torch
from diffusers.models import UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional

from engine.models.loading import Model
from trainer.learning.precision import autocast_on
from trainer.starter.scoring.one_step import latents_of_one_step
from trainer.starter.stages.growth_examples import KINDS, GrowthBatch, kind_of
from trainer.starter.stages.pixel_training import LatentLoss, PixelLoss

MASK_WEIGHT = 0.15
"""Weight of the mask's loss."""

KIND_WEIGHTS = {"old": 1.6, "placed": 1.2}
"""Weights of examples by kind."""


class MaskHead(nn.Module):
    """Predicts the subject from what the last layer of the UNet gets; it is not part of the model."""

    def __init__(self, unet: UNet2DConditionModel) -> None:
        super().__init__()
        self.layer = nn.Conv2d(unet.conv_out.in_channels, 1, 3, padding=1)
        self._features: Tensor | None = None
        unet.conv_out.register_forward_pre_hook(self._keep)

    def _keep(self, _: nn.Module, inputs: tuple[Any, ...]) -> None:
        self._features = inputs[0]

    def forward(self, count: int) -> Tensor:
        """Returns logits (count, 1, h, w) for the first examples of the UNet's latest pass."""
        assert self._features is not None
        logits: Tensor = self.layer(self._features[:count])
        return logits


class GrowthLoss:
    """The loss of edits, and `MASK_WEIGHT` times that of the mask of examples that have one."""

    def __init__(self, model: Model, head: MaskHead, decoded: int = 0) -> None:
        """`decoded` is the side in pixels of the part whose pixels count; with 0 only latents count."""
        self._head = head
        self._pixels = PixelLoss(model, decoded, 1) if decoded else None
        self._latents = LatentLoss(model, other_noise=1)

    def __call__(self, growth: GrowthBatch, step: int) -> Tensor:
        """Returns the loss of a batch; `step` seeds the timesteps."""
        weights = torch.tensor([KIND_WEIGHTS[kind_of(edits)] for edits in growth.edits]).to(growth.masks)
        if self._pixels:
            loss = self._pixels(growth.batch, growth.edits, step, weights)
        else:
            loss = self._latents(growth.batch, growth.edits, step, weights).loss
        has_mask = growth.masks[:, :, :1, :1] >= 0
        if growth.batch.without_image is not None:
            has_mask = has_mask & ~growth.batch.without_image[:, None, None, None]
        if not has_mask.any():
            return loss
        with autocast_on(growth.masks.device):
            logits = self._head(len(growth.edits))
        errors = functional.binary_cross_entropy_with_logits(
            logits.float(), growth.masks.clamp(min=0), reduction="none"
        )
        of_examples = (errors * has_mask).mean(dim=(1, 2, 3))
        return loss + MASK_WEIGHT * of_examples.mean()


@torch.no_grad()
def errors_by_kind(model: Model, batches: list[GrowthBatch]) -> dict[str, float]:
    """Returns the mean squared error of the latents of one step, by the kind of the example's edits.

    Examples with a condition dropped are left out.
    """
    errors: dict[str, list[float]] = {kind: [] for kind in KINDS}
    device = model.unet.conv_out.weight.device
    for growth in (each.to(device) for each in batches):
        batch = growth.batch
        assert batch.noise is not None
        assert batch.without_image is not None
        predicted = latents_of_one_step(model, batch.original, batch.instructions, batch.noise)
        target = model.vae.encode(batch.edited).latents.float() * model.vae.config.scaling_factor
        each = (predicted - target).square().mean(dim=(1, 2, 3)).tolist()
        rows = zip(each, growth.edits, batch.instructions, batch.without_image.tolist(), strict=True)
        for error, edits, text, without_image in rows:
            if text and not without_image:
                errors[kind_of(edits)].append(error)
    return {kind: sum(values) / max(1, len(values)) for kind, values in errors.items()}
