"""Writes a safetensors file one tensor at a time, so that the model need not fit into memory."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import torch
from torch import Tensor

from engine.files.atomic import atomic_write
from engine.files.disk_space import check_free_space, not_written
from engine.tensors.safetensors_files import DTYPES, LENGTH_BYTES

DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Dtype and shape of a tensor that will be written."""

    dtype: torch.dtype
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Size in bytes."""
        return math.prod(self.shape) * self.dtype.itemsize


class TensorWriter:
    """A safetensors file that is being written; a context manager, which writes atomically.

    Raises `OutputNotWritable` if there is not enough disk space or the file cannot be written.
    """

    def __init__(
        self, target: Path, tensors: Mapping[str, TensorSpec], metadata: Mapping[str, str] | None = None
    ) -> None:
        self._target = target
        self._tensors = tensors
        self._metadata = metadata or {}
        self._written = 0
        self._file: BinaryIO
        self._resources = ExitStack()
        self.names = tuple(sorted(tensors, key=lambda name: (-tensors[name].dtype.itemsize, name)))
        """The order of resources: widest dtype first, so that each tensor is aligned."""

    def __enter__(self) -> Self:
        header = self._header()
        check_free_space(self._target.parent, len(header) + sum(spec.size for spec in self._tensors.values()))
        try:
            with ExitStack() as resources:
                temporary = resources.enter_context(atomic_write(self._target))
                self._file = resources.enter_context(temporary.open("wb"))
                self._file.write(header)
                self._resources = resources.pop_all()
        except OSError as error:
            raise not_written(self._target, error) from error
        return self

    def write(self, tensor: Tensor) -> None:
        """Writes the next tensor of `names`. Raises `ValueError` for another dtype or shape than declared."""
        spec = self._tensors[self.names[self._written]]
        if (tensor.dtype, tuple(tensor.shape)) != (spec.dtype, spec.shape):
            raise ValueError(f"{self.names[self._written]} is not {spec}")
        self._put(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
        self._written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            with suppress(OSError):  # closing a file on a full disk fails again
                self._resources.__exit__(kind, error, trace)
            return
        try:
            with self._resources:
                if self._written < len(self.names):
                    raise ValueError(f"{self.names[self._written]} was not written")
        except OSError as failure:
            raise not_written(self._target, failure) from failure

    def _put(self, data: bytes | memoryview) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            raise not_written(self._target, error) from error

    def _header(self) -> bytes:
        entries: dict[str, object] = {"__metadata__": {"format": "pt", **self._metadata}}
        begin = 0
        for name in self.names:
            spec = self._tensors[name]
            end = begin + spec.size
            entries[name] = {
                "dtype": DTYPE_NAMES[spec.dtype],
                "shape": list(spec.shape),
                "data_offsets": [begin, end],
            }
            begin = end
        text = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode()
        text += b" " * (-len(text) % LENGTH_BYTES)
        return len(text).to_bytes(LENGTH_BYTES, "little") + text
