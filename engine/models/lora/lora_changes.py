"""The changes that a LoRA file makes to the tensors of a module.

- LoRA (Hu et al. 2021): scale · up · down; of a convolution also with a third factor between (LoCon).
- LoHa: scale · (a₁ b₁) ∘ (a₂ b₂) (Hyeon-Woo et al. 2022), and LoKr: scale · w₁ ⊗ w₂ (Edalati et al. 2022).
- DoRA (Liu et al. 2024): with one of the above as ΔW, the weight becomes m · (W + ΔW) / ‖W + ΔW‖.
- A difference that is added, or a whole tensor.

All are computed in float32, as peft and LyCORIS do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor


class TensorChange(Protocol):
    """The change of one tensor."""

    def difference(self, stored: Tensor) -> Tensor:
        """What is added to `stored`, float32, of its shape. Raises `RuntimeError` if that does not fit."""


@dataclass(frozen=True, slots=True)
class LowRankChange:
    """LoRA."""

    down: Tensor
    """(rank, inputs, …)."""
    up: Tensor
    """(outputs, rank, …)."""
    mid: Tensor | None
    """(rank, rank, h, w) in convolutions with three factors."""
    scale: float

    def difference(self, stored: Tensor) -> Tensor:
        down, up = self.down.float(), self.up.float()
        _check_sides(stored, outputs=up.shape[0], inputs=down.shape[1])
        if self.mid is not None:
            change = torch.einsum("or,rshw,si->oihw", up.flatten(1), self.mid.float(), down.flatten(1))
        else:
            change = up.flatten(1) @ down.flatten(1)
        return (self.scale * change).reshape(stored.shape)


@dataclass(frozen=True, slots=True)
class HadamardChange:
    """LoHa: the product, element by element, of two changes of low rank."""

    first: tuple[Tensor, Tensor, Tensor | None]
    """(outputs, rank), (rank, inputs), and of a convolution perhaps (rank, rank, h, w); the outputs of a
    convolution with a third factor are in the second dimension."""
    second: tuple[Tensor, Tensor, Tensor | None]
    scale: float

    def difference(self, stored: Tensor) -> Tensor:
        for factors in (self.first, self.second):
            _check_size(stored, _size(*factors))
        change = self.scale * _product(*self.first) * _product(*self.second)
        _check_sides(stored, outputs=change.shape[0])
        return change.reshape(stored.shape)


@dataclass(frozen=True, slots=True)
class KroneckerChange:
    """LoKr: the Kronecker product of two matrices, each whole or of low rank."""

    first: tuple[Tensor, Tensor | None, Tensor | None]
    """One whole matrix, or two factors; the second matrix of a convolution perhaps with a third."""
    second: tuple[Tensor, Tensor | None, Tensor | None]
    scale: float

    def difference(self, stored: Tensor) -> Tensor:
        _check_size(stored, _size(*self.first) * _size(*self.second))
        first, second = _product(*self.first), _product(*self.second)
        first = first.reshape(*first.shape, *(1 for _ in second.shape[first.ndim :]))
        change = self.scale * torch.kron(first, second)
        _check_sides(stored, outputs=change.shape[0])
        return change.reshape(stored.shape)


@dataclass(frozen=True, slots=True)
class DecomposedChange:
    """DoRA: a change of the direction of the weights, and their norms."""

    direction: TensorChange
    magnitude: Tensor
    is_of_outputs: bool
    """Whether there is a norm for each output; else there is one for each input."""

    def difference(self, stored: Tensor) -> Tensor:
        old = stored.float()
        changed = old + self.direction.difference(stored)
        axis = 0 if self.is_of_outputs else 1
        magnitude = self.magnitude.float().flatten()
        if magnitude.numel() != stored.shape[axis]:
            raise RuntimeError(f"{magnitude.numel()} norms instead of {stored.shape[axis]}")
        others = tuple(dimension for dimension in range(stored.ndim) if dimension != axis)
        norm: Tensor = torch.linalg.vector_norm(changed, dim=others, keepdim=True)
        smallest = torch.finfo(torch.float32).eps
        return magnitude.view(norm.shape) / norm.clamp_min(smallest) * changed - old


@dataclass(frozen=True, slots=True)
class AddedChange:
    """A difference that is added as it is."""

    added: Tensor

    def difference(self, stored: Tensor) -> Tensor:
        return self.added.float().reshape(_same(self.added, stored))


@dataclass(frozen=True, slots=True)
class WholeChange:
    """A tensor that replaces the stored one."""

    whole: Tensor

    def difference(self, stored: Tensor) -> Tensor:
        return self.whole.float().reshape(_same(self.whole, stored)) - stored.float()


def _product(left: Tensor, right: Tensor | None, core: Tensor | None) -> Tensor:
    """A matrix of two factors, or (outputs, inputs, h, w) of three; a whole matrix is returned as it is."""
    if right is None:
        return left.float()
    if core is None:
        return left.float() @ right.float()
    return torch.einsum("ijkl,jr,ip->prkl", core.float(), right.float(), left.float())


def _size(left: Tensor, right: Tensor | None, core: Tensor | None) -> int:
    """How many numbers `_product` has, which could be far more than its factors."""
    if right is None:
        return left.numel()
    if core is None:
        return left.shape[0] * right.shape[1]
    return left.shape[1] * right.shape[1] * core.shape[2] * core.shape[3]


def _check_size(stored: Tensor, size: int) -> None:
    if size != stored.numel():
        raise RuntimeError(f"{size} numbers instead of {stored.numel()}")


def _check_sides(stored: Tensor, *, outputs: int, inputs: int | None = None) -> None:
    if outputs != stored.shape[0] or (inputs is not None and inputs != stored.shape[1]):
        raise RuntimeError(f"{outputs} outputs, {inputs} inputs instead of {tuple(stored.shape)}")


def _same(change: Tensor, stored: Tensor) -> torch.Size:
    if change.shape != stored.shape:
        raise RuntimeError(f"{tuple(change.shape)} instead of {tuple(stored.shape)}")
    return stored.shape
