"""The recorded UNet: the UNet's own predictions, also where nothing can be recorded."""

from __future__ import annotations

import pytest
import torch
from diffusers.models import UNet2DConditionModel
from torch import Tensor

from engine.devices import recording
from engine.devices.recording import RecordedUNet

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="records on a GPU only")
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@pytest.fixture(scope="module")
def unet() -> UNet2DConditionModel:
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        in_channels=8,
        block_out_channels=(8,),
        down_block_types=("DownBlock2D",),
        up_block_types=("UpBlock2D",),
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=8,
        attention_head_dim=2,
    )
    return unet.eval().requires_grad_(False).to(DEVICE)


def inputs(rows: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(seed)
    sample, text = torch.randn(rows, 8, 8, 8), torch.randn(rows, 5, 8)
    return sample.to(DEVICE), torch.tensor(seed, device=DEVICE), text.to(DEVICE)


@torch.inference_mode()
def test_every_prediction_is_the_unets_and_stays_so(
    unet: UNet2DConditionModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "MAX_RECORDED", 2)
    recorded = RecordedUNet(unet)
    given = [inputs(rows, seed) for seed, rows in enumerate((3, 3, 1, 2, 3))]
    predictions = [recorded(*each)[0] for each in given]
    for each, prediction in zip(given, predictions, strict=True):
        torch.testing.assert_close(prediction, unet(*each, return_dict=False)[0])


@needs_cuda
@torch.inference_mode()
def test_after_forgetting_it_is_recorded_anew(unet: UNet2DConditionModel) -> None:
    recorded = RecordedUNet(unet)
    recorded(*inputs(3, 1))
    assert recorded.clear()
    assert not recorded.clear()
    given = inputs(3, 2)
    torch.testing.assert_close(recorded(*given)[0], unet(*given, return_dict=False)[0])
    assert recorded.clear()


@pytest.mark.skipif(torch.cuda.is_available(), reason="for machines without a GPU")
def test_without_cuda_the_unet_answers_itself(unet: UNet2DConditionModel) -> None:
    recorded, given = RecordedUNet(unet), inputs(2, 3)
    for _ in range(2):
        assert torch.equal(recorded(*given)[0], unet(*given, return_dict=False)[0])
    assert not recorded.clear()
