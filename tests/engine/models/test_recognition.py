"""A file is known by its tensors; what cannot edit is refused by its name, with what to use instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from engine.errors import ModelNotUsable
from engine.model_options import WeightSet
from engine.models.loading import load_model
from engine.models.recognition import FileIdentity, FileKind, identify
from engine.tensors.tensor_files import open_tensors

TEXT_TO_IMAGE_ADVICE = "Merge it into an editor, or choose an InstructPix2Pix model."
CHOOSE = "Choose an InstructPix2Pix model."


@pytest.fixture
def identified(scratch: Path) -> Any:
    """Writes tensors to a file and looks what they are."""

    def write_and_look(tensors: dict[str, Tensor]) -> FileIdentity:
        path = scratch / "file.safetensors"
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
        source = open_tensors(path)
        try:
            return identify(source)
        finally:
            source.close()

    return write_and_look


def refused(found: FileIdentity) -> str:
    with pytest.raises(ModelNotUsable) as error:
        found.require_editor()
    return str(error.value)


def zeros(*names: str) -> dict[str, Tensor]:
    return {name: torch.zeros(4, 4) for name in names}


def with_channels(model: Any, channels: int, **extra: Tensor) -> dict[str, Tensor]:
    tensors = model.original()
    name = "model.diffusion_model.input_blocks.0.0.weight"
    width = tensors[name].shape[0]
    return {**tensors, name: torch.zeros(width, channels, 3, 3), **extra}


def test_editors_of_every_family_are_known_by_content(small_model: Any, identified: Any) -> None:
    found: FileIdentity = identified(small_model.original(ema=True))
    found.require_editor()
    assert (found.kind, found.family) == (FileKind.EDITOR, small_model.family)
    assert found.weight_sets == (WeightSet.EMA, WeightSet.LIVE)
    assert found.vae is not None
    assert len(found.text_encoders) == (2 if "xl" in small_model.family else 1)


def test_a_file_with_one_set_of_weights_offers_no_choice(sd1: Any, identified: Any) -> None:
    assert identified(sd1.original()).weight_sets == (WeightSet.EMA,)


@pytest.mark.parametrize(
    ("family", "title"),
    [("sd1", "Stable Diffusion 1"), ("sd2", "Stable Diffusion 2"), ("sdxl", "Stable Diffusion XL")],
)
def test_models_that_make_pictures_from_text_are_named(
    make_small_model: Any, identified: Any, family: str, title: str
) -> None:
    found = identified(with_channels(make_small_model(family), 4))
    assert (found.kind, found.family) == (FileKind.TEXT_TO_IMAGE, family)
    assert refused(found) == (
        f"This is a {title} model that makes pictures from text; it cannot edit. {TEXT_TO_IMAGE_ADVICE}"
    )


@pytest.mark.parametrize(
    ("channels", "words"),
    [(9, "for inpainting"), (7, "enlarges pictures"), (5, "depth map"), (12, "its UNet takes 12 channels")],
)
def test_other_unets_are_named_by_what_they_take(
    sd1: Any, identified: Any, channels: int, words: str
) -> None:
    assert words in refused(identified(with_channels(sd1, channels)))


def test_the_refiner_and_unclip_are_not_taken_for_xl(make_small_model: Any, identified: Any) -> None:
    tensors = make_small_model("sdxl").original()
    second = "conditioner.embedders.1.model."
    without = {
        name: value for name, value in tensors.items() if not name.startswith("conditioner.embedders.0.")
    }
    refiner = {
        name.replace(second, "conditioner.embedders.0.model."): value for name, value in without.items()
    }
    assert "the refiner of Stable Diffusion XL" in refused(identified(refiner))
    unclip = {name.replace(second, "cond_stage_model.model."): value for name, value in without.items()}
    assert "unCLIP" in refused(identified(unclip))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["model.diffusion_model.joint_blocks.0.context_block.attn.qkv.weight"], "Stable Diffusion 3"),
        (["joint_blocks.0.x_block.attn.qkv.weight"], "Stable Diffusion 3"),
        (["transformer_blocks.0.attn.add_k_proj.weight"], "Stable Diffusion 3"),
        (["double_blocks.0.img_attn.qkv.weight"], "Flux"),
        (["single_transformer_blocks.0.attn.to_q.weight"], "Flux"),
        (["control_model.input_blocks.0.0.weight"], "ControlNet"),
        (["controlnet_cond_embedding.conv_in.weight", "conv_in.weight"], "ControlNet"),
        (["image_proj.proj.weight", "ip_adapter.1.to_k_ip.weight"], "an adapter"),
        (["down_blocks.0.motion_modules.0.temporal_transformer.norm.weight"], "makes videos"),
        (["model.1.sub.0.RDB1.conv1.0.weight"], "enlarges pictures"),
        (["lora_unet_mid_block_attentions_0_proj_in.lora_down.weight"], "a LoRA, which changes a model"),
        (["unet.mid_block.attentions.0.proj_in.lora_A.weight"], "a LoRA, which changes a model"),
        (["unet.mid_block.attn1.processor.to_q_lora.down.weight"], "a LoRA, which changes a model"),
        (["encoder.down.0.block.0.norm1.weight"], "a VAE without the model"),
        (["encoder.down_blocks.0.resnets.0.norm1.weight"], "a VAE without the model"),
        (["text_model.embeddings.token_embedding.weight"], "a text encoder without the model"),
        (["emb_params"], "textual inversion"),
        (["clip_l", "clip_g"], "textual inversion"),
        (["wheel.weight"], "no model that this program knows"),
    ],
)
def test_other_files_are_refused_by_name(identified: Any, names: list[str], words: str) -> None:
    sentence = refused(identified(zeros(*names)))
    assert sentence.startswith("This is ")
    assert words in sentence
    assert "Choose" in sentence


def test_an_embedding_of_one_nameless_tensor_is_known_by_its_width(identified: Any) -> None:
    assert "textual inversion" in refused(identified({"<cat>": torch.zeros(2, 768)}))


def test_an_incomplete_unet_is_named(sd1: Any, identified: Any) -> None:
    tensors = sd1.original()
    del tensors["model.diffusion_model.out.2.weight"]
    with pytest.raises(ModelNotUsable, match=r"lacks the tensor conv_out\.weight"):
        identified(tensors)


def test_loading_refuses_with_the_same_sentence(sd1: Any) -> None:
    path = sd1.save("model.ckpt", with_channels(sd1, 4))
    with pytest.raises(
        ModelNotUsable, match="This is a Stable Diffusion 1 model that makes pictures from text"
    ):
        load_model(path, device=torch.device("cpu"), dtype=torch.float32)


def test_no_name_ending_decides(sd1: Any) -> None:
    path = sd1.save("model.safetensors", sd1.original())
    renamed = path.rename(path.with_name("picture.jpg"))
    assert load_model(renamed, device=torch.device("cpu"), dtype=torch.float32).family.name == "sd1"
