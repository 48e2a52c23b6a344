"""A widened network does what the thin one did, and its twin channels can part."""

from __future__ import annotations

import pytest
import torch
from diffusers.models import UNet2DConditionModel
from torch import Tensor, nn

from trainer.starter.stages.widening import widen


def unet(*channels: int) -> UNet2DConditionModel:
    torch.manual_seed(2)
    return UNet2DConditionModel(
        in_channels=4,
        out_channels=2,
        block_out_channels=channels,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        norm_num_groups=4,
        attention_head_dim=4,
        cross_attention_dim=8,
        resnet_time_scale_shift="scale_shift",
    )


@torch.no_grad()
def prediction(network: UNet2DConditionModel) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    latents, text = torch.randn(2, 4, 16, 16, generator=generator), torch.randn(2, 6, 8, generator=generator)
    output: Tensor = network(latents, 500, text, return_dict=False)[0]
    return output


def test_a_level_of_twice_the_channels_changes_little() -> None:
    thin, wide = unet(16, 64), unet(32, 64)
    widen(thin, wide)
    before, after = prediction(thin), prediction(wide)
    # where both levels meet, one normalisation has other groups
    assert nn.functional.cosine_similarity(before.flatten(), after.flatten(), dim=0) > 0.95


def test_without_normalisation_of_mixed_levels_nothing_changes() -> None:
    torch.manual_seed(0)
    thin = nn.Sequential(nn.Conv2d(3, 8, 3), nn.GroupNorm(4, 8), nn.SiLU(), nn.Conv2d(8, 3, 3))
    wide = nn.Sequential(nn.Conv2d(3, 16, 3), nn.GroupNorm(4, 16), nn.SiLU(), nn.Conv2d(16, 3, 3))
    widen(thin, wide)
    pixels = torch.randn(2, 3, 12, 12)
    assert torch.allclose(thin(pixels), wide(pixels), atol=1e-5)
    reading = wide[3].weight
    assert not torch.allclose(reading[:, 0::2], reading[:, 1::2])


def test_other_layers_or_too_many_channels_are_refused() -> None:
    with pytest.raises(ValueError, match="same layers"):
        widen(nn.Sequential(nn.Linear(2, 2)), nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)))
    with pytest.raises(ValueError, match="up to twice"):
        widen(nn.Linear(4, 4), nn.Linear(4, 12))
