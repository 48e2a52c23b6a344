"""Training for a given time instead of a number of steps, which can be interrupted and resumed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.files.atomic import atomic_write

WARM_UP_STEPS = 100
SECONDS_BETWEEN_SAVES = 60.0


class TimedTraining:
    """One network and its optimiser; the learning rate falls linearly to zero over the time."""

    def __init__(self, network: nn.Module, state_file: Path, *, seconds: float, learning_rate: float) -> None:
        """Resumes an earlier run with this state file, if there is one."""
        self.network, self._state_file = network, state_file
        self._seconds, self._learning_rate = seconds, learning_rate
        self._optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=0.0)
        self.step, self.spent = 0, 0.0
        self._saved_at = time.monotonic()
        state_file.parent.mkdir(parents=True, exist_ok=True)
        if state_file.exists():
            state = torch.load(state_file, weights_only=True)
            network.load_state_dict(state["network"])
            self._optimizer.load_state_dict(state["optimizer"])
            self.step, self.spent = state["step"], state["spent"]

    @property
    def is_over(self) -> bool:
        """Whether the time is spent."""
        return self.spent >= self._seconds

    def take_step(self, make_loss: Callable[[], Tensor]) -> bool:
        """Takes one step and returns whether it was saved. The time of `make_loss` counts, too."""
        started = time.monotonic()
        share = self.spent / self._seconds
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate * min(1.0, (self.step + 1) / WARM_UP_STEPS, 1.02 - share)
        loss = make_loss()
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimizer.step()
        self.step += 1
        self.spent += time.monotonic() - started
        is_due = self.is_over or time.monotonic() - self._saved_at > SECONDS_BETWEEN_SAVES
        if is_due:
            self._save()
        return is_due

    def _save(self) -> None:
        self._saved_at = time.monotonic()
        state = {
            "network": self.network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "step": self.step,
            "spent": self.spent,
        }
        with atomic_write(self._state_file) as temporary:
            torch.save(state, temporary)
