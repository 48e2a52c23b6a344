"""Small random models of every family, as diffusers itself makes and stores them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import (
    AutoencoderKL,
    EDMEulerScheduler,
    EulerAncestralDiscreteScheduler,
    StableDiffusionInstructPix2PixPipeline,
    StableDiffusionXLInstructPix2PixPipeline,
    UNet2DConditionModel,
)
from fakes.clip_tokenizer import keep_plain_vocabulary
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from engine.models.families import clip_vocabulary, find_family
from engine.models.original_layout import TensorLayout, ema_name, to_original

TEXT_WIDTH = 32
FAMILIES = ("sd1", "sd2", "sdxl", "cosxl")


@dataclass
class SmallModel:
    """A model of full structure and reduced width, with the tensors of its parts by diffusers' names."""

    family: str
    networks: dict[str, Any]
    folder: Path
    files: Path
    """Where `save` writes."""
    ema_unet: dict[str, Tensor] = field(default_factory=dict)

    def original(self, *, ema: bool = False) -> dict[str, Tensor]:
        """All tensors as the original code stores them, with what else lies in its checkpoints."""
        tensors = {"betas": torch.linspace(0, 1, 10), **self.original_unet()}
        vae = self.networks["vae"].state_dict()
        tensors |= to_original(TensorLayout.VAE, vae, "first_stage_model.")
        tensors |= self.original_text()
        if self.family == "cosxl":
            tensors["edm_vpred.sigma_max"] = torch.tensor(120.0)
            tensors["edm_vpred.sigma_min"] = torch.tensor(0.002)
        if ema:
            averaged = to_original(TensorLayout.UNET, self.ema_unet)
            tensors |= {f"model_ema.{ema_name(name)}": tensor for name, tensor in averaged.items()}
            tensors |= {"model_ema.decay": torch.tensor(0.9999), "model_ema.num_updates": torch.tensor(3)}
        return tensors

    def original_unet(self, prefix: str = "model.diffusion_model.") -> dict[str, Tensor]:
        return to_original(TensorLayout.UNET, self.networks["unet"].state_dict(), prefix)

    def original_text(self) -> dict[str, Tensor]:
        first = self.networks["text_encoder"].state_dict()
        if self.family == "sd1":
            return {f"cond_stage_model.transformer.text_model.{name}": first[name] for name in first}
        if self.family == "sd2":
            tensors = to_original(TensorLayout.OPEN_CLIP, first, "cond_stage_model.model.")
            block = "cond_stage_model.model.transformer.resblocks."
            unused = {
                name.replace(f"{block}22.", f"{block}23."): torch.full_like(tensor, 7.0)
                for name, tensor in tensors.items()
                if name.startswith(f"{block}22.")
            }
            logit_scale = {"cond_stage_model.model.logit_scale": torch.tensor(1.0)}
            return tensors | unused | logit_scale
        second = self.networks["text_encoder_2"].state_dict()
        tensors = {f"conditioner.embedders.0.transformer.text_model.{name}": first[name] for name in first}
        return tensors | to_original(TensorLayout.OPEN_CLIP, second, "conditioner.embedders.1.model.")

    def save(self, name: str, tensors: dict[str, Tensor], *, metadata: dict[str, str] | None = None) -> Path:
        """Write a file in the format its name asks for."""
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".safetensors":
            save_file({key: value.contiguous() for key, value in tensors.items()}, path, metadata=metadata)
        else:
            torch.save(
                {"state_dict": tensors, "global_step": 22000, "pytorch-lightning_version": "1.4"}, path
            )
        return path


def text_config(family: str, part: str) -> CLIPTextConfig:
    layers = 23 if family == "sd2" else 3
    config = find_family(family).config(part)
    small = {
        "hidden_size": TEXT_WIDTH,
        "intermediate_size": 2 * TEXT_WIDTH,
        "projection_dim": TEXT_WIDTH if part == "text_encoder" else TEXT_WIDTH + 16,
        "num_attention_heads": 1,
        "num_hidden_layers": layers,
    }
    return CLIPTextConfig.from_dict({**config, **small})


