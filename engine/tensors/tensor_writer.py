"""Writes a safetensors file one tensor at a time, so that a model need not fit into memory."""

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
    """What a tensor will be, before it is there."""

    dtype: torch.dtype
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return math.prod(self.shape) * self.dtype.itemsize


class TensorWriter:
    """A file being written. It takes its name when it is left whole, and is gone if left by an error.

    Raises `OutputNotWritable` if there is no room or the file cannot be written.
    """

    def __init__(
        self, target: Path, tensors: Mapping[str, TensorSpec], metadata: Mapping[str, str] | None = None
    ) -> None:
        self._target = target
        self._tensors = tensors
        self._metadata = metadata or {}
        self._written = 0
        self._file: BinaryIO
        self._writing = ExitStack()
        self.names = tuple(sorted(tensors, key=lambda name: (-tensors[name].dtype.itemsize, name)))
        """The order to write them in: the widest first, so that each begins where its dtype may."""

    def __enter__(self) -> Self:
        header = self._header()
        check_free_space(self._target.parent, len(header) + sum(form.size for form in self._tensors.values()))
        try:
            with ExitStack() as writing:
                temporary = writing.enter_context(atomic_write(self._target))
                self._file = writing.enter_context(temporary.open("wb"))
                self._file.write(header)
                self._writing = writing.pop_all()
        except OSError as error:
            raise not_written(self._target, error) from error
        return self

    def write(self, tensor: Tensor) -> None:
        """The next tensor of `names`, in the dtype and shape that were told."""
        form = self._tensors[self.names[self._written]]
        if (tensor.dtype, tuple(tensor.shape)) != (form.dtype, form.shape):
            raise ValueError(f"{self.names[self._written]} is not {form}")
        self._put(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
        self._written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            with suppress(OSError):  # closing a file on a full disk fails once more
                self._writing.__exit__(kind, error, trace)
            return
        try:
            with self._writing:
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
            form = self._tensors[name]
            end = begin + form.size
            entries[name] = {
                "dtype": DTYPE_NAMES[form.dtype],
                "shape": list(form.shape),
                "data_offsets": [begin, end],
            }
            begin = end
        text = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode()
        text += b" " * (-len(text) % LENGTH_BYTES)
        return len(text).to_bytes(LENGTH_BYTES, "little") + text
