"""A moving average of the weights, which makes better edits than the last weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

from trainer.config import EMAConfig


class EMA:
    """Exponential moving average of weights.

    The decay after n updates is min(decay, (1 + n) / (10 + n)), as in the original's `LitEma`. If disabled,
    it is empty, and the weights themselves take its place.
    """

    def __init__(self, weights: Mapping[str, Parameter], config: EMAConfig) -> None:
        """Starts with the current weights."""
        self.decay, self.every = config.decay, config.every_n_steps
        self.updates = 0
        self.live_copies: Mapping[str, Tensor] = {}
        """The networks' own weights in CPU memory, while the average is in their place."""
        self._live = dict(weights) if config.enable else {}
        self._average = {name: self._copy_of(weight, config) for name, weight in self._live.items()}

    @staticmethod
    def _copy_of(weight: Parameter, config: EMAConfig) -> Tensor:
        device = "cpu" if config.cpu_offload else weight.device
        return weight.detach().to(device, torch.float32, copy=True)

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Adds the weights after a step to the average, every `every_n_steps` steps."""
        if not self._live or step % self.every:
            return
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        averages = list(self._average.values())
        live = [
            weight.detach().to(average) for weight, average in zip(self._live.values(), averages, strict=True)
        ]
        torch._foreach_lerp_(averages, live, 1 - decay)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Puts the average into the networks during the context; their own weights are kept in CPU memory."""
        self.live_copies = {name: weight.detach().to("cpu", copy=True) for name, weight in self._live.items()}
        self._copy(self._average)
        try:
            yield
        finally:
            self._copy(self.live_copies)
            self.live_copies = {}

    @torch.no_grad()
    def _copy(self, weights: Mapping[str, Tensor]) -> None:
        for name, live in self._live.items():
            live.copy_(weights[name])

    def state_dict(self) -> dict[str, Any]:
        """Returns the average as it is stored; the tensors are not copied."""
        return {"updates": self.updates, "average": self._average}

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a saved average; where the state has none, the average starts with the current weights."""
        self.updates = int(state.get("updates", 0))
        averages = state.get("average", {})
        for name, average in self._average.items():
            average.copy_(averages.get(name, self._live[name].detach()))
