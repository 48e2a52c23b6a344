"""Safetensors files: a length, a JSON header, and the tensors behind it, read by `safetensors.safe_open`.

The format: https://github.com/huggingface/safetensors#format. The library checks the whole header, but its
errors are not meant for users; so the header is read again here, to tell an unfinished download from a
damaged file and to name the first missing tensor. Two cases that the library accepts are handled here: number
types without a dtype in torch, which would fail only when the tensor is read, and unaligned tensors, which
are copied.
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from engine.errors import ModelNotUsable, Phrase
from engine.tensors.mapped_tensors import DOWNLOAD_ADVICE, aligned, damaged, fetch, incomplete, lacks
from engine.tensors.quantised_files import FULL_ADVICE

LENGTH_BYTES = 8
MAX_HEADER_BYTES = 100_000_000
"""The limit of the format."""
DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U64": torch.uint64,
    "U32": torch.uint32,
    "U16": torch.uint16,
    "U8": torch.uint8,
    "BOOL": torch.bool,
    "C64": torch.complex64,
}


def looks_like_safetensors(head: bytes) -> bool:
    """Whether a file with these first bytes is a safetensors file."""
    length = int.from_bytes(head[:LENGTH_BYTES], "little")
    return head[LENGTH_BYTES : LENGTH_BYTES + 1] == b"{" and length <= MAX_HEADER_BYTES


@dataclass(frozen=True, slots=True)
class _Entry:
    dtype: torch.dtype
    shape: tuple[int, ...]
    start: int
    """Offset of the tensor in the file, in bytes."""

    @property
    def end(self) -> int:
        return self.start + torch.Size(self.shape).numel() * self.dtype.itemsize


class SafetensorsFile:
    """The tensors of a file, as a `TensorSource`. Raises `ModelNotUsable` if it is damaged or incomplete.

    `memory` maps the same file, and is used to read ahead.
    """

    def __init__(self, path: Path, location: str, memory: mmap.mmap) -> None:
        self.location = location
        try:
            file = safe_open(path, "pt")
        except SafetensorError as error:
            raise _refusal(memory, location) from error
        self.metadata: dict[str, str] = file.metadata() or {}
        self._entries = _entries(file, memory, location)
        self._open: tuple[safe_open, mmap.mmap] | None = file, memory

    def names(self) -> Collection[str]:
        """The names of all tensors."""
        return self._entries.keys()

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor. Raises `ModelNotUsable` if it is missing."""
        return self._find(name).shape

    def dtype(self, name: str) -> torch.dtype:
        """The number type of a tensor. Raises `ModelNotUsable` if it is missing."""
        return self._find(name).dtype

    def read(self, name: str) -> Tensor:
        """A tensor, which shares the mapped memory unless it is not aligned for its dtype."""
        entry = self._find(name)
        if self._open is None:
            raise ValueError(f"{self.location} is closed")
        file, memory = self._open
        fetch(memory, entry.start, entry.end)
        return aligned(file.get_tensor(name))

    def close(self) -> None:
        """Releases the map once no tensor that was read uses it."""
        self._open = None

    def _find(self, name: str) -> _Entry:
        try:
            return self._entries[name]
        except KeyError as error:
            raise lacks(self.location, name) from error


def _entries(file: safe_open, memory: mmap.mmap, location: str) -> dict[str, _Entry]:
    """The tensors in the order of the file; the library rejects overlaps and gaps."""
    entries = {}
    start = _header_end(memory)
    for name in file.offset_keys():
        form = file.get_slice(name)
        dtype = DTYPES.get(form.get_dtype())
        if dtype is None:
            raise _not_supported(form.get_dtype(), location)
        entries[name] = _Entry(dtype, tuple(form.get_shape()), start)
        start = entries[name].end
    return entries


def _not_supported(dtype: str, location: str) -> ModelNotUsable:
    return ModelNotUsable(
        "model.number-type-not-supported",
        "{file} stores numbers of the type {dtype}, which is not supported.",
        FULL_ADVICE,
        file=location,
        dtype=dtype,
    )


def _header_end(memory: mmap.mmap) -> int:
    return LENGTH_BYTES + int.from_bytes(memory[:LENGTH_BYTES], "little")


def _refusal(memory: mmap.mmap, location: str) -> ModelNotUsable:
    """The error for a file that the library does not open."""
    begin = _header_end(memory)
    if begin > len(memory):
        return ModelNotUsable(
            "model.header-incomplete",
            "{file} is incomplete: it ends within its header.",
            DOWNLOAD_ADVICE,
            file=location,
        )
    try:
        header = json.loads(memory[LENGTH_BYTES:begin])
        header.pop("__metadata__", None)
        ranges = {
            name: [begin + offset for offset in entry["data_offsets"]] for name, entry in header.items()
        }
        beyond = {start: name for name, (start, end) in ranges.items() if end > len(memory)}
        if beyond:
            whole = max(end for _, end in ranges.values())
            return incomplete(location, beyond[min(beyond)], len(memory), whole)
        for dtype in sorted({entry["dtype"] for entry in header.values()} - DTYPES.keys()):
            if re.fullmatch(r"(BF|[FIUC])\d+(_E\d+M\d+(FN|FNUZ)?)?", dtype):
                return _not_supported(dtype, location)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        pass  # the header itself is invalid
    return damaged(location, Phrase("its header is invalid"))
