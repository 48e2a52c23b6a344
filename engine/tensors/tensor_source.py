"""Named tensors on disk, whatever file they lie in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import torch
from torch import Tensor


class TensorSource(Protocol):
    """The tensors of a checkpoint by name. Opening one reads names and shapes, never the numbers."""

    @property
    def location(self) -> str:
        """The file or folder, as a person reads it in a sentence."""

    @property
    def metadata(self) -> dict[str, str]:
        """What its makers wrote beside the tensors; empty where the format keeps none."""

    def names(self) -> Collection[str]: ...

    def shape(self, name: str) -> tuple[int, ...]: ...

    def dtype(self, name: str) -> torch.dtype: ...

    def read(self, name: str) -> Tensor:
        """One tensor, mapped from the file where the format allows it, so that nothing is copied.

        Raises `ModelNotUsable`, naming the tensor, if it is truncated or missing.
        """

    def close(self) -> None:
        """Give the file and its memory back; tensors that are still held stay valid."""
