"""Opens files of tensors in all formats, which are recognised by their first bytes, not by their names."""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import ModelNotUsable, Phrase
from engine.tensors.foreign_files import CHOOSE_ADVICE, refuse_foreign
from engine.tensors.mapped_tensors import DOWNLOAD_ADVICE, damaged, lacks, map_file
from engine.tensors.nemo_files import read_nemo, read_packed_nemo
from engine.tensors.quantised_files import refuse_quantised
from engine.tensors.safetensors_files import SafetensorsFile, looks_like_safetensors
from engine.tensors.tensor_source import TensorSource
from engine.tensors.torch_files import open_torch_zip, read_torch_legacy

HEAD_BYTES = 1024
MAX_INDEX_BYTES = 64 << 20
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
TAR_MAGIC = slice(257, 262)
PICKLE = re.compile(rb"\x80[\x01-\x05]|\(?c[\w.]+\r?\n\w|\([dl]p\d+\r?\n")
COMPILED = "_orig_mod."
ORIGINAL_UNET = "model.diffusion_model."
PYTORCH_STEMS = {"model": "pytorch_model"}
"""Stems of torch files whose safetensors file has another stem: transformers' pytorch_model.bin."""


def open_tensors(path: Path) -> TensorSource:
    """The tensors of one file: safetensors, a torch checkpoint, a .nemo archive, or an index of shards.

    Raises `ModelNotUsable` if it is none of these, damaged or incomplete, and `UnsafeCheckpoint` if it
    tries to run code.
    """
    return _open(path, path.name)


def open_component(folder: Path, stem: str) -> TensorSource:
    """The weights of a component folder in the diffusers layout, with a stem like "diffusion_pytorch_model".

    Of several files the first of: safetensors in full precision, safetensors in half precision, torch in
    full, torch in half; each in one file or in shards. Raises as `open_tensors` does.
    """
    for name in _component_files(stem):
        if (folder / name).is_file():
            return _open(folder / name, f"{folder.name}/{name}")
    raise ModelNotUsable(
        "model.part-missing",
        "The model lacks {file}.",
        "Install the model again.",
        file=f"{folder.name}/{stem}.safetensors",
    )


def _component_files(stem: str) -> list[str]:
    torch_stem = PYTORCH_STEMS.get(stem, stem)
    return [
        name
        for start, format_ in ((stem, "safetensors"), (torch_stem, "bin"))
        for variant in ("", ".fp16")
        for name in (
            f"{start}{variant}.{format_}",
            f"{start}.{format_}.index{variant}.json",
            f"{start}{variant}.{format_}.index.json",
        )
    ]


def _open(path: Path, location: str) -> TensorSource:
    if path.is_dir():
        raise ModelNotUsable(
            "model.is-a-folder",
            "{file} is a folder, not a file.",
            "Choose the model file in it.",
            file=location,
        )
    memory = map_file(path, location)
    head = memory[:HEAD_BYTES]
    is_index = head.lstrip()[:1] == b"{" and not looks_like_safetensors(head)
    source = (_open_shards if is_index else _open_single)(path, location, memory)
    try:
        refuse_quantised(source.names(), location)
    except ModelNotUsable:
        source.close()
        raise
    return source


def _open_single(path: Path, location: str, memory: mmap.mmap) -> TensorSource:
    head = memory[:HEAD_BYTES]
    if looks_like_safetensors(head):
        return SafetensorsFile(path, location, memory)
    if head.startswith(ZIP):
        return open_torch_zip(path, location, memory)
    if head.startswith(GZIP):
        return read_packed_nemo(path, location)
    if head[TAR_MAGIC] == b"ustar":
        return read_nemo(memory, location)
    refuse_foreign(head, location)
    if PICKLE.match(head):
        return read_torch_legacy(memory, location)
    raise ModelNotUsable(
        "model.not-a-model",
        "{file} is not a model file this program recognises.",
        CHOOSE_ADVICE,
        file=location,
    )


