"""What `torch.save` writes: zip archives (torch 1.6 and later), and before them pickles in a row.

An archive holds `data.pkl`, which describes the tensors, and their numbers uncompressed in `data/0`,
`data/1` and so on. In the older format four pickles and the list of storages are followed by the storages,
each behind its number of elements (`torch.serialization`, `_legacy_save`).
"""

from __future__ import annotations

import io
import math
import mmap
import struct
import zipfile
from collections.abc import Mapping

from engine.errors import ModelNotUsable
from engine.tensors.mapped_tensors import (
    DOWNLOAD_ADVICE,
    MappedSlice,
    MappedTensor,
    MappedTensors,
    damaged,
    fetch,
)
from engine.tensors.safe_pickle import PickledTensor, StorageReference, read_pickle

MAX_PICKLE_BYTES = 64 << 20
"""Names and shapes of large checkpoints take a few hundredths of this."""
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
STATE_DICT_KEYS = ("state_dict", "model", "module", "ema")
MAX_DEPTH, MAX_VALUES, MAX_NAME = 32, 1_000_000, 1000
LOCAL_HEADER_BYTES = 30
SAFETENSORS_ADVICE = "Get the model as a safetensors file."


def read_torch_zip(
    memory: mmap.mmap, location: str, start: int = 0, size: int | None = None
) -> MappedTensors:
    """The tensors of an archive that is a mapped file, or `size` bytes of it from `start`.

    Raises `ModelNotUsable` if it is damaged, incomplete or another kind of archive, and
    `UnsafeCheckpoint` if it names code.
    """
    entries = _zip_entries(memory, location, start, len(memory) - start if size is None else size)
    main = next((name for name in entries if name.count("/") == 1 and name.endswith("/data.pkl")), None)
    root = main.removesuffix("data.pkl") if main else ""
    if main is None or f"{root}constants.pkl" in entries:
        what = "a program made with TorchScript" if main else "an archive without a model in it"
        raise ModelNotUsable(f"{location} is {what}.", "Choose the model file itself.")
    begin, length = _stored_range(memory, location, entries[main], start)
    if length > MAX_PICKLE_BYTES:
        raise ModelNotUsable(f"{location} holds too much beside its tensors.", SAFETENSORS_ADVICE)
    _check_byte_order(memory, location, entries.get(f"{root}byteorder"), start)
    pickled = read_pickle(io.BytesIO(memory[begin : begin + length]), location)
    tensors, notes = state_dict(pickled.value, location)
    storages = {
        key: entries[f"{root}data/{key}"]
        for key in {tensor.storage.key for tensor in tensors.values()}
        if f"{root}data/{key}" in entries
    }
    for entry in storages.values():
        header = start + entry.header_offset
        fetch(memory, header, header + LOCAL_HEADER_BYTES)
    ranges = {key: _stored_range(memory, location, entry, start) for key, entry in storages.items()}
    return MappedTensors(location, memory, _placed(location, tensors, ranges), notes)


def read_torch_legacy(memory: mmap.mmap, location: str) -> MappedTensors:
    """The tensors of pickles in a row, or of any other pickle. Raises as `read_torch_zip` does."""
    stream = io.BufferedReader(MappedSlice(memory, 0, min(len(memory), MAX_PICKLE_BYTES)))
    value = read_pickle(stream, location).value
    if value != LEGACY_MAGIC:
        state_dict(value, location)
        raise damaged(location, "its tensors are missing")
    read_pickle(stream, location)
    system = read_pickle(stream, location).value
    if not (isinstance(system, dict) and system.get("little_endian") is True):
        raise ModelNotUsable(f"{location} was written on another kind of computer.", SAFETENSORS_ADVICE)
    pickled = read_pickle(stream, location)
    keys = read_pickle(stream, location).value
    tensors, notes = state_dict(pickled.value, location)
    ranges = _legacy_ranges(memory, location, keys, pickled.storages, stream.tell())
    return MappedTensors(location, memory, _placed(location, tensors, ranges), notes)


def state_dict(value: object, location: str) -> tuple[dict[str, PickledTensor], dict[str, str]]:
    """The named tensors of a checkpoint, and the short values that lie beside them.

    They are looked for under "state_dict", "model", "module" and "ema", and else at the top; names within
    dictionaries are joined by dots. Raises `ModelNotUsable` if there are none.
    """
    root = value if isinstance(value, dict) else {}
    found = (_flatten(root[key], location) for key in STATE_DICT_KEYS if isinstance(root.get(key), dict))
    tensors = next(filter(None, found), None) or _flatten(root, location)
    if not tensors:
        raise ModelNotUsable(f"{location} holds no named tensors.", "Choose a model file.")
    notes = {key: item for key, item in root.items() if isinstance(item, str)}
    numbers = {key: item for key, item in root.items() if isinstance(item, int) and abs(item) < 2**63}
    return tensors, {**notes, **{key: str(item) for key, item in numbers.items()}}


