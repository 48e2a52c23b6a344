"""A running average of the weights, which edits better than the last weights themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class EMA:
    """Exponential moving average of every trainable parameter of some networks.

    The decay warms up as min(decay, (1 + n) / (10 + n)) after n updates, as in the original's `LitEma`.
    """

    def __init__(self, networks: list[nn.Module], decay: float) -> None:
        self.decay = decay
        self.updates = 0
        self._live = [
            weight for network in networks for weight in network.parameters() if weight.requires_grad
        ]
        self._average = [weight.detach().clone() for weight in self._live]

    @torch.no_grad()
    def update(self) -> None:
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(self._average, [weight.detach() for weight in self._live], 1 - decay)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The networks hold the average while this lasts."""
        kept = [weight.detach().clone() for weight in self._live]
        self._copy(self._average)
        try:
            yield
        finally:
            self._copy(kept)

    @torch.no_grad()
    def _copy(self, weights: list[Tensor]) -> None:
        for live, weight in zip(self._live, weights, strict=True):
            live.copy_(weight)

    def state_dict(self) -> dict[str, int | list[Tensor]]:
        return {"updates": self.updates, "average": self._average}

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, int | list[Tensor]]) -> None:
        updates, average = state["updates"], state["average"]
        assert isinstance(updates, int)
        assert isinstance(average, list)
        self.updates = updates
        for mine, theirs in zip(self._average, average, strict=True):
            mine.copy_(theirs)
