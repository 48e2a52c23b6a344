"""Tensors mapped from a file into memory, which the system reads when they are used."""

from __future__ import annotations

import io
import math
import mmap
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import ModelNotUsable, Phrase
from engine.files.disk_space import size_text

DOWNLOAD_ADVICE = "Download it again."


def damaged(location: str, what: Phrase) -> ModelNotUsable:
    """The error for a file whose list of tensors is invalid."""
    return ModelNotUsable(
        "model.damaged", "{file} is damaged: {reason}.", DOWNLOAD_ADVICE, file=location, reason=what
    )


def incomplete(location: str, first: str, there: int, whole: int) -> ModelNotUsable:
    """The error for a file with `there` of at least `whole` bytes; `first` is the first missing tensor."""
    return ModelNotUsable(
        "model.incomplete",
        (
            "{file} is incomplete: it ends within or before the tensor {tensor} ({size} of at "
            "least {expected} are there)."
        ),
        DOWNLOAD_ADVICE,
        file=location,
        tensor=first,
        size=size_text(there),
        expected=size_text(whole),
    )


def lacks(location: str, name: str) -> ModelNotUsable:
    """The error for a tensor that a file does not contain."""
    return ModelNotUsable(
        "model.tensor-missing",
        "{file} lacks the tensor {tensor}.",
        "Choose another file, or download it again.",
        file=location,
        tensor=name,
    )


def map_file(path: Path, location: str) -> mmap.mmap:
    """Maps a whole file into memory; changes of the memory are not written to the file.

    Raises `ModelNotUsable` if it cannot be read or is empty.
    """
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except FileNotFoundError as error:
        raise ModelNotUsable(
            "model.file-not-found", "{file} does not exist.", "Choose another file.", file=location
        ) from error
    except ValueError as error:
        raise ModelNotUsable("model.empty", "{file} is empty.", DOWNLOAD_ADVICE, file=location) from error
    except OSError as error:
        raise ModelNotUsable(
            "model.unreadable",
            "{file} cannot be read ({reason}).",
            "Check who may read it, and the disk.",
            file=location,
            reason=error.strerror or error,
        ) from error


def fetch(memory: mmap.mmap, start: int, end: int) -> None:
    """Asks the system to read these bytes ahead, instead of page by page when they are used."""
    first = start // mmap.PAGESIZE * mmap.PAGESIZE
    if hasattr(mmap, "MADV_WILLNEED") and 0 <= first < len(memory):
        memory.madvise(mmap.MADV_WILLNEED, first, end - first)


def aligned(tensor: Tensor) -> Tensor:
    """The tensor itself, or a copy if its memory is not aligned for its dtype."""
    return tensor.clone() if tensor.data_ptr() % tensor.dtype.itemsize else tensor


class MappedSlice(io.RawIOBase):
    """A part of a mapped file as a file object, for readers that need one."""

    def __init__(self, memory: mmap.mmap, start: int, size: int) -> None:
        self._memory = memory
        self._start = start
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Sets the position within the part and returns it. Raises `ValueError` before its start."""
        position = offset + (0, self._position, self._size)[whence]
        if position < 0:
            raise ValueError("a place before the beginning")
        self._position = position
        return position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Reads up to the length of `buffer`; returns the number of bytes, 0 at the end."""
        count = max(0, min(len(buffer), self._size - self._position))
        begin = self._start + self._position
        buffer[:count] = self._memory[begin : begin + count]
        self._position += count
        return count


@dataclass(frozen=True, slots=True)
class MappedTensor:
    """The place of a tensor in its file: strides in elements, `start` in bytes from the file's begin."""

    dtype: torch.dtype
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    start: int

    @property
    def extent(self) -> int:
        """Number of elements from the first to the last, both included."""
        if not math.prod(self.shape):
            return 0
        return 1 + sum((side - 1) * step for side, step in zip(self.shape, self.stride, strict=True))

    @property
    def end(self) -> int:
        """The byte after the last element."""
        return self.start + self.extent * self.dtype.itemsize


class MappedTensors:
    """The tensors of one file, as a `TensorSource`. Raises `ModelNotUsable` if the file ends too soon."""

    def __init__(
        self,
        location: str,
        memory: mmap.mmap,
        tensors: Mapping[str, MappedTensor],
        metadata: dict[str, str],
    ) -> None:
        self.location = location
        self.metadata = metadata
        self._memory: mmap.mmap | None = memory
        self._tensors = tensors
        beyond = [name for name, tensor in tensors.items() if tensor.end > len(memory)]
        if beyond:
            first = min(beyond, key=lambda name: tensors[name].start)
            whole = max(tensor.end for tensor in tensors.values())
            raise incomplete(location, first, len(memory), whole)

    def names(self) -> Collection[str]:
        """The names of all tensors."""
        return self._tensors.keys()

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor. Raises `ModelNotUsable` if it is missing."""
        return self._find(name).shape

    def dtype(self, name: str) -> torch.dtype:
        """The number type of a tensor. Raises `ModelNotUsable` if it is missing."""
        return self._find(name).dtype

    def read(self, name: str) -> Tensor:
        """A tensor, which shares the mapped memory unless it is not aligned for its dtype."""
        tensor = self._find(name)
        if self._memory is None:
            raise ValueError(f"{self.location} is closed")
        if not tensor.extent:
            return torch.empty(tensor.shape, dtype=tensor.dtype)
        memory, start = self._memory, tensor.start
        if start % tensor.dtype.itemsize:
            memory, start = _aligned(memory, start, tensor.end - start), 0
        if memory is self._memory:
            fetch(memory, start, tensor.end)
        flat = torch.frombuffer(memory, dtype=tensor.dtype, count=tensor.extent, offset=start)
        return flat.as_strided(tensor.shape, tensor.stride)

    def close(self) -> None:
        """Releases the map once no tensor that was read uses it."""
        self._memory = None

    def _find(self, name: str) -> MappedTensor:
        try:
            return self._tensors[name]
        except KeyError as error:
            raise lacks(self.location, name) from error


def _aligned(memory: mmap.mmap, start: int, size: int) -> mmap.mmap:
    """A copy of some bytes in anonymous memory, which is released with the tensor."""
    copy = mmap.mmap(-1, size)
    stored = torch.frombuffer(memory, dtype=torch.uint8, count=size, offset=start)
    torch.frombuffer(copy, dtype=torch.uint8).copy_(stored)
    return copy
