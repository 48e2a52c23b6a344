"""Applies LoRA files to a model's weights (Hu et al. 2021): W + weight · alpha / rank · up · down.

Supported are the names of kohya's scripts (`lora_unet_…`, `lora_te_…`; for Stable Diffusion XL also with the
names of the original layout), of diffusers (`unet.….lora_A`, `…processor.to_q_lora.down`) and of peft
(`base_model.model.…`), for linear layers and convolutions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import ModelNotUsable
from engine.model_options import Lora
from engine.models.original_layout import TensorLayout, tensor_locations
from engine.models.recognition import FileKind, identify
from engine.tensors.tensor_files import open_tensors
from engine.tensors.tensor_source import TensorSource

_ENDS = re.compile(
    r"^(?P<module>.+?)[._]lora(?:_linear_layer)?(?P<sort>[._](?:down|up|mid|A|B))(?:\.default|\.default_0)?(?:\.weight)?$"
)
_ROLES = {"down": "down", "A": "down", "up": "up", "B": "up", "mid": "mid"}
_ALPHA = re.compile(r"^(?P<module>.+?)(?:[._]lora)?\.(?:alpha|lora_alpha)$")
_BEGINNINGS = (
    ("text_encoder_2", re.compile(r"^(lora_te2_|text_encoder_2[._])(text_model[._])?")),
    ("text_encoder", re.compile(r"^(lora_te1?_|text_encoder[._])(text_model[._])?")),
    ("unet", re.compile(r"^(lora_unet_|unet[._]|base_model[._]model[._](unet[._])?|diffusion_model[._])?")),
)
_OTHER_KINDS = {"hada_w1_a": "LoHa", "lokr_w1": "LoKr", "dora_scale": "DoRA", "glora": "GLoRA"}


@dataclass(frozen=True, slots=True)
class Delta:
    """The change of one weight by one LoRA."""

    down: Tensor
    """(rank, inputs, …)."""
    up: Tensor
    """(outputs, rank, …)."""
    mid: Tensor | None
    """(rank, rank, h, w) in convolutions with three factors."""
    scale: float

    def to_weight(self, shape: torch.Size) -> Tensor:
        """The change in the shape of the weight, float32. Raises `RuntimeError` if the shapes do not fit."""
        down, up = self.down.float(), self.up.float()
        if up.shape[0] != shape[0]:
            raise RuntimeError(f"{up.shape[0]} outputs instead of {shape[0]}")
        if self.mid is not None:
            change = torch.einsum("or,rshw,si->oihw", up.flatten(1), self.mid.float(), down.flatten(1))
        else:
            change = up.flatten(1) @ down.flatten(1)
        return (self.scale * change).reshape(shape)


class LoraFile:
    """A LoRA file read into memory: its changes by network and by flattened module name."""

    def __init__(self, lora: Lora) -> None:
        """Reads the file. Raises `ModelNotUsable` if it is not a LoRA or of an unsupported kind."""
        self.path = lora.path
        with ExitStack() as files:
            source = open_tensors(lora.path)
            files.callback(source.close)
            _check_kind(source, lora.path)
            self.deltas = _read_deltas(source, lora)
        self.unmatched = {(network, module) for network, modules in self.deltas.items() for module in modules}

    def applied_to(self, network: str, source: TensorSource, layout: TensorLayout) -> TensorSource:
        """The tensors of a network with the changes applied; records which changes matched a tensor."""
        modules = _flat_names(source.names(), layout)
        changes: dict[str, Delta] = {}
        for module, delta in self.deltas.get(network, {}).items():
            if name := modules.get(module):
                changes[name] = delta
                self.unmatched.discard((network, module))
        return _LoraTensors(source, changes, self.path.name) if changes else source

    def check_matched(self) -> None:
        """Raises `ModelNotUsable`, naming a module, if no change of the file matched a tensor."""
        if len(self.unmatched) == sum(map(len, self.deltas.values())):
            network, module = min(self.unmatched)
            raise ModelNotUsable(
                "model.lora-of-other-family",
                (
                    "The LoRA {file} was made for another kind of model: this one has no {module} in its "
                    "{network}."
                ),
                "Choose a LoRA of the same family as the model.",
                file=self.path.name,
                module=module,
                network=network,
            )


class _LoraTensors:
    """A `TensorSource` that adds LoRA changes to the tensors of another."""

    def __init__(self, source: TensorSource, changes: Mapping[str, Delta], file: str) -> None:
        self._source, self._changes, self._file = source, changes, file

    @property
    def location(self) -> str:
        return self._source.location

    @property
    def metadata(self) -> dict[str, str]:
        return self._source.metadata

    def names(self) -> Collection[str]:
        return self._source.names()

    def shape(self, name: str) -> tuple[int, ...]:
        return self._source.shape(name)

    def dtype(self, name: str) -> torch.dtype:
        return self._source.dtype(name)

    def read(self, name: str) -> Tensor:
        stored = self._source.read(name)
        if name not in self._changes:
            return stored
        try:
            return stored.float() + self._changes[name].to_weight(stored.shape)
        except RuntimeError as error:
            raise ModelNotUsable(
                "model.lora-shape-differs",
                "The LoRA {file} does not fit this model: {tensor} has another shape there.",
                "Choose a LoRA of the same family as the model.",
                file=self._file,
                tensor=name,
            ) from error

    def close(self) -> None:
        self._source.close()


def _check_kind(source: TensorSource, path: Path) -> None:
    for name in source.names():
        for marker, kind in _OTHER_KINDS.items():
            if marker in name:
                raise ModelNotUsable(
                    "model.lora-not-supported",
                    "{file} is a {kind}, a relative of LoRA that is not supported.",
                    "Choose a plain LoRA.",
                    file=path.name,
                    kind=kind,
                )
    found = identify(source)
    if found.kind is not FileKind.LORA:
        raise ModelNotUsable(
            "model.not-a-lora",
            "{file} is {description}, not a LoRA.",
            "Choose a LoRA file.",
            file=path.name,
            description=found.title,
        )


def _read_deltas(source: TensorSource, lora: Lora) -> dict[str, dict[str, Delta]]:
    parts: dict[str, dict[str, Tensor]] = {}
    alphas: dict[str, float] = {}
    for name in source.names():
        if ends := _ENDS.match(name):
            sort = _ROLES[ends["sort"][1:]]
            parts.setdefault(ends["module"], {})[sort] = source.read(name).clone()
        elif ends := _ALPHA.match(name):
            alphas[ends["module"]] = float(source.read(name))
    shared = _shared_scale(source.metadata, lora.path)
    deltas: dict[str, dict[str, Delta]] = {}
    for module, tensors in parts.items():
        if not {"down", "up"} <= tensors.keys():
            raise ModelNotUsable(
                "model.lora-incomplete",
                "The LoRA {file} lacks one half of {module}.",
                "Download it again.",
                file=lora.path.name,
                module=module,
            )
        rank = tensors["down"].shape[0]
        scale = alphas[module] / rank if module in alphas else shared
        network, flat = _network_of(module)
        deltas.setdefault(network, {})[flat] = Delta(
            tensors["down"], tensors["up"], tensors.get("mid"), lora.weight * scale
        )
    return deltas


def _shared_scale(metadata: Mapping[str, str], path: Path) -> float:
    """alpha / rank for the whole file, as diffusers and peft store it; 1 if it is not stored."""
    beside = path.with_name("adapter_config.json")
    try:
        if "lora_adapter_metadata" in metadata:
            values = json.loads(metadata["lora_adapter_metadata"])
            values = {key.removeprefix("unet."): value for key, value in values.items()}
        elif beside.is_file():
            values = json.loads(beside.read_text(encoding="utf-8"))
        else:
            return 1.0
        return float(values["lora_alpha"]) / float(values["r"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError):
        return 1.0


def _network_of(module: str) -> tuple[str, str]:
    """The network of a module, and its flattened name in it."""
    for network, beginning in _BEGINNINGS:
        if (found := beginning.match(module)) and (network == "unet" or found.group()):
            rest = module[found.end() :].replace(".processor.", ".").replace(".", "_")
            # diffusers' older names: attn1.processor.to_out_lora stands for attn1.to_out.0
            return network, re.sub(r"_to_out$", "_to_out_0", rest)
    return "unet", module


def _flat_names(names: Iterable[str], layout: TensorLayout) -> dict[str, str]:
    """Weights by the flattened names of their modules in diffusers and in the original layout."""
    weights = [name for name in names if name.endswith(".weight")]
    flat = {_flatten(location.name): name for name, location in tensor_locations(layout, weights).items()}
    return flat | {_flatten(name.removeprefix("text_model.")): name for name in weights}


def _flatten(name: str) -> str:
    return name.removesuffix(".weight").replace(".", "_")
