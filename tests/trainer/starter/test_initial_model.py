"""The initial starter is a complete model that the engine loads."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers.models import AutoencoderTiny, UNet2DConditionModel

from engine.models.loading import load_model
from trainer.starter.stages.initial_model import TEXT_WIDTH, make_initial_model, make_unet
from trainer.starter.stages.language_training import LanguageStage

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


def test_the_blank_starter_loads_and_begins_with_what_an_earlier_one_can(
    tmp_path: Path, vae_folder: Path
) -> None:
    make_initial_model(tmp_path / "earlier", vae_folder, seed=3, language=QUICK)
    make_initial_model(tmp_path / "blank", vae_folder, grown_from=tmp_path / "earlier", language=QUICK)
    earlier, model = (
        load_model(tmp_path / name, device=torch.device("cpu"), dtype=torch.float32)
        for name in ("earlier", "blank")
    )
    assert model.unet.config.cross_attention_dim == TEXT_WIDTH
    for ours, theirs in (
        (model.unet, earlier.unet),
        (model.text_encoders.networks[0], earlier.text_encoders.networks[0]),
    ):
        for name, value in theirs.state_dict().items():
            assert torch.equal(ours.state_dict()[name], value)
    vocabularies = [
        (tmp_path / name / "tokenizer" / "vocab.json").read_bytes() for name in ("earlier", "blank")
    ]
    assert vocabularies[0] == vocabularies[1]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_without_an_earlier_starter_the_unet_is_random(tmp_path: Path, vae_folder: Path) -> None:
    make_initial_model(tmp_path / "blank", vae_folder, seed=5, language=QUICK)
    unet = UNet2DConditionModel.from_pretrained(tmp_path / "blank" / "unet")
    torch.manual_seed(5)
    expected = make_unet(4)
    assert torch.equal(unet.conv_in.weight, expected.conv_in.weight)
