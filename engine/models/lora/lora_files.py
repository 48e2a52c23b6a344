"""Reads LoRA files and applies them to a model's weights: W + weight · (changed W − W).

`lora_names` lists the names that are known, `lora_changes` the kinds of changes and `lora_scales` their
strength. A file is never applied in part without a word: what is not known is refused, and modules that the
model lacks are counted and reported.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import ErrorReport, ModelNotUsable
from engine.model_options import Lora
from engine.models.lora.lora_changes import (
    AddedChange,
    DecomposedChange,
    HadamardChange,
    KroneckerChange,
    LowRankChange,
    TensorChange,
    WholeChange,
)
from engine.models.lora.lora_names import LoraName, LoraPart, read_lora_name
from engine.models.lora.lora_scales import LoraScales
from engine.models.original_layout import TensorLayout, tensor_locations
from engine.models.recognition import FileKind, identify
from engine.tensors.tensor_files import open_tensors
from engine.tensors.tensor_source import TensorSource

FAMILY_ADVICE = "Choose a LoRA of the same family as the model."
FILES_IN_FOLDERS = (
    "adapter_model.safetensors",
    "pytorch_lora_weights.safetensors",
    "adapter_model.bin",
    "pytorch_lora_weights.bin",
)
"""Names of the files in the folders of peft and diffusers."""
_OTHER_KINDS = {
    "GLoRA": r"\bglora|\.[ab][12]\.weight$",
    "OFT": r"\.b?oft_",
    "IA3": r"\.ia3_l|\.on_input$",
    "VeRA": r"vera_lambda",
    "AdaLoRA": r"\.lora_E\b",
}
_Parts = dict[LoraPart, Tensor]


class LoraFile:
    """A LoRA file read into memory: its changes by network and by module, whose dots are underscores."""

    def __init__(self, lora: Lora) -> None:
        """Reads a file or folder. Raises `ModelNotUsable` if it is not a LoRA or of an unsupported kind."""
        path = _file_in(lora.path)
        self.name = lora.path.name
        self.weight = lora.weight
        with ExitStack() as files:
            source = open_tensors(path)
            files.callback(source.close)
            _check_kind(source, self.name)
            self.changes, ignored = _read_changes(source, path, self.name)
        self.module_count = len(self.changes) + len(ignored)
        self.unmatched = {*self.changes, *ignored}

    def matched(self, network: str, names: Collection[str], layout: TensorLayout) -> dict[str, TensorChange]:
        """The changes of tensors with these names; their modules then count as matched."""
        modules = _flat_modules(names, layout)
        found: dict[str, TensorChange] = {}
        for (part, module), changes in self.changes.items():
            if part != network or module not in modules:
                continue
            tensors = {f"{modules[module]}.{end}": change for end, change in changes.items()}
            if tensors.keys() <= set(names):
                found |= tensors
                self.unmatched.discard((part, module))
        return found

    def check_matched(self) -> ErrorReport | None:
        """A warning if modules of the file fit nothing. Raises `ModelNotUsable` if none fits."""
        if not self.unmatched:
            return None
        network, module = min(self.unmatched)
        if len(self.unmatched) == self.module_count:
            raise ModelNotUsable(
                "model.lora-of-other-family",
                (
                    "The LoRA {file} was made for another kind of model: this one has no {module} in its "
                    "{network}."
                ),
                FAMILY_ADVICE,
                file=self.name,
                module=module,
                network=network,
            )
        return ModelNotUsable(
            "model.lora-used-in-part",
            (
                "{unmatched} of {count} modules of the LoRA {file} do not fit this model and are not used, "
                "for example {module} of its {network}."
            ),
            FAMILY_ADVICE,
            unmatched=len(self.unmatched),
            count=self.module_count,
            file=self.name,
            module=module,
            network=network,
        ).report()


class ChangedTensors:
    """A `TensorSource` that adds the changes of LoRA files to the tensors of another.

    The changes of several files are computed from the stored tensors, so that their order does not matter.
    """

    def __init__(
        self, source: TensorSource, changes: Sequence[tuple[LoraFile, Mapping[str, TensorChange]]]
    ) -> None:
        self._source = source
        self._changes: defaultdict[str, list[tuple[LoraFile, TensorChange]]] = defaultdict(list)
        for file, changed in changes:
            for name, change in changed.items():
                self._changes[name].append((file, change))

    @property
    def location(self) -> str:
        """The file or folder of the model, for messages."""
        return self._source.location

    @property
    def metadata(self) -> dict[str, str]:
        """The metadata of the model's file."""
        return self._source.metadata

    def names(self) -> Collection[str]:
        """The names of the model's tensors."""
        return self._source.names()

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor."""
        return self._source.shape(name)

    def dtype(self, name: str) -> torch.dtype:
        """The stored number type of a tensor."""
        return self._source.dtype(name)

    def read(self, name: str) -> Tensor:
        """A tensor with its changes, then in float32. Raises `ModelNotUsable` if a shape does not fit."""
        stored = self._source.read(name)
        if name not in self._changes:
            return stored
        changed = stored.float()
        for file, change in self._changes[name]:
            try:
                changed = changed + file.weight * change.difference(stored)
            except (RuntimeError, IndexError) as error:
                raise ModelNotUsable(
                    "model.lora-shape-differs",
                    "The LoRA {file} does not fit this model: {tensor} has another shape there.",
                    FAMILY_ADVICE,
                    file=file.name,
                    tensor=name,
                ) from error
        return changed

    def close(self) -> None:
        """Closes the model's file."""
        self._source.close()


