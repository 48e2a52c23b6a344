"""One network in a checkpoint: its tensors by their names in the network."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.errors import ModelNotUsable
from engine.models.original_layout import TensorLayout, TensorLocation, ema_name, tensor_locations
from engine.tensors.tensor_source import TensorSource

RESTORE_ADVICE = "Install the model again."
DEPRECATED_NAMES = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}
"""Names of the VAE's attention, and in diffusers until version 0.13, which saved the first editors."""


@dataclass(frozen=True, slots=True)
class CheckpointPart:
    """The part of a file that contains one network."""

    layout: TensorLayout
    prefix: str = ""
    ema_prefix: str | None = None
    """If set, the prefix of averaged weights, as the original stores them; those are used."""

    def locations(self, names: Iterable[str], available: Collection[str]) -> dict[str, TensorLocation]:
        """The locations of the network's tensors, by the network's own names."""
        return {
            name: self._absolute(name, location, available)
            for name, location in tensor_locations(self.layout, names).items()
        }

    def _absolute(self, name: str, location: TensorLocation, available: Collection[str]) -> TensorLocation:
        if self.ema_prefix is not None:
            return replace(location, name=self.ema_prefix + ema_name(location.name))
        if self.layout is not TensorLayout.DIFFUSERS:
            return replace(location, name=self.prefix + location.name)
        outside = self.prefix.removesuffix("text_model.")
        inside = name.removeprefix("text_model.")
        choices = [self.prefix + name, self.prefix + inside, outside + name, f"{outside}text_model.{inside}"]
        choices += [
            self.prefix + name.replace(new, old) for new, old in DEPRECATED_NAMES.items() if new in name
        ]
        found = next((choice for choice in choices if choice in available), choices[0])
        return TensorLocation(found, location.form)


class PartTensors:
    """The tensors of one part, as a `TensorSource` with the names of its network."""

    def __init__(self, source: TensorSource, part: CheckpointPart, names: Iterable[str]) -> None:
        available = frozenset(source.names())
        self._source = source
        self._locations = {
            name: location
            for name, location in part.locations(names, available).items()
            if location.name in available
        }

        self._unclaimed = self._find_unclaimed(part, available)

    @property
    def unclaimed(self) -> str | None:
        """A tensor in the modules of the part that its network does not use, if there is one."""
        return self._unclaimed

    def _find_unclaimed(self, part: CheckpointPart, available: frozenset[str]) -> str | None:
        if part.ema_prefix is not None:
            return None
        claimed = {location.name for location in self._locations.values()}
        modules = {_first_module(name, part.prefix) for name in claimed}
        left = (name for name in available - claimed if _first_module(name, part.prefix) in modules)
        return min(left, default=None)

    @property
    def location(self) -> str:
        """The file or folder, for messages."""
        return self._source.location

    @property
    def metadata(self) -> dict[str, str]:
        """The metadata of the file."""
        return self._source.metadata

    def names(self) -> Collection[str]:
        """The names in the network of the tensors that the file has."""
        return self._locations.keys()

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor in the network."""
        location = self._locations[name]
        return location.cut_shape(self._source.shape(location.name))

    def dtype(self, name: str) -> torch.dtype:
        """The number type of a tensor in the file."""
        return self._source.dtype(self._locations[name].name)

    def read(self, name: str) -> Tensor:
        """A tensor in the form of the network. Raises `ModelNotUsable` if it is missing."""
        if name not in self._locations:
            raise ModelNotUsable(
                "model.tensor-missing",
                "{file} lacks the tensor {tensor}.",
                "Choose another file, or download it again.",
                file=self.location,
                tensor=name,
            )
        location = self._locations[name]
        return location.cut(self._source.read(location.name))

    def close(self) -> None:
        """Closes the file."""
        self._source.close()


def _first_module(name: str, prefix: str) -> str | None:
    """The outermost module of a name after `prefix`; None without the prefix."""
    return name[len(prefix) :].split(".")[0] if name.startswith(prefix) else None
