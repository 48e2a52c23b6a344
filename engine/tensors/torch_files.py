"""Reads files of `torch.save`: zip archives (torch 1.6 and later), and the older sequence of pickles.

An archive contains `data.pkl`, which describes the tensors, and their numbers uncompressed in `data/0`,
`data/1` and so on. In the older format four pickles and the list of storages are followed by the storages,
each after its number of elements (`torch.serialization`, `_legacy_save`).

Archives are first read with torch.load (`engine.tensors.torch_load`). The reader in this module is for files
that torch.load, in version 2.13 with `weights_only` and `mmap`, does not support:

- the older format, which it reads into memory as a whole instead of mapping it;
- an archive inside another file, such as a `.nemo` file: it maps only paths;
- an archive named `.safetensors`: it decides by the name and reads it as the wrong format;
- pickles of another protocol than 2, long strings written by Python 2, and objects that are filled like lists
  or dictionaries (a `deque`, Lightning's `AttributeDict`): its unpickler supports only a part of the
  instructions, and fills only real lists and dictionaries;
- pickles that can crash or hang it, while this reader uses only strings as keys;
- all other files that it refuses, for a precise message: it raises a dozen kinds of errors on damaged files,
  and lists names of code without the one that is called.
"""

from __future__ import annotations

import io
import math
import mmap
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from torch import Tensor

from engine.errors import ModelNotUsable, Phrase
from engine.tensors.mapped_tensors import (
    DOWNLOAD_ADVICE,
    MappedSlice,
    MappedTensor,
    MappedTensors,
    damaged,
    fetch,
)
from engine.tensors.safe_pickle import PickledTensor, StorageReference, read_pickle
from engine.tensors.tensor_source import TensorSource
from engine.tensors.torch_load import LoadedTensors, load_mapped, plain_tensor

MAX_PICKLE_BYTES = 64 << 20
"""Names and shapes of large checkpoints need a few hundredths of this."""
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
STATE_DICT_KEYS = ("state_dict", "model", "module", "ema")
MAX_DEPTH, MAX_VALUES, MAX_NAME = 32, 1_000_000, 1000
LOCAL_HEADER_BYTES = 30
SAFETENSORS_ADVICE = "Get the model as a safetensors file."
T = TypeVar("T")
"""A tensor, or its description in a pickle."""


def open_torch_zip(path: Path, location: str, memory: mmap.mmap) -> TensorSource:
    """The tensors of an archive that is a whole file. Raises as `read_torch_zip` does."""
    archive = _open_archive(memory, location, 0, len(memory))
    value = load_mapped(path) if all(map(_is_stored, archive.entries.values())) else None
    if value is not None:
        tensors, notes = state_dict(value, location, Tensor)
        plain = {name: bare for name, tensor in tensors.items() if (bare := plain_tensor(tensor)) is not None}
        if len(plain) == len(tensors):
            return LoadedTensors(location, plain, notes)
    return _read_archive(archive, memory, location)


def read_torch_zip(
    memory: mmap.mmap, location: str, start: int = 0, size: int | None = None
) -> MappedTensors:
    """The tensors of an archive in a mapped file: `size` bytes from `start`, by default to its end.

    Raises `ModelNotUsable` if it is damaged, incomplete or another kind of archive, and
    `UnsafeCheckpoint` if it names code.
    """
    archive = _open_archive(memory, location, start, len(memory) - start if size is None else size)
    return _read_archive(archive, memory, location)


@dataclass(frozen=True, slots=True)
class _Archive:
    entries: dict[str, zipfile.ZipInfo]
    root: str
    """The top folder in the archive, with a slash."""
    start: int
    pickle: bytes


def _open_archive(memory: mmap.mmap, location: str, start: int, size: int) -> _Archive:
    entries = _zip_entries(memory, location, start, size)
    main = next((name for name in entries if name.count("/") == 1 and name.endswith("/data.pkl")), None)
    root = main.removesuffix("data.pkl") if main else ""
    if main is None:
        raise ModelNotUsable(
            "model.archive-without-model",
            "{file} is an archive without a model in it.",
            "Choose the model file itself.",
            file=location,
        )
    if f"{root}constants.pkl" in entries:
        raise ModelNotUsable(
            "model.torchscript",
            "{file} is a program made with TorchScript.",
            "Choose the model file itself.",
            file=location,
        )
    begin, length = _stored_range(memory, location, entries[main], start)
    if length > MAX_PICKLE_BYTES:
        raise ModelNotUsable(
            "model.too-much-beside-tensors",
            "{file} contains too much besides its tensors.",
            SAFETENSORS_ADVICE,
            file=location,
        )
    _check_byte_order(memory, location, entries.get(f"{root}byteorder"), start)
    return _Archive(entries, root, start, memory[begin : begin + length])


