"""Extracts a LoRA from two sets of weights: the best approximation of each difference by a low rank.

The difference of a weight of m outputs and n inputs (of a convolution: inputs times its window) is replaced
by the product of its first `rank` singular vectors (Eckart & Young 1936). Norms and biases, which are small,
and matrices that would need more numbers as factors, are stored whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.tensors.tensor_writer import TensorSpec, TensorWriter
from trainer.learning.lora import Change, LoraNames, named_changes

STORED = torch.float16


@dataclass(frozen=True, slots=True)
class _Difference:
    """The difference of one weight with its singular vectors, the largest first."""

    matrix: Tensor
    """(outputs, inputs)."""
    shape: torch.Size
    left: bool
    """Whether `vectors` are those of the outputs; else of the inputs."""
    vectors: Tensor
    """(side, side), the columns."""

    def factors(self, rank: int) -> tuple[Tensor, Tensor] | None:
        """Returns down (rank, inputs, …) and up (outputs, rank, …); None if the matrix itself is smaller."""
        outputs, inputs = self.matrix.shape
        if rank * (outputs + inputs) >= outputs * inputs:
            return None
        chosen = self.vectors[:, :rank]
        if self.left:
            up, down = chosen, chosen.T @ self.matrix
        else:
            up, down = self.matrix @ chosen, chosen.T
        # both factors get the same length, so that neither is too small for float16
        length = (up.norm(dim=0) / down.norm(dim=1).clamp_min(1e-20)).clamp_min(1e-20).sqrt()
        up, down = up / length, down * length[:, None]
        window = self.shape[2:]
        return down.reshape(rank, self.shape[1], *window), up.reshape(outputs, rank, *(1 for _ in window))


class WeightDifference:
    """The difference between the weights of two UNets, from which LoRAs of any rank are made."""

    def __init__(self, start: Mapping[str, Tensor], trained: Mapping[str, Tensor]) -> None:
        """The names are diffusers'. The singular vectors take about a minute for a UNet of 860 million."""
        self._matrices: dict[str, _Difference] = {}
        self._whole: dict[str, Tensor] = {}
        for name, weight in trained.items():
            if name.rpartition(".")[2] not in ("weight", "bias"):
                continue  # such as positions, for which LoRA files have no names
            difference = weight.detach().float().cpu() - start[name].detach().float().cpu()
            if not difference.any():
                continue
            if difference.ndim < 2:
                self._whole[name] = difference
            else:
                self._matrices[name] = _decomposed(difference)

    @property
    def is_empty(self) -> bool:
        """Whether both sets of weights are equal."""
        return not (self._matrices or self._whole)

    def tensors(self, rank: int) -> dict[str, Tensor]:
        """Returns the tensors of a LoRA file for this program, with all changes, in float16."""
        changes, whole = self._changes(rank)
        tensors = named_changes(changes, LoraNames.DIFFUSERS)
        for name, difference in (whole | self._whole).items():
            module, _, end = name.rpartition(".")
            tensors[f"unet.{module}.{'diff' if end == 'weight' else 'diff_b'}"] = difference
        return {name: tensor.to(STORED) for name, tensor in tensors.items()}

    def common_tensors(self, rank: int) -> dict[str, Tensor]:
        """Returns the tensors of a LoRA file that other programs read too: kohya's names, factors only.

        Changes of norms and biases, for which other programs have no names, are left out.
        """
        changes, whole = self._changes(rank)
        for name, matrix in whole.items():
            changes.append(_whole_factors(name.removesuffix(".weight"), matrix))
        return {name: tensor.to(STORED) for name, tensor in named_changes(changes, LoraNames.KOHYA).items()}

    def whole_tensors(self) -> dict[str, Tensor]:
        """Returns the tensors of a LoRA file that holds every change as it is, for trying strengths."""
        return self.tensors(rank=max((min(each.matrix.shape) for each in self._matrices.values()), default=1))

    def _changes(self, rank: int) -> tuple[list[Change], dict[str, Tensor]]:
        """Returns the factors of all matrices, and those that are smaller whole."""
        changes: list[Change] = []
        whole: dict[str, Tensor] = {}
        for name, difference in self._matrices.items():
            factors = difference.factors(rank)
            if factors is None:
                whole[name] = difference.matrix.reshape(difference.shape)
            else:
                changes.append(Change(name.removesuffix(".weight"), *factors))
        return changes, whole


def _decomposed(difference: Tensor) -> _Difference:
    """Returns the singular vectors of the smaller side, by the eigenvectors of its Gram matrix."""
    matrix = difference.flatten(1)
    left = matrix.shape[0] <= matrix.shape[1]
    exact = matrix.double()
    gram = exact @ exact.T if left else exact.T @ exact
    _, vectors = torch.linalg.eigh(gram)
    return _Difference(matrix, difference.shape, left, vectors.flip(1).float())


def _whole_factors(module: str, matrix: Tensor) -> Change:
    """Returns a whole change as a product: itself times the identity."""
    flat = matrix.flatten(1)
    window = matrix.shape[2:]
    down = torch.eye(flat.shape[1]).reshape(flat.shape[1], matrix.shape[1], *window)
    return Change(module, down, flat.reshape(*flat.shape, *(1 for _ in window)))


def write_lora(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Writes a LoRA file. Raises `OutputNotWritable`."""
    forms = {name: TensorSpec(tensor.dtype, tuple(tensor.shape)) for name, tensor in tensors.items()}
    with TensorWriter(path, forms, metadata) as writer:
        for name in writer.names:
            writer.write(tensors[name].contiguous())
