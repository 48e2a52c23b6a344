"""The names of the original layout are those that diffusers' own converters know, both ways."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders.single_file_utils import (
    convert_ldm_clip_checkpoint,
    convert_ldm_unet_checkpoint,
    convert_ldm_vae_checkpoint,
    convert_open_clip_checkpoint,
)
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from engine.models.families import find_family
from engine.models.original_layout import TensorLayout, ema_name, tensor_locations, to_original

FULL = ("sd1", "sd2", "sdxl")


def on_meta(network: Any, config: dict[str, Any]) -> dict[str, Tensor]:
    with torch.device("meta"):
        tensors: dict[str, Tensor] = network.from_config(config).state_dict()
    return tensors


@pytest.mark.parametrize("family", FULL)
def test_every_unet_tensor_is_where_diffusers_looks_for_it(family: str) -> None:
    config = find_family(family).config("unet")
    tensors = on_meta(UNet2DConditionModel, config)
    original = to_original(TensorLayout.UNET, tensors, "model.diffusion_model.")
    assert len(original) == len(tensors)
    converted = convert_ldm_unet_checkpoint(dict(original), config)
    assert converted.keys() == tensors.keys()
    assert all(converted[name] is tensor for name, tensor in tensors.items())


@pytest.mark.parametrize("family", FULL)
def test_every_averaged_unet_tensor_is_where_diffusers_looks_for_it(family: str) -> None:
    config = find_family(family).config("unet")
    tensors = on_meta(UNet2DConditionModel, config)
    live = to_original(TensorLayout.UNET, tensors, "model.diffusion_model.")
    averaged = {
        name.removeprefix("model.diffusion_model."): torch.empty_like(tensor) for name, tensor in live.items()
    }
    stored = {f"model_ema.{ema_name(name)}": tensor for name, tensor in averaged.items()}
    converted = convert_ldm_unet_checkpoint({**live, **stored}, config, extract_ema=True)
    for name, location in tensor_locations(TensorLayout.UNET, tensors).items():
        assert converted[name] is averaged[location.name]


@pytest.mark.parametrize("family", FULL)
def test_every_vae_tensor_is_where_diffusers_looks_for_it(family: str) -> None:
    config = find_family(family).config("vae")
    tensors = on_meta(AutoencoderKL, config)
    original = to_original(TensorLayout.VAE, tensors, "first_stage_model.")
    converted = convert_ldm_vae_checkpoint(dict(original), config)
    assert {name: tensor.shape for name, tensor in converted.items()} == {
        name: tensor.shape for name, tensor in tensors.items()
    }
    same = [name for name, tensor in tensors.items() if converted[name] is tensor]
    assert len(tensors) - len(same) == 8, "the weights of two attention layers change their shape"


def test_the_vaes_attention_is_where_diffusers_looks_for_it() -> None:
    config = find_family("sd1").config("vae") | {"block_out_channels": [32, 32, 32, 32]}
    tensors = AutoencoderKL.from_config(config).state_dict()
    original = to_original(TensorLayout.VAE, tensors, "first_stage_model.")
    converted = convert_ldm_vae_checkpoint(dict(original), config)
    assert all(torch.equal(converted[name], tensor) for name, tensor in tensors.items())
    for name, location in tensor_locations(TensorLayout.VAE, tensors).items():
        stored = original["first_stage_model." + location.name]
        assert torch.equal(location.cut(stored), tensors[name])
        assert location.cut_shape(tuple(stored.shape)) == tuple(tensors[name].shape)


def small_text(network: Any, **changes: Any) -> nn.Module:
    sizes = {"hidden_size": 64, "intermediate_size": 96, "num_attention_heads": 1, "num_hidden_layers": 3}
    made: nn.Module = network(CLIPTextConfig(vocab_size=100, projection_dim=64, **sizes, **changes))
    return made


@pytest.mark.parametrize("network", [CLIPTextModel, CLIPTextModelWithProjection])
def test_every_tensor_of_openclip_is_where_diffusers_looks_for_it(network: Any) -> None:
    encoder = small_text(network)
    tensors = encoder.state_dict()
    original = to_original(TensorLayout.OPEN_CLIP, tensors, "cond_stage_model.model.")
    assert any(name.endswith("in_proj_weight") for name in original)
    # a converter that ignores the projection of Stable Diffusion 2 is asked under another prefix
    asked = {
        name.replace("cond_stage_model.", "conditioner.embedders.1."): value
        for name, value in original.items()
    }
    converted = convert_open_clip_checkpoint(encoder, asked, prefix="conditioner.embedders.1.model.")
    if network is CLIPTextModel:
        converted = {name.removeprefix("text_model."): value for name, value in converted.items()}
    assert converted.keys() == tensors.keys()
    assert all(torch.equal(converted[name], tensor) for name, tensor in tensors.items())
    for name, location in tensor_locations(TensorLayout.OPEN_CLIP, tensors).items():
        stored = original["cond_stage_model.model." + location.name]
        assert torch.equal(location.cut(stored), tensors[name])
        assert location.cut_shape(tuple(stored.shape)) == tuple(tensors[name].shape)


def test_clip_keeps_the_names_of_transformers() -> None:
    tensors = small_text(CLIPTextModel).state_dict()
    original = {f"cond_stage_model.transformer.text_model.{name}": tensor for name, tensor in tensors.items()}
    converted = convert_ldm_clip_checkpoint(original)
    assert {name.removeprefix("text_model.") for name in converted} == tensors.keys()


def test_averages_are_named_as_the_original_names_them() -> None:
    # the example of the released checkpoint
    assert ema_name("input_blocks.0.0.weight") == "diffusion_modelinput_blocks00weight"
