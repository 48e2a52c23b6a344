"""Safetensors files: a length, a JSON header, and the tensors behind it, read by `safetensors.safe_open`.

The format: https://github.com/huggingface/safetensors#format. The library checks the whole header, but it
says what it refuses to programmers; so the header is looked at again to tell an unfinished download from a
damaged file and to name the first missing tensor. Two things that the library lets pass are seen to here:
number types that torch has no plain dtype for, which would fail only when the tensor is read, and tensors
that begin where their dtype must not, which are copied.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from engine.errors import ModelNotUsable
from engine.tensors.mapped_tensors import DOWNLOAD_ADVICE, aligned, damaged, fetch, incomplete, lacks

LENGTH_BYTES = 8
MAX_HEADER_BYTES = 100_000_000
"""The format's own limit."""
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
    """Whether a file with these first bytes claims to be one."""
    length = int.from_bytes(head[:LENGTH_BYTES], "little")
    return head[LENGTH_BYTES : LENGTH_BYTES + 1] == b"{" and length <= MAX_HEADER_BYTES


@dataclass(frozen=True, slots=True)
class _Entry:
    dtype: torch.dtype
    shape: tuple[int, ...]
    start: int
    """The byte of the file at which the tensor begins."""

    @property
    def end(self) -> int:
        return self.start + torch.Size(self.shape).numel() * self.dtype.itemsize


class SafetensorsFile:
    """The tensors of a file, as a `TensorSource`. Raises `ModelNotUsable` if it is damaged or incomplete.

    `memory` is the same file, through which the system is told what will be read next.
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
        return self._entries.keys()

    def shape(self, name: str) -> tuple[int, ...]:
        return self._find(name).shape

    def dtype(self, name: str) -> torch.dtype:
        return self._find(name).dtype

    def read(self, name: str) -> Tensor:
        """Shares the mapped memory, unless the file keeps the tensor where its dtype must not begin."""
        entry = self._find(name)
        if self._open is None:
            raise ValueError(f"{self.location} is closed")
        file, memory = self._open
        fetch(memory, entry.start, entry.end)
        return aligned(file.get_tensor(name))

    def close(self) -> None:
        """The map itself goes with the last tensor that was read from it."""
        self._open = None

    def _find(self, name: str) -> _Entry:
        try:
            return self._entries[name]
        except KeyError as error:
            raise lacks(self.location, name) from error


def _entries(file: safe_open, memory: mmap.mmap, location: str) -> dict[str, _Entry]:
    """In the order of the file, where the library lets no tensor overlap the one before or leave a gap."""
    entries = {}
    start = _header_end(memory)
    for name in file.offset_keys():
        form = file.get_slice(name)
        dtype = DTYPES.get(form.get_dtype())
        if dtype is None:
            raise damaged(location, "its header is invalid")
        entries[name] = _Entry(dtype, tuple(form.get_shape()), start)
        start = entries[name].end
    return entries


def _header_end(memory: mmap.mmap) -> int:
    return LENGTH_BYTES + int.from_bytes(memory[:LENGTH_BYTES], "little")


def _refusal(memory: mmap.mmap, location: str) -> ModelNotUsable:
    """What is wrong with a file that the library does not open."""
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
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        pass  # the header itself is what is wrong
    return damaged(location, "its header is invalid")