def _file_in(path: Path) -> Path:
    """The path itself, or the LoRA file in a folder of peft or diffusers."""
    found = (path / name for name in FILES_IN_FOLDERS if (path / name).is_file())
    return next(found, path)


def _check_kind(source: TensorSource, file: str) -> None:
    for name in source.names():
        for kind, pattern in _OTHER_KINDS.items():
            if re.search(pattern, name):
                raise ModelNotUsable(
                    "model.lora-not-supported",
                    "{file} is a {kind}, a relative of LoRA that is not supported.",
                    "Choose a plain LoRA.",
                    file=file,
                    kind=kind,
                )
    found = identify(source)
    if found.kind is not FileKind.LORA:
        raise ModelNotUsable(
            "model.not-a-lora",
            "{file} is {description}, not a LoRA.",
            "Choose a LoRA file.",
            file=file,
            description=found.title,
        )


_Key = tuple[str, str]
"""A network, and the name of a module in it with underscores for dots."""


def _read_changes(
    source: TensorSource, path: Path, file: str
) -> tuple[dict[_Key, dict[str, TensorChange]], set[_Key]]:
    """The changes of weights and biases by module, and the modules of which nothing is known."""
    modules: defaultdict[_Key, _Parts] = defaultdict(dict)
    names: dict[_Key, LoraName] = {}
    unknown: dict[_Key, str] = {}
    for stored_name in source.names():
        name = read_lora_name(stored_name)
        if name.part is LoraPart.UNKNOWN:
            unknown[name.key] = stored_name
            continue
        tensor = source.read(stored_name).clone()
        if not tensor.float().isfinite().all():
            raise ModelNotUsable(
                "model.lora-not-finite",
                "The LoRA {file} is damaged: {tensor} contains numbers that are not finite.",
                "Choose another LoRA, or download it again.",
                file=file,
                tensor=stored_name,
            )
        modules[name.key][name.part] = tensor
        names[name.key] = name
    for key in modules.keys() & unknown.keys():
        raise ModelNotUsable(
            "model.lora-tensor-unknown",
            "The LoRA {file} contains {tensor}, which is not supported.",
            "Choose a plain LoRA.",
            file=file,
            tensor=unknown[key],
        )
    scales = LoraScales(source, path)
    changes = {key: _changes_of(parts, names[key], scales, file) for key, parts in modules.items()}
    return changes, unknown.keys() - modules.keys()


