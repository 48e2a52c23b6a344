"""A model is written completely or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL, StableDiffusionInstructPix2PixPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from engine.editing.conditioning import encode_instructions
from engine.instructions import Verdict
from engine.instructions.knowledge import has_knowledge
from engine.instructions.reader import read_instruction
from engine.library import read_model_card
from engine.models.families import find_family
from engine.models.loading import load_model
from engine.models.original_layout import TensorLayout, to_original
from trainer.export.export import ModelNotWritten, export_model


def test_a_place_that_cannot_be_written_is_one_sentence(starter: Path, tmp_path: Path) -> None:
    model = load_model(starter, device=torch.device("cpu"), dtype=torch.float32)
    blocked = tmp_path / "run"
    blocked.write_text("a file")
    with pytest.raises(ModelNotWritten, match="could not be written"):
        export_model(model, blocked / "model", name="New", instructions=())
    assert list(tmp_path.iterdir()) == [blocked]


def write_original_file(path: Path) -> None:
    """A small random editor as the original code stores one."""
    torch.manual_seed(0)
    family = find_family("sd1")
    widths = {"block_out_channels": [32, 32, 32, 32]}
    unet = UNet2DConditionModel.from_config({**family.config("unet"), **widths, "cross_attention_dim": 32})
    vae = AutoencoderKL.from_config({**family.config("vae"), **widths})
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 1, "num_hidden_layers": 2}
    text = CLIPTextModel(CLIPTextConfig.from_dict({**family.config("text_encoder"), **sizes}))
    tensors = to_original(TensorLayout.UNET, unet.state_dict(), "model.diffusion_model.")
    tensors |= to_original(TensorLayout.VAE, vae.state_dict(), "first_stage_model.")
    prefix = "cond_stage_model.transformer.text_model."
    tensors |= {prefix + name: tensor for name, tensor in text.state_dict().items()}
    torch.save({"state_dict": tensors}, path)


def test_a_model_that_came_in_one_file_becomes_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "model.ckpt"
    write_original_file(path)
    model = load_model(path, device=torch.device("cpu"), dtype=torch.float32)
    folder = export_model(model, tmp_path / "trained", name="New", instructions=("make it snow",))
    again = load_model(folder, device=torch.device("cpu"), dtype=torch.float32)
    for part in ("unet", "vae"):
        stored = getattr(again, part).state_dict()
        for name, tensor in getattr(model, part).state_dict().items():
            wanted = tensor.half().float() if part == "unet" else tensor
            assert torch.equal(stored[name], wanted)
    wanted, found = (encode_instructions(each, ["make it snow", ""]) for each in (model, again))
    assert torch.equal(found.embeddings, wanted.embeddings)
    assert again.scheduler_config == model.scheduler_config
    StableDiffusionInstructPix2PixPipeline.from_pretrained(folder, safety_checker=None)


def test_a_model_trained_from_the_starter_keeps_its_knowledge(starter: Path, tmp_path: Path) -> None:
    model = load_model(starter, device=torch.device("cpu"), dtype=torch.float32)
    model.text_encoders.networks[0].requires_grad_(False)
    folder = export_model(model, tmp_path / "trained", name="New", instructions=("zorbify it",))
    card = read_model_card(folder)
    assert card.licence == "Apache-2.0", "the starter's, on which it is based"
    assert card.useful_ranges == read_model_card(starter).useful_ranges
    assert card.seeded_edits is None, "whether the new edit depends on the seed was not measured"
    assert read_instruction("zorbify my photo", card).verdict is Verdict.KNOWN
    assert read_instruction("make it snow", card).verdict is Verdict.KNOWN
    assert read_instruction("add a hat", card).verdict.is_doubtful


def test_a_model_with_a_trained_text_encoder_has_no_knowledge(starter: Path, tmp_path: Path) -> None:
    model = load_model(starter, device=torch.device("cpu"), dtype=torch.float32)
    model.text_encoders.networks[0].requires_grad_(True)
    folder = export_model(model, tmp_path / "trained", name="New", instructions=("zorbify it",))
    assert not has_knowledge(folder)
