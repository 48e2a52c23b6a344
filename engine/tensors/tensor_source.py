"""The interface of named tensors in a file of any format."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import torch
from torch import Tensor


class TensorSource(Protocol):
    """The tensors of a checkpoint by name. Opening one reads only names and shapes."""

    @property
    def location(self) -> str:
        """The file or folder, for messages."""

    @property
    def metadata(self) -> dict[str, str]:
        """The metadata in the file; empty if the format has none."""

    def names(self) -> Collection[str]:
        """The names of all tensors."""

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor."""

    def dtype(self, name: str) -> torch.dtype:
        """The number type of a tensor."""

    def read(self, name: str) -> Tensor:
        """A tensor, mapped from the file without a copy where the format allows it.

        Raises `ModelNotUsable`, naming the tensor, if it is truncated or missing.
        """

    def close(self) -> None:
        """Closes the file; tensors that were read stay valid."""
