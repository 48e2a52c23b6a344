"""Safetensors files: a length, a JSON header, and the tensors behind it.

The format: https://github.com/huggingface/safetensors#format. Read here rather than by its library so that
an unfinished download is told from a damaged one, and the first missing tensor named.
"""

from __future__ import annotations

import json
import math
import mmap
from typing import Any

import torch

from engine.errors import ModelNotUsable
from engine.tensors.mapped_tensors import (
    DOWNLOAD_ADVICE,
    MappedTensor,
    MappedTensors,
    contiguous_stride,
    damaged,
)

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


def read_safetensors(memory: mmap.mmap, location: str) -> MappedTensors:
    """The tensors of a mapped file. Raises `ModelNotUsable` if it is damaged or incomplete."""
    begin = LENGTH_BYTES + int.from_bytes(memory[:LENGTH_BYTES], "little")
    if begin > len(memory):
        raise ModelNotUsable(f"{location} is incomplete: it ends within its header.", DOWNLOAD_ADVICE)
    try:
        header = json.loads(memory[LENGTH_BYTES:begin])
        metadata = header.pop("__metadata__", {})
        tensors = {name: _place(entry, begin) for name, entry in header.items()}
        notes = {str(key): str(value) for key, value in metadata.items()}
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise damaged(location, "its header makes no sense") from error
    return MappedTensors(location, memory, tensors, notes)


def _place(entry: dict[str, Any], begin: int) -> MappedTensor:
    dtype, shape = DTYPES[entry["dtype"]], tuple(entry["shape"])
    first, last = entry["data_offsets"]
    if not all(type(number) is int and number >= 0 for number in (*shape, first, last)):
        raise ValueError("a size that is no whole number")
    if last - first != math.prod(shape) * dtype.itemsize:
        raise ValueError("a tensor that is not as large as its shape")
    return MappedTensor(dtype, shape, contiguous_stride(shape), begin + first)
