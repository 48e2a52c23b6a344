"""Trains low-rank matrices beside the weights instead of the weights themselves (LoRA, Hu et al. 2021).

A trained layer computes W x + alpha / rank · B A x. The layers are peft's. Stored matrices B already include
alpha / rank, so that every reader applies the same change, however it interprets alpha.
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
from trainer.learning.expansion import has_untrained_input

ADAPTER = "default"
FIRST = "conv_in"
_ATTENTION, _FEED_FORWARD = (".attn1.", ".attn2."), (".ff.",)


class LoraNotPossible(EngineError):
    """LoRA cannot be trained here."""

    kind = "lora"
    is_wrong_input = True


class LoraNames(StrEnum):
    """Naming schemes of LoRA files."""

    DIFFUSERS = "diffusers"
    """`unet.….lora_A.weight`: read by diffusers, peft, ComfyUI, and this program."""
    KOHYA = "kohya"
    """`lora_unet_….lora_down.weight` and `.alpha`: read by sd-scripts, the web UIs, and the above."""


@dataclass(frozen=True, slots=True)
class Change:
    """The change of the weight of one module: `up` times `down`."""

    module: str
    """diffusers' name of the module."""
    down: Tensor
    """(rank, inputs), or (rank, inputs, h, w)."""
    up: Tensor
    """(outputs, rank), or (outputs, rank, 1, 1)."""


def add_lora(unet: UNet2DConditionModel, config: LoraConfig, *, seed: int = 0) -> list[Parameter]:
    """Puts LoRA layers into the UNet and freezes all other weights; returns the trained weights.

    If the UNet was just expanded, the whole weight of its first convolution is trained too, without which it
    would not use the photo. The bias is not trained, so that a LoRA file can hold all changes.

    Raises `LoraNotPossible` if peft is missing.
    """
    try:
        import peft
    except ImportError as error:
        raise LoraNotPossible(
            "lora.peft-missing",
            "LoRA training needs the library peft, which is not installed.",
            "Install it with “pip install peft”, or leave model.lora.enable out.",
        ) from error
    is_new = has_untrained_input(unet)
    unet.requires_grad_(False)
    if is_new:
        unet.register_buffer("first_weight", unet.conv_in.weight.detach().clone(), persistent=False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        peft.inject_adapter_in_model(
            peft.LoraConfig(
                r=config.rank,
                lora_alpha=config.alpha,  # type: ignore[arg-type]
                target_modules=list(_targets(unet, config, with_first=config.conv_in and not is_new)),
                init_lora_weights="gaussian",
            ),
            unet,
            ADAPTER,
        )
    if is_new:
        unet.conv_in.weight.requires_grad_(True)
    return [weight for weight in unet.parameters() if weight.requires_grad]


def _targets(unet: UNet2DConditionModel, config: LoraConfig, *, with_first: bool) -> Iterator[str]:
    """Yields the names of the modules that get a LoRA layer."""
    parts = {"attention": _ATTENTION, "feed-forward": _ATTENTION + _FEED_FORWARD, "all": ("",)}[config.target]
    for name, module in unet.named_modules():
        if not isinstance(module, nn.Linear | nn.Conv2d):
            continue
        is_wanted = with_first if name == FIRST else any(part in name for part in parts)
        if is_wanted:
            yield name


def has_lora(unet: nn.Module) -> bool:
    """Returns whether the UNet has LoRA layers."""
    return any(True for _ in _layers(unet))


def is_expanded(unet: nn.Module) -> bool:
    """Returns whether LoRA was added to a UNet that took no photo before."""
    return hasattr(unet, "first_weight")


def changes(unet: UNet2DConditionModel) -> list[Change]:
    """Returns all changes by training with LoRA, on the CPU in float32."""
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
    """Returns peft's layers by name; each contains the layer that it replaces."""
    return (
        (name, module)
        for name, module in unet.named_modules()
        if hasattr(module, "lora_A") and hasattr(module, "base_layer")
    )


def _factored(change: Tensor) -> Change:
    """Returns a change of the first convolution (O, I, h, w) as a product: itself times the identity."""
    outputs, *window = change.float().cpu().shape
    matrix = change.float().cpu().flatten(1)
    down = torch.eye(matrix.shape[1]).reshape(-1, *window)
    return Change(FIRST, down, matrix[:, :, None, None].reshape(outputs, -1, 1, 1))


def merged_weights(unet: UNet2DConditionModel) -> dict[str, Tensor]:
    """Returns the UNet's tensors by diffusers' names, with LoRA layers merged; the UNet stays unchanged."""
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
    """Merges the LoRA layers into the UNet's weights, and removes them."""
    merged = merged_weights(unet)
    for name, layer in list(_layers(unet)):
        parent, _, own = name.rpartition(".")
        setattr(unet.get_submodule(parent), own, layer.base_layer)
    unet.load_state_dict(merged)


def save_lora(unet: UNet2DConditionModel, path: Path, names: LoraNames = LoraNames.DIFFUSERS) -> None:
    """Writes the LoRA as a safetensors file in float32. Raises `OutputNotWritable`."""
    trained = changes(unet)
    tensors = named_changes(trained, names)
    forms = {name: TensorSpec(tensor.dtype, tuple(tensor.shape)) for name, tensor in tensors.items()}
    metadata = _peft_metadata(trained) if names is LoraNames.DIFFUSERS else {}
    with TensorWriter(path, forms, metadata) as writer:
        for name in writer.names:
            writer.write(tensors[name])


def named_changes(trained: list[Change], names: LoraNames) -> dict[str, Tensor]:
    """Returns the tensors of a LoRA file by their names."""
    tensors: dict[str, Tensor] = {}
    for change in trained:
        if names is LoraNames.DIFFUSERS:
            stem, down, up = f"unet.{change.module}", "lora_A", "lora_B"
        else:
            stem, down, up = f"lora_unet_{change.module.replace('.', '_')}", "lora_down", "lora_up"
            tensors[f"{stem}.alpha"] = torch.tensor(float(len(change.down)))
        tensors[f"{stem}.{down}.weight"] = change.down
        tensors[f"{stem}.{up}.weight"] = change.up
    return tensors


def _peft_metadata(trained: list[Change]) -> dict[str, str]:
    """Returns the metadata that diffusers writes into its own LoRA files (`lora_adapter_metadata`)."""
    rank = len(trained[0].down)
    others = {change.module: len(change.down) for change in trained if len(change.down) != rank}
    values = {
        "unet.peft_type": "LORA",
        "unet.r": rank,
        "unet.lora_alpha": rank,
        "unet.rank_pattern": others,
        "unet.alpha_pattern": others,
        "unet.target_modules": [change.module for change in trained],
    }
    return {"lora_adapter_metadata": json.dumps(values, indent=2, sort_keys=True)}
