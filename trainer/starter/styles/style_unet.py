"""The UNet of painted styles, and the hints that it is trained with.

It has a single level, at the size of the latents, because the teacher paints at that size: strokes are local,
and the rest is the mean and deviation of each channel. Its norms have one channel in each group, as the
instance norm of the teacher. The starter's UNet, whose groups have eight channels and whose upper level has
few blocks, came less near to the teacher with 50 times as many examples.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers.models import UNet2DConditionModel
from torch import Tensor, nn

from trainer.starter.data.style_teacher import BLOCKS, WIDTH

CHANNELS = 48
LAYERS = 5
"""Residual blocks on the way down; there is one more on the way up."""
FIRST_HINT = 2
"""The block whose output corresponds to what the teacher's first residual block gets."""


def new_style_unet(latent_channels: int, text_width: int) -> UNet2DConditionModel:
    """Returns an untrained UNet of painted styles for latents and embeddings of these widths."""
    unet = UNet2DConditionModel(
        in_channels=2 * latent_channels,
        out_channels=latent_channels,
        block_out_channels=(CHANNELS,),
        down_block_types=("DownBlock2D",),
        up_block_types=("UpBlock2D",),
        mid_block_type=None,
        layers_per_block=LAYERS,
        norm_num_groups=CHANNELS,
        act_fn="relu",
        resnet_time_scale_shift="scale_shift",
        addition_embed_type="text",
        addition_embed_type_num_heads=8,
        cross_attention_dim=text_width,
    )
    with torch.no_grad():
        unet.conv_in.weight[:, :latent_channels] = 0  # painted styles do not depend on the initial noise
    return unet


class StyleHints(nn.Module):
    """Predicts the teacher's features from the UNet's (hints, Romero et al. 2015); not part of the model."""

    def __init__(self, unet: UNet2DConditionModel) -> None:
        """Watches the UNet's blocks."""
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(CHANNELS, WIDTH, 1) for _ in range(BLOCKS + 1))
        self._outputs: list[Tensor] = []
        blocks = [*unet.down_blocks[0].resnets, *unet.up_blocks[0].resnets]
        unet.conv_in.register_forward_pre_hook(self._begin)
        for block in blocks[FIRST_HINT : FIRST_HINT + BLOCKS + 1]:
            block.register_forward_hook(self._keep)

    def _begin(self, *_: object) -> None:
        self._outputs = []

    def _keep(self, _: nn.Module, __: tuple[Any, ...], output: Tensor) -> None:
        self._outputs.append(output)

    def forward(self, features: list[Tensor], rows: Tensor) -> Tensor:
        """Returns the errors (7,) of the predicted features, each (B, 32, h, w), relative to their variance.

        `rows` (B,) says which examples count. The UNet must just have computed the same examples.
        """
        errors = []
        for layer, output, wanted in zip(self.layers, self._outputs, features, strict=True):
            predicted, kept = layer(output[rows]), wanted[rows].float()
            errors.append((predicted - kept).square().mean() / kept.var())
        return torch.stack(errors)
