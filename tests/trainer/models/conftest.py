"""Small random models of full structure to start from: editors, and what makes pictures from text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import (
    AutoencoderKL,
    EulerAncestralDiscreteScheduler,
    StableDiffusionInstructPix2PixPipeline,
    StableDiffusionXLInstructPix2PixPipeline,
    UNet2DConditionModel,
)
from fakes.clip_tokenizer import keep_plain_vocabulary
from fakes.shared_folder import shared_folder
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from engine.models.families import clip_vocabulary, find_family
from engine.models.loading import Model
from trainer.learning.expansion import load_base_model

TEXT_WIDTH = 32
CPU = torch.device("cpu")


def text_config(family: str, part: str) -> CLIPTextConfig:
    small = {
        "hidden_size": TEXT_WIDTH,
        "intermediate_size": 2 * TEXT_WIDTH,
        "projection_dim": TEXT_WIDTH,
        "num_attention_heads": 1,
        "num_hidden_layers": 23 if family == "sd2" else 2,
    }
    return CLIPTextConfig.from_dict({**find_family(family).config(part), **small})


def tokenizer(pad_token: str = "<|endoftext|>") -> CLIPTokenizer:
    return CLIPTokenizer.from_pretrained(clip_vocabulary(), pad_token=pad_token, model_max_length=77)


@torch.no_grad()
def shaken(network: nn.Module) -> nn.Module:
    """With norms and biases away from ones and zeros, so that none can be taken for another."""
    network.eval().requires_grad_(False)
    for parameter in network.parameters():
        parameter.add_(torch.randn(parameter.shape) * 0.02)
    return network


def save_base(family: str, channels: int, folder: Path) -> None:
    """As diffusers stores a model."""
    torch.manual_seed(channels)
    is_xl = family == "sdxl"
    widths = [32, 64, 64] if is_xl else [32, 32, 64, 64]
    config = find_family(family).config("unet") | {
        "in_channels": channels,
        "block_out_channels": widths,
        "layers_per_block": 1,
        "cross_attention_dim": TEXT_WIDTH * (2 if is_xl else 1),
    }
    if family != "sd1":
        config["attention_head_dim"] = [1] * len(widths)
    if is_xl:
        config |= {"transformer_layers_per_block": [1, 1, 1], "addition_time_embed_dim": 16}
        config["projection_class_embeddings_input_dim"] = TEXT_WIDTH + 6 * 16
    vae = find_family(family).config("vae") | {"block_out_channels": [32, 32, 64, 64], "layers_per_block": 1}
    parts: dict[str, Any] = {
        "unet": shaken(UNet2DConditionModel.from_config(config)),
        "vae": shaken(AutoencoderKL.from_config(vae)),
        "text_encoder": shaken(CLIPTextModel(text_config(family, "text_encoder"))),
        "tokenizer": tokenizer(),
        "scheduler": EulerAncestralDiscreteScheduler.from_config(find_family(family).config("scheduler")),
    }
    if is_xl:
        second = shaken(CLIPTextModelWithProjection(text_config(family, "text_encoder_2")))
        made = StableDiffusionXLInstructPix2PixPipeline(
            **parts, text_encoder_2=second, tokenizer_2=tokenizer("!"), add_watermarker=False
        )
    else:
        made = StableDiffusionInstructPix2PixPipeline(
            **parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False
        )
    made.save_pretrained(folder)
    keep_plain_vocabulary(folder)
    if channels == 4:
        index = folder / "model_index.json"
        index.write_text(index.read_text().replace("InstructPix2Pix", ""))


@pytest.fixture(scope="session")
def base_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """The folder of a small model of a family, with 4 or 8 channels, made on first use."""

    @cache
    def make(family: str, channels: int) -> Path:
        return shared_folder(tmp_path_factory, f"{family}-{channels}", partial(save_base, family, channels))

    return make


@pytest.fixture
def editor_base(base_folder: Callable[[str, int], Path]) -> Model:
    """A loaded model of Stable Diffusion 1 that edits already."""
    return load_base_model(base_folder("sd1", 8), device=CPU)


@pytest.fixture
def text_base(base_folder: Callable[[str, int], Path]) -> Model:
    """A loaded model of Stable Diffusion 1 that made pictures from text, and has just been expanded."""
    return load_base_model(base_folder("sd1", 4), device=CPU)


@pytest.fixture
def unet_inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Noisy and image latents (1, 8, 8, 8), a timestep, and embeddings."""
    generator = torch.Generator().manual_seed(1)
    return (
        torch.randn((1, 8, 8, 8), generator=generator),
        torch.tensor([500]),
        torch.randn((1, 77, TEXT_WIDTH), generator=generator),
    )