def _changes_of(parts: _Parts, name: LoraName, scales: LoraScales, file: str) -> dict[str, TensorChange]:
    """The changes of a module's weight and bias."""
    parts = dict(parts)
    alpha = parts.pop(LoraPart.ALPHA, None)
    changes: dict[str, TensorChange] = {}
    try:
        own_alpha = float(alpha) if alpha is not None else None
        if LoraPart.DOWN in parts:
            down, up = parts.pop(LoraPart.DOWN), parts.pop(LoraPart.UP)
            scale = scales.scale(name, own_alpha, down.shape[0])
            changes["weight"] = LowRankChange(down, up, parts.pop(LoraPart.MID, None), scale)
            if (bias := parts.pop(LoraPart.UP_BIAS, None)) is not None:
                changes["bias"] = AddedChange(scale * bias.float())
        elif LoraPart.HADA_W1_A in parts:
            rank = parts[LoraPart.HADA_W1_B].shape[0]
            changes["weight"] = HadamardChange(
                (
                    parts.pop(LoraPart.HADA_W1_A),
                    parts.pop(LoraPart.HADA_W1_B),
                    parts.pop(LoraPart.HADA_T1, None),
                ),
                (
                    parts.pop(LoraPart.HADA_W2_A),
                    parts.pop(LoraPart.HADA_W2_B),
                    parts.pop(LoraPart.HADA_T2, None),
                ),
                scales.scale(name, own_alpha, rank),
            )
        elif LoraPart.LOKR_W1 in parts or LoraPart.LOKR_W1_A in parts:
            changes["weight"] = _kronecker(parts, name, scales, own_alpha)
        _decompose(parts, changes)
        for part, end, kind in _SIMPLE:
            if part in parts and end not in changes:
                changes[end] = kind(parts.pop(part))
    except (KeyError, IndexError, RuntimeError, ValueError, ZeroDivisionError) as error:
        raise _incomplete(name, file) from error
    if parts or not changes:
        raise _incomplete(name, file)
    return changes


_SIMPLE: tuple[tuple[LoraPart, str, type[AddedChange] | type[WholeChange]], ...] = (
    (LoraPart.DIFFERENCE, "weight", AddedChange),
    (LoraPart.BIAS_DIFFERENCE, "bias", AddedChange),
    (LoraPart.NORM_DIFFERENCE, "weight", AddedChange),
    (LoraPart.NORM_BIAS_DIFFERENCE, "bias", AddedChange),
    (LoraPart.WEIGHT, "weight", WholeChange),
    (LoraPart.BIAS, "bias", WholeChange),
)


def _kronecker(parts: _Parts, name: LoraName, scales: LoraScales, own_alpha: float | None) -> KroneckerChange:
    """LoKr; if both matrices are whole, LyCORIS stores an alpha that counts for nothing."""
    factors = [parts[part] for part in (LoraPart.LOKR_W1_B, LoraPart.LOKR_W2_B) if part in parts]
    rank = factors[0].shape[0] if factors else None

    def matrix(whole: LoraPart, left: LoraPart, right: LoraPart) -> tuple[Tensor, Tensor | None]:
        return (parts.pop(whole), None) if whole in parts else (parts.pop(left), parts.pop(right))

    first = matrix(LoraPart.LOKR_W1, LoraPart.LOKR_W1_A, LoraPart.LOKR_W1_B)
    second = matrix(LoraPart.LOKR_W2, LoraPart.LOKR_W2_A, LoraPart.LOKR_W2_B)
    core = parts.pop(LoraPart.LOKR_T2, None)
    return KroneckerChange((*first, None), (*second, core), scales.scale(name, own_alpha, rank))


def _decompose(parts: _Parts, changes: dict[str, TensorChange]) -> None:
    """Makes the change of the weight a DoRA's, if there are norms. Raises `KeyError` without a change."""
    if (magnitude := parts.pop(LoraPart.MAGNITUDE, None)) is not None:
        changes["weight"] = DecomposedChange(changes["weight"], magnitude, is_of_outputs=True)
    if (magnitude := parts.pop(LoraPart.DORA_SCALE, None)) is not None:
        is_of_outputs = magnitude.ndim < 2 or magnitude.shape[0] > 1
        changes["weight"] = DecomposedChange(changes["weight"], magnitude, is_of_outputs)


def _incomplete(name: LoraName, file: str) -> ModelNotUsable:
    return ModelNotUsable(
        "model.lora-incomplete",
        "The LoRA {file} has only a part of the change of {module}.",
        "Download it again.",
        file=file,
        module=name.module,
    )


def _flat_modules(names: Iterable[str], layout: TensorLayout) -> dict[str, str]:
    """Modules with weights, by their names with underscores in diffusers and in the original layout."""
    weights = [name for name in names if name.endswith(".weight")]
    flat = {
        _flatten(location.name): _module(name) for name, location in tensor_locations(layout, weights).items()
    }
    return flat | {_flatten(name.removeprefix("text_model.")): _module(name) for name in weights}


def _module(name: str) -> str:
    return name.removesuffix(".weight")


def _flatten(name: str) -> str:
    return _module(name).replace(".", "_")
