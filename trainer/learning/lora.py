"""Training a few numbers beside the weights instead of the weights themselves (LoRA, Hu et al. 2021).

A trained layer gives W x + alpha / rank · B A x. The layers are peft's; what is stored holds alpha / rank
in B already, so that every reader, whatever it makes of alpha, applies the same change.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import torch
from diffusers.models import UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import Parameter

from engine.errors import EngineError
from engine.tensors.tensor_writer import TensorSpec, TensorWriter
from trainer.config import LoraConfig
from trainer.learning.expansion import is_blind

ADAPTER = "default"
FIRST = "conv_in"
_ATTENTION, _FEED_FORWARD = (".attn1.", ".attn2."), (".ff.",)


class LoraNotPossible(EngineError):
    """LoRA cannot be trained here."""

    kind = "lora"


class LoraNames(StrEnum):
    """Who the names in a LoRA file are for."""

    DIFFUSERS = "diffusers"
    """`unet.….lora_A.weight`: diffusers, peft, ComfyUI, and this program."""
    KOHYA = "kohya"
    """`lora_unet_….lora_down.weight` and `.alpha`: sd-scripts, the web UIs, and the above."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is added to the weight of one module: `up` times `down`."""

    module: str
    """As diffusers names it."""
    down: Tensor
    """(rank, inputs), or (rank, inputs, h, w)."""
    up: Tensor
    """(outputs, rank), or (outputs, rank, 1, 1)."""


def add_lora(unet: UNet2DConditionModel, config: LoraConfig, *, seed: int = 0) -> list[Parameter]:
    """Put LoRA layers into the UNet, freeze all else, and give what is to be trained.

    A UNet that was just expanded also trains the whole weight of its first convolution, without which it
    would never see the photo; its bias stays, so that a LoRA file can hold all that was learned.

    Raises `LoraNotPossible` where peft is missing.
    """
    try:
        import peft
    except ImportError as error:
        raise LoraNotPossible(
            "lora.peft-missing",
            "LoRA training needs the library peft, which is not installed.",
            "Install it with “pip install peft”, or leave model.lora.enable out.",
        ) from error
    blind = is_blind(unet)
    unet.requires_grad_(False)
    if blind:
        unet.register_buffer("first_weight", unet.conv_in.weight.detach().clone(), persistent=False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        peft.inject_adapter_in_model(
            peft.LoraConfig(
                r=config.rank,
                lora_alpha=config.alpha,  # type: ignore[arg-type]
                target_modules=list(_targets(unet, config, with_first=config.conv_in and not blind)),
                init_lora_weights="gaussian",
            ),
            unet,
            ADAPTER,
        )
    if blind:
        unet.conv_in.weight.requires_grad_(True)
    return [weight for weight in unet.parameters() if weight.requires_grad]


def _targets(unet: UNet2DConditionModel, config: LoraConfig, *, with_first: bool) -> Iterator[str]:
    """Names of the modules that get a LoRA layer."""
    parts = {"attention": _ATTENTION, "feed-forward": _ATTENTION + _FEED_FORWARD, "all": ("",)}[config.target]
    for name, module in unet.named_modules():
        if not isinstance(module, nn.Linear | nn.Conv2d):
            continue
        is_wanted = with_first if name == FIRST else any(part in name for part in parts)
        if is_wanted:
            yield name


def has_lora(unet: nn.Module) -> bool:
    return any(True for _ in _layers(unet))


def is_expanded(unet: nn.Module) -> bool:
    """Whether LoRA was added to a UNet that took no photo before."""
    return hasattr(unet, "first_weight")


def changes(unet: UNet2DConditionModel) -> list[Change]:
    """All that training with LoRA has changed, on the CPU in float32."""
    made = [
        Change(
            name,
            layer.lora_A[ADAPTER].weight.detach().float().cpu(),
            (layer.lora_B[ADAPTER].weight.detach().float() * layer.scaling[ADAPTER]).cpu(),
        )
        for name, layer in _layers(unet)
    ]
    if is_expanded(unet):
        made.append(_factored(unet.conv_in.weight.detach() - unet.first_weight))
    return made


def _layers(unet: nn.Module) -> Iterator[tuple[str, Any]]:
    """peft's layers; each holds the layer it stands for."""
    return (
        (name, module)
        for name, module in unet.named_modules()
        if hasattr(module, "lora_A") and hasattr(module, "base_layer")
    )


def _factored(change: Tensor) -> Change:
    """A change of the first convolution (O, I, h, w) as a product: itself times the identity."""
    outputs, *window = change.float().cpu().shape
    matrix = change.float().cpu().flatten(1)
    down = torch.eye(matrix.shape[1]).reshape(-1, *window)
    return Change(FIRST, down, matrix[:, :, None, None].reshape(outputs, -1, 1, 1))


def merged_weights(unet: UNet2DConditionModel) -> dict[str, Tensor]:
    """The tensors of the UNet by diffusers' names, LoRA layers merged into them; the UNet stays as it is."""
    layers = dict(_layers(unet))
    merged: dict[str, Tensor] = {}
    for name, tensor in unet.state_dict().items():
        if ".lora_" in name:
            continue
        module, _, end = name.replace(".base_layer.", ".").rpartition(".")
        layer = layers.get(module)
        if layer is not None and end == "weight":
            tensor = (tensor.float() + layer.get_delta_weight(ADAPTER).float()).to(tensor.dtype)
        merged[f"{module}.{end}"] = tensor.detach()
    return merged


@torch.no_grad()
def merge_lora(unet: UNet2DConditionModel) -> None:
    """Put what was learned into the weights and take the LoRA layers out."""
    merged = merged_weights(unet)
    for name, layer in list(_layers(unet)):
        parent, _, own = name.rpartition(".")
        setattr(unet.get_submodule(parent), own, layer.base_layer)
    unet.load_state_dict(merged)


def save_lora(unet: UNet2DConditionModel, path: Path, names: LoraNames = LoraNames.DIFFUSERS) -> None:
    """Write a safetensors file in float32. Raises `OutputNotWritable`."""
    learned = changes(unet)
    tensors = _named(learned, names)
    forms = {name: TensorSpec(tensor.dtype, tuple(tensor.shape)) for name, tensor in tensors.items()}
    metadata = _peft_metadata(learned) if names is LoraNames.DIFFUSERS else {}
    with TensorWriter(path, forms, metadata) as writer:
        for name in writer.names:
            writer.write(tensors[name])


def _named(learned: list[Change], names: LoraNames) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for change in learned:
        if names is LoraNames.DIFFUSERS:
            stem, down, up = f"unet.{change.module}", "lora_A", "lora_B"
        else:
            stem, down, up = f"lora_unet_{change.module.replace('.', '_')}", "lora_down", "lora_up"
            tensors[f"{stem}.alpha"] = torch.tensor(float(len(change.down)))
        tensors[f"{stem}.{down}.weight"] = change.down
        tensors[f"{stem}.{up}.weight"] = change.up
    return tensors


def _peft_metadata(learned: list[Change]) -> dict[str, str]:
    """What diffusers writes beside its own LoRA files (`lora_adapter_metadata`)."""
    rank = len(learned[0].down)
    others = {change.module: len(change.down) for change in learned if len(change.down) != rank}
    values = {
        "unet.peft_type": "LORA",
        "unet.r": rank,
        "unet.lora_alpha": rank,
        "unet.rank_pattern": others,
        "unet.alpha_pattern": others,
        "unet.target_modules": [change.module for change in learned],
    }
    return {"lora_adapter_metadata": json.dumps(values, indent=2, sort_keys=True)}
