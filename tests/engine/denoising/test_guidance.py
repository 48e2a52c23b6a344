"""Two-scale guidance against the equation of the paper, on real small UNets."""

from __future__ import annotations

import random

import pytest
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor

from engine.denoising.branches import Branch, guidance_branches
from engine.denoising.guidance import GuidedUNet

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
        self.calls = 0

    @torch.inference_mode()
    def __call__(
        self, unet_input: Tensor, timestep: Tensor, embeddings: Tensor, *, return_dict: bool
    ) -> tuple[Tensor]:
        self.calls += 1
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
    _unet.calls = 0
    return _unet


def guide(
    unet: CountingUNet, text: float, image: float, *, latents: Tensor = LATENTS, together: bool = True
) -> Tensor:
    guided = GuidedUNet(
        unet,
        dtype=torch.float32,
        instruction_embeddings=INSTRUCTION,
        null_embeddings=NULL,
        image_latents=PHOTO,
        text_guidance_scale=text,
        image_guidance_scale=image,
        together=together,
    )
    return guided(latents, TIMESTEP)


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


@pytest.mark.parametrize(("text", "image"), [(7.5, 1.5), (7.5, 1.0), (1.0, 1.0)])
@pytest.mark.parametrize("together", [True, False])
def test_variations_share_the_conditions(
    unet: CountingUNet, text: float, image: float, together: bool
) -> None:
    latents = torch.randn(4, 4, 8, 8, generator=torch.Generator().manual_seed(9))
    branches = len(guidance_branches(text, image))
    guided = guide(unet, text, image, latents=latents, together=together)
    assert guided.shape == latents.shape
    assert unet.calls == (1 if together else 4 * branches)
    assert len(unet.inputs) == 4 * branches
    for variation, alone in zip(guided, latents, strict=True):
        expected = guide(unet, text, image, latents=alone[None])[0]
        torch.testing.assert_close(variation, expected, rtol=1e-4, atol=1e-4)


def test_one_after_the_other_is_the_same_as_together(unet: CountingUNet) -> None:
    latents = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(9))
    one_by_one, together = (guide(unet, 7.5, 1.5, latents=latents, together=kind) for kind in (False, True))
    torch.testing.assert_close(one_by_one, together, rtol=1e-4, atol=1e-4)


def test_further_conditions_go_with_their_branch() -> None:
    """SDXL's pooled embeddings and sizes, through a real UNet that reads them."""
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        in_channels=8,
        out_channels=4,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=16,
        attention_head_dim=2,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=6 * 8 + 12,
    ).eval()
    sizes = torch.tensor([[768.0, 1000, 0, 0, 768, 1000]]).repeat(2, 1)
    added = {"text_embeds": torch.randn(2, 12, generator=torch.Generator().manual_seed(4)), "time_ids": sizes}

    @torch.inference_mode()
    def predict(photo: Tensor, row: int) -> Tensor:
        text = (INSTRUCTION, NULL)[row]
        own = {name: values[row : row + 1] for name, values in added.items()}
        inputs = torch.cat([LATENTS, photo], dim=1)
        return unet(inputs, TIMESTEP, text, added_cond_kwargs=own, return_dict=False)[0]

    neither, image_only, both = predict(torch.zeros_like(PHOTO), 1), predict(PHOTO, 1), predict(PHOTO, 0)
    expected = neither + 5 * (both - image_only) + 1.5 * (image_only - neither)
    for together in (True, False):
        guided = GuidedUNet(
            unet,
            dtype=torch.float32,
            instruction_embeddings=INSTRUCTION,
            null_embeddings=NULL,
            image_latents=PHOTO,
            text_guidance_scale=5.0,
            image_guidance_scale=1.5,
            added=added,
            together=together,
        )
        with torch.inference_mode():
            torch.testing.assert_close(guided(LATENTS, TIMESTEP), expected, rtol=1e-4, atol=1e-4)


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