def _read_archive(archive: _Archive, memory: mmap.mmap, location: str) -> MappedTensors:
    pickled = read_pickle(io.BytesIO(archive.pickle), location)
    tensors, notes = state_dict(pickled.value, location, PickledTensor)
    storages = {
        key: entry
        for key in {tensor.storage.key for tensor in tensors.values()}
        if (entry := archive.entries.get(f"{archive.root}data/{key}"))
    }
    for entry in storages.values():
        header = archive.start + entry.header_offset
        fetch(memory, header, header + LOCAL_HEADER_BYTES)
    ranges = {key: _stored_range(memory, location, entry, archive.start) for key, entry in storages.items()}
    return MappedTensors(location, memory, _placed(location, tensors, ranges), notes)


def read_torch_legacy(memory: mmap.mmap, location: str) -> MappedTensors:
    """The tensors of a file in the older format. Raises as `read_torch_zip` does."""
    stream = io.BufferedReader(MappedSlice(memory, 0, min(len(memory), MAX_PICKLE_BYTES)))
    value = read_pickle(stream, location).value
    if value != LEGACY_MAGIC:
        state_dict(value, location, PickledTensor)
        raise damaged(location, Phrase("its tensors are missing"))
    read_pickle(stream, location)
    system = read_pickle(stream, location).value
    if not (isinstance(system, dict) and system.get("little_endian") is True):
        raise ModelNotUsable(
            "model.byte-order",
            "{file} was written on another kind of computer.",
            SAFETENSORS_ADVICE,
            file=location,
        )
    pickled = read_pickle(stream, location)
    keys = read_pickle(stream, location).value
    tensors, notes = state_dict(pickled.value, location, PickledTensor)
    ranges = _legacy_ranges(memory, location, keys, pickled.storages, stream.tell())
    return MappedTensors(location, memory, _placed(location, tensors, ranges), notes)


def state_dict(value: object, location: str, kind: type[T]) -> tuple[dict[str, T], dict[str, str]]:
    """The named tensors of a checkpoint, which are instances of `kind`, and its strings and integers.

    Tensors are searched under "state_dict", "model", "module" and "ema", and otherwise at the top; names in
    nested dictionaries are joined by dots. Raises `ModelNotUsable` if there are none.
    """
    root = _by_text(value)
    found = (
        _flatten(root[key], location, kind) for key in STATE_DICT_KEYS if isinstance(root.get(key), dict)
    )
    tensors = next(filter(None, found), None) or _flatten(root, location, kind)
    if not tensors:
        raise ModelNotUsable(
            "model.no-tensors", "{file} contains no named tensors.", "Choose a model file.", file=location
        )
    notes = {key: item for key, item in root.items() if isinstance(item, str)}
    numbers = {key: item for key, item in root.items() if isinstance(item, int) and abs(item) < 2**63}
    return tensors, {**notes, **{key: str(item) for key, item in numbers.items()}}


def _by_text(value: object) -> dict[str, object]:
    """The entries of a dictionary with string keys; empty for other values."""
    return {key: item for key, item in value.items() if type(key) is str} if isinstance(value, dict) else {}


def _flatten(values: object, location: str, kind: type[T]) -> dict[str, T]:
    tensors: dict[str, T] = {}
    waiting = [("", _by_text(values), 0)]
    seen = 0
    while waiting:
        prefix, branch, depth = waiting.pop()
        seen += len(branch)
        if depth > MAX_DEPTH or seen > MAX_VALUES or max(map(len, branch), default=0) > MAX_NAME:
            raise damaged(location, Phrase("its dictionaries are nested too deeply"))
        for key, value in branch.items():
            if isinstance(value, kind):
                tensors[prefix + key] = value
            elif isinstance(value, dict):
                waiting.append((f"{prefix}{key}.", _by_text(value), depth + 1))
    return tensors