def _open_shards(path: Path, location: str, memory: mmap.mmap) -> TensorSource:
    """The tensors of all files in an index, which must lie beside it."""
    try:
        index = json.loads(memory[:MAX_INDEX_BYTES])
        weight_map = {str(name): str(file) for name, file in index["weight_map"].items()}
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise ModelNotUsable(
            "model.is-a-settings-file",
            "{file} contains settings, not a model.",
            "Choose the model itself.",
            file=location,
        ) from error
    shards: dict[str, TensorSource] = {}
    for file in dict.fromkeys(weight_map.values()):
        if Path(file).name != file or "\\" in file:
            raise damaged(location, Phrase("it names a file outside its folder"))
        shards[file] = _open_shard(path.parent / file, location)
    for name, file in weight_map.items():
        if name not in shards[file].names():
            raise lacks(file, name)
    return _ShardedTensors(location, {name: shards[file] for name, file in weight_map.items()})


def _open_shard(path: Path, location: str) -> TensorSource:
    if not path.is_file():
        raise ModelNotUsable(
            "model.shard-missing",
            "{file} is incomplete: {shard} is missing.",
            DOWNLOAD_ADVICE,
            file=location,
            shard=path.name,
        )
    return _open_single(path, path.name, map_file(path, path.name))


class _ShardedTensors:
    """Tensors of several files."""

    def __init__(self, location: str, shards: Mapping[str, TensorSource]) -> None:
        self.location = location
        self.metadata: dict[str, str] = {}
        self._shards = shards

    def names(self) -> Collection[str]:
        return self._shards.keys()

    def shape(self, name: str) -> tuple[int, ...]:
        return self._shard(name).shape(name)

    def dtype(self, name: str) -> torch.dtype:
        return self._shard(name).dtype(name)

    def read(self, name: str) -> Tensor:
        return self._shard(name).read(name)

    def close(self) -> None:
        for shard in self._shards.values():
            shard.close()

    def _shard(self, name: str) -> TensorSource:
        try:
            return self._shards[name]
        except KeyError as error:
            raise ModelNotUsable(
                "model.tensor-missing",
                "{file} lacks the tensor {tensor}.",
                "Choose another file, or download it again.",
                file=self.location,
                tensor=name,
            ) from error


class _RenamedTensors:
    """Tensors of a source under other names."""

    def __init__(self, source: TensorSource, names: Mapping[str, str]) -> None:
        self._source = source
        self._names = names

    @property
    def location(self) -> str:
        return self._source.location

    @property
    def metadata(self) -> dict[str, str]:
        return self._source.metadata

    def names(self) -> Collection[str]:
        return self._names.keys()

    def shape(self, name: str) -> tuple[int, ...]:
        return self._source.shape(self._name_in_source(name))

    def dtype(self, name: str) -> torch.dtype:
        return self._source.dtype(self._name_in_source(name))

    def read(self, name: str) -> Tensor:
        return self._source.read(self._name_in_source(name))

    def close(self) -> None:
        self._source.close()

    def _name_in_source(self, name: str) -> str:
        try:
            return self._names[name]
        except KeyError as error:
            raise lacks(self.location, name) from error


def renamed(source: TensorSource, names: Mapping[str, str]) -> TensorSource:
    """A view of `source` with other names; `names` maps each new name to the name in `source`.

    Nothing is read. Closing the view closes the source.
    """
    return _RenamedTensors(source, names)


def unwrapped(source: TensorSource) -> TensorSource:
    """The source with the names that its network had before it was wrapped for training.

    `torch.compile` inserts "_orig_mod" into names; DistributedDataParallel, Megatron and NeMo prefix all of
    them with "module." or "model.". The "model." of the original UNet layout, "model.diffusion_model.",
    is kept: NeMo's InstructPix2Pix has "model.model.diffusion_model.", compiled
    "model.model.diffusion_model._orig_mod." (`ldm/ddpm_edit.py` of NVIDIA/NeMo 1.23).
    """
    names = {name.replace(COMPILED, ""): name for name in source.names()}
    while prefix := _common_wrapper(names):
        names = {name.removeprefix(prefix): old for name, old in names.items()}
    return source if all(name == old for name, old in names.items()) else renamed(source, names)


def _common_wrapper(names: Iterable[str]) -> str:
    names = list(names)
    for prefix in ("module.", "model."):
        if names and all(name.startswith(prefix) for name in names):
            is_layout = prefix == "model." and any(name.startswith(ORIGINAL_UNET) for name in names)
            return "" if is_layout else prefix
    return ""