def make_networks(family: str) -> dict[str, Any]:
    is_xl = family in ("sdxl", "cosxl")
    config = find_family(family).config("unet")
    widths = [32, 64, 64] if is_xl else [32, 64, 96, 96]
    config |= {"block_out_channels": widths, "cross_attention_dim": TEXT_WIDTH * (2 if is_xl else 1)}
    if family != "sd1":
        config["attention_head_dim"] = [max(1, width // 64) for width in widths]
    if is_xl:
        config |= {"transformer_layers_per_block": [1, 2, 3], "addition_time_embed_dim": 16}
        config["projection_class_embeddings_input_dim"] = TEXT_WIDTH + 16 + 6 * 16
    vae_config = find_family(family).config("vae") | {"block_out_channels": [32, 32, 64, 64]}
    networks: dict[str, Any] = {
        "unet": UNet2DConditionModel.from_config(config),
        "vae": AutoencoderKL.from_config(vae_config),
        "text_encoder": CLIPTextModel(text_config(family, "text_encoder")),
    }
    if is_xl:
        networks["text_encoder_2"] = CLIPTextModelWithProjection(text_config(family, "text_encoder_2"))
    for network in networks.values():
        _shake(network)
    return networks


@torch.no_grad()
def _shake(network: nn.Module) -> None:
    """Norms and biases away from ones and zeros, so that none can be taken for another."""
    network.eval().requires_grad_(False)
    for parameter in network.parameters():
        parameter.add_(torch.randn(parameter.shape) * 0.02)


def tokenizer(pad_token: str = "<|endoftext|>") -> CLIPTokenizer:
    return CLIPTokenizer.from_pretrained(clip_vocabulary(), pad_token=pad_token, model_max_length=77)


def save_folder(family: str, networks: dict[str, Any], folder: Path, **options: Any) -> None:
    """As diffusers' own pipelines store a model."""
    config = find_family(family).config("scheduler")
    scheduler = EDMEulerScheduler if family == "cosxl" else EulerAncestralDiscreteScheduler
    parts = {**networks, "scheduler": scheduler.from_config(config)}
    if "text_encoder_2" in networks:
        pipeline = StableDiffusionXLInstructPix2PixPipeline(
            **parts, tokenizer=tokenizer(), tokenizer_2=tokenizer("!"), add_watermarker=False
        )
    else:
        pipeline = StableDiffusionInstructPix2PixPipeline(
            **parts,
            tokenizer=tokenizer("!" if family == "sd2" else "<|endoftext|>"),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
    pipeline.save_pretrained(folder, **options)
    keep_plain_vocabulary(folder)


@pytest.fixture(scope="session")
def make_small_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], SmallModel]:
    """Every family's small model, made when it is first asked for."""
    made: dict[str, SmallModel] = {}

    def make(family: str) -> SmallModel:
        if family not in made:
            torch.manual_seed(FAMILIES.index(family))
            networks = make_networks(family)
            base = tmp_path_factory.mktemp(family)
            save_folder(family, networks, base / "folder")
            ema = {
                name: tensor + 0.01 * torch.randn(tensor.shape)
                for name, tensor in networks["unet"].state_dict().items()
            }
            made[family] = SmallModel(family, networks, base / "folder", base, ema)
        return made[family]

    return make


@pytest.fixture(params=FAMILIES)
def small_model(
    request: pytest.FixtureRequest, make_small_model: Callable[[str], SmallModel], scratch: Path
) -> SmallModel:
    return replace(make_small_model(request.param), files=scratch)


@pytest.fixture
def sd1(make_small_model: Callable[[str], SmallModel], scratch: Path) -> SmallModel:
    return replace(make_small_model("sd1"), files=scratch)


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """An empty folder that is gone after the test: its files are large."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)
