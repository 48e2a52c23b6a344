"""Reuse between steps, on real small UNets of each shape we edit with."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor

from engine.denoising.guidance import Denoiser, GuidedUNet
from engine.denoising.turbo import TurboGuidance, TurboUNet
from engine.denoising.turbo_interval import depth_interval

LATENTS = torch.randn(3, 8, 16, 16, generator=torch.Generator().manual_seed(1))
TEXT = torch.randn(3, 5, 16, generator=torch.Generator().manual_seed(2))
ADDED = {
    "text_embeds": torch.randn(3, 12, generator=torch.Generator().manual_seed(4)),
    "time_ids": torch.tensor([[64.0, 64, 0, 0, 64, 64]]).repeat(3, 1),
}
SMALL: dict[str, Any] = {
    "in_channels": 8,
    "out_channels": 4,
    "norm_num_groups": 4,
    "cross_attention_dim": 16,
    "attention_head_dim": 2,
}
KINDS: dict[str, dict[str, Any]] = {
    "Stable Diffusion": {
        "block_out_channels": (8, 16, 16),
        "layers_per_block": 2,
        "down_block_types": ("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
    },
    "SDXL": {
        "block_out_channels": (8, 16),
        "layers_per_block": 2,
        "transformer_layers_per_block": (1, 2),
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 8,
        "projection_class_embeddings_input_dim": 6 * 8 + 12,
    },
    "starter": {
        "block_out_channels": (8, 16, 16),
        "layers_per_block": 1,
        "down_block_types": ("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
    },
}


class CountedDepth:
    """A real UNet, and how often its middle was computed."""

    def __init__(self, kind: str) -> None:
        torch.manual_seed(0)
        self.unet = UNet2DConditionModel(**SMALL, **KINDS[kind]).eval()
        self.computed = 0
        self.options = {"added_cond_kwargs": ADDED} if kind == "SDXL" else {}
        self.unet.mid_block.register_forward_hook(self._count)

    def _count(self, *ignored: object) -> None:
        self.computed += 1


@pytest.fixture(params=KINDS, scope="module")
def _counted(request: pytest.FixtureRequest) -> CountedDepth:
    return CountedDepth(request.param)


@pytest.fixture
def counted(_counted: CountedDepth) -> CountedDepth:
    _counted.computed = 0
    return _counted


@torch.inference_mode()
def steps_of(unet: Any, options: dict[str, Any], count: int) -> list[Tensor]:
    """Predictions of steps whose latents and timesteps come closer and closer to the end."""
    predictions = []
    for step in range(count):
        timestep = torch.tensor(900 - 100 * step)
        prediction = unet(LATENTS * (1 - step / 10), timestep, TEXT, return_dict=False, **options)[0]
        predictions.append(prediction)
    return predictions


def test_computing_the_depth_at_every_step_is_the_unet_itself(counted: CountedDepth) -> None:
    turbo = steps_of(TurboUNet(counted.unet, interval=1), counted.options, 3)
    assert counted.computed == 3
    for ours, theirs in zip(turbo, steps_of(counted.unet, counted.options, 3), strict=True):
        assert torch.equal(ours, theirs)


def test_the_depth_is_computed_at_some_steps_only_and_those_are_exact(counted: CountedDepth) -> None:
    turbo = steps_of(TurboUNet(counted.unet, interval=3), counted.options, 5)
    assert counted.computed == 2
    exact = steps_of(counted.unet, counted.options, 5)
    for step in (0, 3):
        assert torch.equal(turbo[step], exact[step])
    for step in (1, 2, 4):
        assert not torch.allclose(turbo[step], exact[step])
        # the outermost level saw the new latents and the new timestep
        assert not torch.allclose(turbo[step], turbo[step - 1])


@pytest.mark.parametrize("together", [True, False])
def test_every_branch_and_variation_has_a_depth_of_its_own(together: bool) -> None:
    counted = CountedDepth("Stable Diffusion")

    turbo = edit_steps(turbo_of(counted.unet, interval=2, together=together), 4)
    assert counted.computed == 2 * (1 if together else 6)
    for found, expected in zip(turbo, edit_steps(turbo_of(counted.unet, interval=2), 4), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)


def guided(unet: Any, *, together: bool = True) -> GuidedUNet:
    return GuidedUNet(
        unet,
        dtype=torch.float32,
        instruction_embeddings=TEXT[:1],
        null_embeddings=TEXT[1:2],
        image_latents=LATENTS[:1, :4],
        text_guidance_scale=3.0,
        image_guidance_scale=1.5,
        together=together,
    )


def turbo_of(unet: UNet2DConditionModel, *, interval: int, together: bool = True) -> TurboGuidance:
    return TurboGuidance(guided(TurboUNet(unet, interval=interval), together=together), interval=interval)


@torch.inference_mode()
def edit_steps(denoise: Denoiser, count: int) -> list[Tensor]:
    """Predictions for two variations."""
    noisy = torch.randn(2, 4, 16, 16, generator=torch.Generator().manual_seed(5))
    return [denoise(noisy * (1 - step / 10), torch.tensor(900 - 100 * step)) for step in range(count)]


class Straight:
    """A UNet whose predictions move in a straight line from step to step; counts the rows it was given."""

    def __init__(self) -> None:
        self.rows: list[int] = []

    def __call__(self, sample: Tensor, timestep: Tensor, text: Tensor, **_: object) -> tuple[Tensor]:
        self.rows.append(len(sample))
        step = (900 - timestep) / 100
        slope = text.mean(dim=(1, 2)) + sample[:, 4:].mean(dim=(1, 2, 3))
        return ((1 + step * slope[:, None, None, None]).expand(-1, 4, 16, 16),)


def test_between_two_computations_guidance_pulls_on_in_a_straight_line() -> None:
    unet = Straight()
    turbo = edit_steps(TurboGuidance(guided(unet), interval=4), 8)
    assert unet.rows == [6, 2] * 4
    exact = edit_steps(guided(Straight()), 8)
    # at the second step it has seen one computation and holds it
    assert not torch.allclose(turbo[1], exact[1])
    for step in (0, 2, 3, 4, 5, 6, 7):
        torch.testing.assert_close(turbo[step], exact[step])


def test_all_branches_are_computed_wherever_the_depth_is() -> None:
    unet = Straight()
    edit_steps(TurboGuidance(guided(unet), interval=3), 7)
    assert unet.rows == [6, 2, 6, 6, 2, 6, 6]


def test_a_new_edit_knows_nothing_of_the_last(counted: CountedDepth) -> None:
    first = steps_of(TurboUNet(counted.unet, interval=3), counted.options, 4)
    again = steps_of(TurboUNet(counted.unet, interval=3), counted.options, 4)
    for one, other in zip(first, again, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(
    ("steps", "interval"), [(1, 1), (2, 1), (7, 1), (8, 2), (12, 2), (13, 3), (20, 4), (1000, 4)]
)
def test_few_steps_reuse_less(steps: int, interval: int) -> None:
    assert depth_interval(steps) == interval