def _flatten(values: dict[str, object], location: str) -> dict[str, PickledTensor]:
    tensors: dict[str, PickledTensor] = {}
    waiting = [("", values, 0)]
    seen = 0
    while waiting:
        prefix, branch, depth = waiting.pop()
        seen += len(branch)
        if depth > MAX_DEPTH or seen > MAX_VALUES or max(map(len, branch), default=0) > MAX_NAME:
            raise damaged(location, "its dictionaries never end")
        for key, value in branch.items():
            if isinstance(value, PickledTensor):
                tensors[prefix + key] = value
            elif isinstance(value, dict):
                waiting.append((f"{prefix}{key}.", value, depth + 1))
    return tensors


def _placed(
    location: str, tensors: Mapping[str, PickledTensor], ranges: Mapping[str, tuple[int, int]]
) -> dict[str, MappedTensor]:
    """Each tensor's place in the file, from the start and size in bytes of every storage."""
    placed = {}
    for name, tensor in tensors.items():
        if tensor.storage.key not in ranges:
            raise damaged(location, f"the numbers of the tensor {name} are missing")
        start, size = ranges[tensor.storage.key]
        placed[name] = _place(tensor, start)
        count = size // tensor.dtype.itemsize
        if placed[name].end > start + size or math.prod(tensor.shape) > count:
            raise damaged(location, f"the tensor {name} is larger than its numbers")
    return placed


def _place(tensor: PickledTensor, start: int) -> MappedTensor:
    view = tensor.storage.first * tensor.storage.dtype.itemsize
    first = start + view + tensor.offset * tensor.dtype.itemsize
    return MappedTensor(tensor.dtype, tensor.shape, tensor.stride, first)


def _zip_entries(memory: mmap.mmap, location: str, start: int, size: int) -> dict[str, zipfile.ZipInfo]:
    """What the archive lists at its end. The names are looked up, never used as paths."""
    try:
        with zipfile.ZipFile(io.BufferedReader(MappedSlice(memory, start, size))) as archive:
            return {entry.filename: entry for entry in archive.infolist()}
    except (zipfile.BadZipFile, struct.error, OSError, RuntimeError, ValueError) as error:
        raise ModelNotUsable(
            f"{location} is incomplete: the list of tensors at its end is missing.", DOWNLOAD_ADVICE
        ) from error


def _stored_range(memory: mmap.mmap, location: str, entry: zipfile.ZipInfo, start: int) -> tuple[int, int]:
    """Where an entry's bytes lie in the mapped file: their start and their number."""
    if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
        raise ModelNotUsable(f"{location} was packed a second time.", "Unpack it first, or get another copy.")
    header = start + entry.header_offset
    local = memory[header : header + LOCAL_HEADER_BYTES]
    if len(local) < LOCAL_HEADER_BYTES or local[:4] != b"PK\x03\x04":
        raise damaged(location, f"{entry.filename} is not where it should be")
    names = int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
    return header + LOCAL_HEADER_BYTES + names, entry.file_size


def _check_byte_order(memory: mmap.mmap, location: str, entry: zipfile.ZipInfo | None, start: int) -> None:
    if entry is None:
        return
    begin, length = _stored_range(memory, location, entry, start)
    if memory[begin : begin + length] != b"little":
        raise ModelNotUsable(f"{location} was written on another kind of computer.", SAFETENSORS_ADVICE)


def _legacy_ranges(
    memory: mmap.mmap,
    location: str,
    keys: object,
    storages: Mapping[str, StorageReference],
    position: int,
) -> dict[str, tuple[int, int]]:
    """Start and size of every storage; beyond the end of a short file, where they would be."""
    if not (isinstance(keys, list) and all(isinstance(key, str) and key in storages for key in keys)):
        raise damaged(location, "its list of storages makes no sense")
    ranges = {}
    for key in keys:
        count = int.from_bytes(memory[position : position + 8], "little")
        if position + 8 <= len(memory) and count != storages[key].numel:
            raise damaged(location, "its storages are not as large as listed")
        ranges[key] = (position + 8, storages[key].numel * storages[key].dtype.itemsize)
        position += 8 + ranges[key][1]
    return ranges
