"""Plans of the networks, tokenizers and configurations of a model, made before loading."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from diffusers.models import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel
from transformers import CLIPTokenizer

from engine.errors import ModelNotUsable, Phrase
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
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
STYLE_UNET = "style_unet"
"""Folder of a second UNet in a model folder, which makes the painted styles on the model's card."""
NETWORK_STEM, TEXT_STEM = "diffusion_pytorch_model", "model"
"""Stems of the weight files of diffusers and transformers in a component folder."""


@dataclass(frozen=True, slots=True)
class TextEncoderPlan:
    """The plan for a text encoder, and its tokenizer."""

    network: NetworkPlan
    tokenizer: CLIPTokenizer
    pad_token_id: int


@dataclass(frozen=True, slots=True)
class TextPlan:
    """The plan for all text encoders of a model, and the use of their outputs."""

    encoders: tuple[TextEncoderPlan, ...]
    layer: str
    zeros_for_empty: bool
    width: int
    """Channels of their concatenated embeddings."""
    pooled_width: int | None
    """Channels of the pooled embedding, if the model uses one."""


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """The plan for a whole model."""

    family: Family
    unet: NetworkPlan
    vae: NetworkPlan
    text: TextPlan
    scheduler_config: dict[str, Any]
    style_unet: NetworkPlan | None = None


def plan_unet(
    config: dict[str, Any], source: TensorSource, part: CheckpointPart, name: str = "unet"
) -> NetworkPlan:
    """The plan for a UNet with this configuration."""
    return NetworkPlan(name, lambda: UNet2DConditionModel.from_config(config), source, part)


def plan_vae(config: dict[str, Any], source: TensorSource, part: CheckpointPart) -> NetworkPlan:
    """The plan for a VAE. Raises `ModelNotUsable` if the configuration names an unknown class."""
    network = AUTOENCODERS.get(str(config.get("_class_name")))
    if network is None:
        raise ModelNotUsable(
            "model.vae-not-supported",
            "The VAE of {file} is of a kind that is not supported ({kind}).",
            "Choose another VAE.",
            file=source.location,
            kind=config.get("_class_name", Phrase("nameless")),
        )
    return NetworkPlan("vae", lambda: network.from_config(config), source, part)


def plan_text_network(
    name: str, config: dict[str, Any], class_name: str, source: TensorSource, part: CheckpointPart
) -> NetworkPlan:
    """The plan for a text encoder of the class `class_name`."""
    return NetworkPlan(name, lambda: make_text_network(config, class_name), source, part, is_exact=False)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object in a model folder. Raises `ModelNotUsable`."""
    try:
        values = json.loads(read_bounded(path, JSON_LIMIT))
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