def _placed(
    location: str, tensors: Mapping[str, PickledTensor], ranges: Mapping[str, tuple[int, int]]
) -> dict[str, MappedTensor]:
    """The place of each tensor in the file, from start and size in bytes of every storage."""
    placed = {}
    for name, tensor in tensors.items():
        if tensor.storage.key not in ranges:
            raise ModelNotUsable(
                "model.numbers-missing",
                "{file} is damaged: the numbers of the tensor {tensor} are missing.",
                DOWNLOAD_ADVICE,
                file=location,
                tensor=name,
            )
        start, size = ranges[tensor.storage.key]
        placed[name] = _place(tensor, start)
        count = size // tensor.dtype.itemsize
        if placed[name].end > start + size or math.prod(tensor.shape) > count:
            raise ModelNotUsable(
                "model.tensor-too-large",
                "{file} is damaged: the tensor {tensor} is larger than its numbers.",
                DOWNLOAD_ADVICE,
                file=location,
                tensor=name,
            )
    return placed


def _place(tensor: PickledTensor, start: int) -> MappedTensor:
    view = tensor.storage.first * tensor.storage.dtype.itemsize
    first = start + view + tensor.offset * tensor.dtype.itemsize
    return MappedTensor(tensor.dtype, tensor.shape, tensor.stride, first)


def _zip_entries(memory: mmap.mmap, location: str, start: int, size: int) -> dict[str, zipfile.ZipInfo]:
    """The directory at the end of the archive. Its names are never used as paths."""
    try:
        with zipfile.ZipFile(io.BufferedReader(MappedSlice(memory, start, size))) as archive:
            return {entry.filename: entry for entry in archive.infolist()}
    except (zipfile.BadZipFile, struct.error, OSError, RuntimeError, ValueError) as error:
        raise ModelNotUsable(
            "model.tensor-list-missing",
            "{file} is incomplete: the list of tensors at its end is missing.",
            DOWNLOAD_ADVICE,
            file=location,
        ) from error


def _is_stored(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is stored neither compressed nor encrypted."""
    return entry.compress_type == zipfile.ZIP_STORED and not entry.flag_bits & 1


def _stored_range(memory: mmap.mmap, location: str, entry: zipfile.ZipInfo, start: int) -> tuple[int, int]:
    """Start and number of an entry's bytes in the mapped file."""
    if not _is_stored(entry):
        raise ModelNotUsable(
            "model.compressed",
            "{file} was compressed after it was saved.",
            "Unpack it first, or get another copy.",
            file=location,
        )
    header = start + entry.header_offset
    local = memory[header : header + LOCAL_HEADER_BYTES]
    if len(local) < LOCAL_HEADER_BYTES or local[:4] != b"PK\x03\x04":
        raise ModelNotUsable(
            "model.member-misplaced",
            "{file} is damaged: {member} is not where it should be.",
            DOWNLOAD_ADVICE,
            file=location,
            member=entry.filename,
        )
    names = int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
    return header + LOCAL_HEADER_BYTES + names, entry.file_size


def _check_byte_order(memory: mmap.mmap, location: str, entry: zipfile.ZipInfo | None, start: int) -> None:
    if entry is None:
        return
    begin, length = _stored_range(memory, location, entry, start)
    if memory[begin : begin + length] != b"little":
        raise ModelNotUsable(
            "model.byte-order",
            "{file} was written on another kind of computer.",
            SAFETENSORS_ADVICE,
            file=location,
        )


def _legacy_ranges(
    memory: mmap.mmap,
    location: str,
    keys: object,
    storages: Mapping[str, StorageReference],
    position: int,
) -> dict[str, tuple[int, int]]:
    """Start and size of every storage, which may be beyond the end of an incomplete file."""
    if not (isinstance(keys, list) and all(isinstance(key, str) and key in storages for key in keys)):
        raise damaged(location, Phrase("its list of storages is invalid"))
    ranges = {}
    for key in keys:
        count = int.from_bytes(memory[position : position + 8], "little")
        if position + 8 <= len(memory) and count != storages[key].numel:
            raise damaged(location, Phrase("its storages are not as large as listed"))
        ranges[key] = (position + 8, storages[key].numel * storages[key].dtype.itemsize)
        position += 8 + ranges[key][1]
    return ranges
