"""Two-scale guidance against the equation of the paper, on a real small UNet."""

from __future__ import annotations

import random

import pytest
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor

from engine.guidance import Branch, GuidedUNet, guidance_branches

LATENTS, PHOTO = torch.randn(2, 1, 4, 8, 8, generator=torch.Generator().manual_seed(1))
INSTRUCTION, NULL = torch.randn(2, 1, 5, 16, generator=torch.Generator().manual_seed(2))
TIMESTEP = torch.tensor(400)


class CountingUNet:
    """A real UNet that remembers what it was asked."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self._unet = UNet2DConditionModel(
            in_channels=8,
            out_channels=4,
            block_out_channels=(8, 16),
            layers_per_block=1,
            norm_num_groups=4,
            cross_attention_dim=16,
            attention_head_dim=2,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        ).eval()
        self.inputs: list[Tensor] = []
        self.embeddings: list[Tensor] = []

    @torch.inference_mode()
    def __call__(
        self, unet_input: Tensor, timestep: Tensor, embeddings: Tensor, *, return_dict: bool
    ) -> tuple[Tensor]:
        self.inputs += list(unet_input)
        self.embeddings += list(embeddings)
        prediction: Tensor = self._unet(unet_input, timestep, embeddings, return_dict=return_dict)[0]
        return (prediction,)

    def predict(self, photo: Tensor, embeddings: Tensor) -> Tensor:
        return self(torch.cat([LATENTS, photo], dim=1), TIMESTEP, embeddings, return_dict=False)[0]


@pytest.fixture(scope="module")
def _unet() -> CountingUNet:
    return CountingUNet()


@pytest.fixture
def unet(_unet: CountingUNet) -> CountingUNet:
    _unet.inputs.clear()
    _unet.embeddings.clear()
    return _unet


def guide(unet: CountingUNet, text: float, image: float) -> Tensor:
    guided = GuidedUNet(
        unet,
        dtype=torch.float32,
        instruction_embeddings=INSTRUCTION,
        null_embeddings=NULL,
        image_latents=PHOTO,
        text_guidance_scale=text,
        image_guidance_scale=image,
    )
    return guided(LATENTS, TIMESTEP)


def written_out(unet: CountingUNet, text: float, image: float) -> Tensor:
    """Brooks et al. 2023, equation 3."""
    neither = unet.predict(torch.zeros_like(PHOTO), NULL)
    image_only = unet.predict(PHOTO, NULL)
    both = unet.predict(PHOTO, INSTRUCTION)
    return neither + text * (both - image_only) + image * (image_only - neither)


@pytest.mark.parametrize(
    ("text", "image", "evaluations"),
    [
        pytest.param(7.5, 1.5, 3, id="defaults of the paper"),
        pytest.param(7.5, 1.0, 2, id="neither is not needed"),
        pytest.param(1.5, 1.5, 2, id="image only is not needed"),
        pytest.param(0.0, 1.5, 2, id="both is not needed"),
        pytest.param(1.0, 0.0, 3, id="photo as null"),
        pytest.param(0.0, 1.0, 1, id="only image only"),
        pytest.param(1.0, 1.0, 1, id="no guidance"),
        pytest.param(0.0, 0.0, 1, id="only neither"),
        pytest.param(12.0, 0.3, 3, id="scales below one count too"),
    ],
)
def test_the_guided_prediction_is_the_papers_with_no_evaluation_too_many(
    unet: CountingUNet, text: float, image: float, evaluations: int
) -> None:
    guided = guide(unet, text, image)
    assert len(unet.inputs) == evaluations
    torch.testing.assert_close(guided, written_out(unet, text, image), rtol=1e-4, atol=1e-4)


def test_branches_come_in_the_originals_order_and_no_photo_means_zeros(unet: CountingUNet) -> None:
    guide(unet, 7.5, 1.5)
    assert all(torch.equal(given[:4], LATENTS[0]) for given in unet.inputs)
    for given, photo in zip(unet.inputs, (PHOTO[0], PHOTO[0], torch.zeros_like(PHOTO[0])), strict=True):
        assert torch.equal(given[4:], photo)
    for given, embeddings in zip(unet.embeddings, (INSTRUCTION[0], NULL[0], NULL[0]), strict=True):
        assert torch.equal(given, embeddings)


def test_weights_sum_to_one_so_that_there_is_always_something_to_evaluate() -> None:
    scales = random.Random(3)
    for _ in range(1000):
        text, image = (scales.choice([0, 1, 1.5, scales.uniform(0, 50)]) for _ in range(2))
        branches = guidance_branches(text, image)
        assert 1 <= len(branches) <= 3
        assert sum(branch.weight for branch in branches) == pytest.approx(1)


def test_a_branch_of_weight_zero_is_left_out() -> None:
    assert guidance_branches(7.5, 1.0) == (
        Branch(7.5, with_instruction=True, with_image=True),
        Branch(-6.5, with_instruction=False, with_image=True),
    )
