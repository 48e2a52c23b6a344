"""The blank starter is a whole model that the engine loads."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers.models import AutoencoderTiny, UNet2DConditionModel

from engine.weights import load_model
from trainer.starter.blank import TEXT_WIDTH, make_blank_starter, make_unet
from trainer.starter.language import LanguageStage

QUICK = LanguageStage(vocabulary_sentences=500, steps=1, batch_size=4)


@pytest.fixture
def vae_folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    vae = AutoencoderTiny(
        encoder_block_out_channels=(8, 8),
        decoder_block_out_channels=(8, 8),
        num_encoder_blocks=(1, 1),
        num_decoder_blocks=(1, 1),
        latent_channels=4,
    )
    vae.save_pretrained(tmp_path / "vae")
    return tmp_path / "vae"


def test_the_blank_starter_loads_and_carries_an_earlier_unet(tmp_path: Path, vae_folder: Path) -> None:
    torch.manual_seed(3)
    earlier = make_unet(4)
    earlier.save_pretrained(tmp_path / "earlier" / "unet")
    make_blank_starter(tmp_path / "blank", vae_folder, grown_from=tmp_path / "earlier", language=QUICK)
    model = load_model(tmp_path / "blank", device=torch.device("cpu"), dtype=torch.float32)
    assert model.unet.config.cross_attention_dim == TEXT_WIDTH
    for name, value in earlier.state_dict().items():
        assert torch.equal(model.unet.state_dict()[name], value)
    assert not (tmp_path / "blank.part").exists()


def test_without_an_earlier_starter_the_unet_is_random(tmp_path: Path, vae_folder: Path) -> None:
    make_blank_starter(tmp_path / "blank", vae_folder, seed=5, language=QUICK)
    unet = UNet2DConditionModel.from_pretrained(tmp_path / "blank" / "unet")
    torch.manual_seed(5)
    expected = make_unet(4)
    assert torch.equal(unet.conv_in.weight, expected.conv_in.weight)
