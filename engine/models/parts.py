"""One network of a checkpoint: its tensors by the names of the network, wherever they lie in the file."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.errors import ModelNotUsable
from engine.models.original_layout import TensorLayout, TensorLocation, ema_name, places
from engine.tensors.tensor_source import TensorSource

RESTORE_ADVICE = "Install the model again."
DEPRECATED_NAMES = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}
"""What diffusers called the VAE's attention until version 0.13, in which the first editors were stored."""


@dataclass(frozen=True, slots=True)
class CheckpointPart:
    """Where a network lies in a file."""

    layout: TensorLayout
    prefix: str = ""
    ema_prefix: str | None = None
    """If set, tensors are taken from the average that the original keeps under this prefix."""

    def places(self, names: Iterable[str], available: Collection[str]) -> dict[str, TensorLocation]:
        """Where the network's tensors lie, by the network's own names."""
        return {
            name: self._absolute(name, place, available) for name, place in places(self.layout, names).items()
        }

    def _absolute(self, name: str, place: TensorLocation, available: Collection[str]) -> TensorLocation:
        if self.ema_prefix is not None:
            return replace(place, name=self.ema_prefix + ema_name(place.name))
        if self.layout is not TensorLayout.DIFFUSERS:
            return replace(place, name=self.prefix + place.name)
        outside = self.prefix.removesuffix("text_model.")
        inside = name.removeprefix("text_model.")
        choices = [self.prefix + name, self.prefix + inside, outside + name, f"{outside}text_model.{inside}"]
        choices += [
            self.prefix + name.replace(new, old) for new, old in DEPRECATED_NAMES.items() if new in name
        ]
        found = next((choice for choice in choices if choice in available), choices[0])
        return TensorLocation(found, place.form)


class PartTensors:
    """The tensors of one part: a `TensorSource` whose names are those of its network."""

    def __init__(self, source: TensorSource, part: CheckpointPart, names: Iterable[str]) -> None:
        available = frozenset(source.names())
        self._source = source
        self._places = {
            name: place for name, place in part.places(names, available).items() if place.name in available
        }

        self._unclaimed = self._find_unclaimed(part, available)

    @property
    def unclaimed(self) -> str | None:
        """A tensor in the midst of the part that its network has no place for, if there is one."""
        return self._unclaimed

    def _find_unclaimed(self, part: CheckpointPart, available: frozenset[str]) -> str | None:
        if part.ema_prefix is not None:
            return None
        claimed = {place.name for place in self._places.values()}
        modules = {_first_module(name, part.prefix) for name in claimed}
        left = (name for name in available - claimed if _first_module(name, part.prefix) in modules)
        return min(left, default=None)

    @property
    def location(self) -> str:
        return self._source.location

    @property
    def metadata(self) -> dict[str, str]:
        return self._source.metadata

    def names(self) -> Collection[str]:
        return self._places.keys()

    def shape(self, name: str) -> tuple[int, ...]:
        place = self._places[name]
        return place.cut_shape(self._source.shape(place.name))

    def dtype(self, name: str) -> torch.dtype:
        return self._source.dtype(self._places[name].name)

    def read(self, name: str) -> Tensor:
        if name not in self._places:
            raise ModelNotUsable(
                "model.tensor-missing",
                "{file} lacks the tensor {tensor}.",
                "Choose another file, or download it again.",
                file=self.location,
                tensor=name,
            )
        place = self._places[name]
        return place.cut(self._source.read(place.name))

    def close(self) -> None:
        self._source.close()


def _first_module(name: str, prefix: str) -> str | None:
    """The outermost module of a name behind `prefix`; None elsewhere."""
    return name[len(prefix) :].split(".")[0] if name.startswith(prefix) else None
