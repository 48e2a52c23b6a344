"""What is to be loaded, decided before any of it is: networks, tokenizers and configurations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from diffusers.models import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel
from transformers import CLIPTokenizer

from engine.errors import ModelNotUsable
from engine.models.families import Family
from engine.models.network_loading import NetworkPlan
from engine.models.parts import RESTORE_ADVICE, CheckpointPart
from engine.models.text_encoders import make_text_network
from engine.tensors.tensor_source import TensorSource

Autoencoder: TypeAlias = AutoencoderKL | AutoencoderTiny
AUTOENCODERS: dict[str, Any] = {
    "AutoencoderKL": AutoencoderKL,
    "AutoencoderTiny": AutoencoderTiny,
}
NETWORK_STEM, TEXT_STEM = "diffusion_pytorch_model", "model"
"""How diffusers and transformers call the weight files of a component."""


@dataclass(frozen=True, slots=True)
class TextEncoderPlan:
    """A text encoder to be loaded, and its tokenizer."""

    network: NetworkPlan
    tokenizer: CLIPTokenizer
    pad_token_id: int


@dataclass(frozen=True, slots=True)
class TextPlan:
    """All text encoders of a model, and how they are read."""

    encoders: tuple[TextEncoderPlan, ...]
    layer: str
    zeros_for_empty: bool
    width: int
    """Channels of their embeddings side by side."""
    pooled_width: int | None
    """Channels of the pooled embedding, where a model is told one."""


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """A model to be loaded."""

    family: Family
    unet: NetworkPlan
    vae: NetworkPlan
    text: TextPlan
    scheduler_config: dict[str, Any]


def plan_unet(config: dict[str, Any], source: TensorSource, part: CheckpointPart) -> NetworkPlan:
    return NetworkPlan("unet", lambda: UNet2DConditionModel.from_config(config), source, part)


def plan_vae(config: dict[str, Any], source: TensorSource, part: CheckpointPart) -> NetworkPlan:
    """Raises `ModelNotUsable` if the configuration is of a class that is not known here."""
    network = AUTOENCODERS.get(str(config.get("_class_name")))
    if network is None:
        raise ModelNotUsable(
            "model.vae-not-supported",
            "The VAE of {file} is of a kind that is not supported ({kind}).",
            "Choose another VAE.",
            file=source.location,
            kind=config.get("_class_name", "nameless"),
        )
    return NetworkPlan("vae", lambda: network.from_config(config), source, part)


def plan_text_network(
    name: str, config: dict[str, Any], class_name: str, source: TensorSource, part: CheckpointPart
) -> NetworkPlan:
    return NetworkPlan(name, lambda: make_text_network(config, class_name), source, part, is_exact=False)


def read_json(path: Path) -> dict[str, Any]:
    """A configuration of a model folder. Raises `ModelNotUsable`."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelNotUsable(
            "model.part-missing",
            "The model lacks {file}.",
            RESTORE_ADVICE,
            file=f"{path.parent.name}/{path.name}",
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelNotUsable(
            "model.configuration-damaged", "{file} is damaged.", RESTORE_ADVICE, file=path
        ) from error
    if not isinstance(values, dict):
        raise ModelNotUsable("model.configuration-damaged", "{file} is damaged.", RESTORE_ADVICE, file=path)
    return values
