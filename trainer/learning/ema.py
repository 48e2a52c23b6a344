"""A running average of the weights, which edits better than the last weights themselves."""

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

    The decay warms up as min(decay, (1 + n) / (10 + n)) after n updates, as in the original's `LitEma`.
    Where there is to be none, it holds nothing, and the weights themselves take its place.
    """

    def __init__(self, weights: Mapping[str, Parameter], config: EMAConfig) -> None:
        """Starts from the weights as they are."""
        self.decay, self.every = config.decay, config.every_n_steps
        self.updates = 0
        self.waiting: Mapping[str, Tensor] = {}
        """The networks' own weights, while the average is in their place."""
        self._live = dict(weights) if config.enable else {}
        self._average = {name: self._home(weight, config) for name, weight in self._live.items()}

    @staticmethod
    def _home(weight: Parameter, config: EMAConfig) -> Tensor:
        device = "cpu" if config.cpu_offload else weight.device
        return weight.detach().to(device, torch.float32, copy=True)

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Takes in the weights after a step, if it is one of those that count."""
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
        """The networks hold the average while this lasts; their own weights wait in the CPU's memory."""
        self.waiting = {name: weight.detach().to("cpu", copy=True) for name, weight in self._live.items()}
        self._copy(self._average)
        try:
            yield
        finally:
            self._copy(self.waiting)
            self.waiting = {}

    @torch.no_grad()
    def _copy(self, weights: Mapping[str, Tensor]) -> None:
        for name, live in self._live.items():
            live.copy_(weights[name])

    def state_dict(self) -> dict[str, Any]:
        return {"updates": self.updates, "average": self._average}

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from a saved average; one that was not kept starts from the weights as they are."""
        self.updates = int(state.get("updates", 0))
        averages = state.get("average", {})
        for name, average in self._average.items():
            average.copy_(averages.get(name, self._live[name].detach()))
