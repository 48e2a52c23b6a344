"""What a training run takes: time, memory and disk space, from a measurement of a few steps."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ip2p_desktop.training.plans.setting_words import by_key, number

MICRO_BATCH = 4
"""The trainer's own number of examples in a pass."""


@dataclass(frozen=True, slots=True)
class TrainingEstimate:
    """The estimate for a whole run, from the measurement of a few steps."""

    seconds_per_step: float
    memory: int
    """Peak of memory in bytes; 0 if not known."""
    disk: int
    """Peak of disk space in bytes of checkpoints and model."""
    too_many: int | None = None
    """The smallest tested number of steps that does not fit on the disk; None if all fit."""
    preparation: float = 0.0
    """Seconds for the caches, before the first step."""
    replay_seconds_per_step: float = 0.0
    replay_steps: int = 0
    """Maximal number of steps for which replay pairs are made; the time for each is the field above."""

    def seconds(self, steps: int) -> float:
        """Seconds of a run with this number of steps, including its preparation."""
        return self.preparation + self.replay_seconds(steps) + steps * self.seconds_per_step

    def replay_seconds(self, steps: int) -> float:
        """Seconds for the replay of a run with this number of steps."""
        return min(steps, self.replay_steps) * self.replay_seconds_per_step

    def fits(self, steps: int) -> bool:
        """Whether a run with this number of steps fits on the disk."""
        return self.too_many is None or steps < self.too_many

    def per_edit(self, settings: Iterable[str]) -> TrainingEstimate:
        """What was measured with these arguments of the trainer, as if each step drew one replayed edit."""
        draws = replay_draws(settings)
        each = self.replay_seconds_per_step / draws if draws else 0.0
        return replace(self, too_many=None, replay_seconds_per_step=each, replay_steps=0)

    def for_replay(self, settings: Iterable[str]) -> TrainingEstimate:
        """The estimate of `per_edit` with the amount of replay of these arguments."""
        draws, pairs = replay_draws(settings), number(by_key(settings), "data.replay.pairs", 0)
        steps = math.ceil(pairs / draws) if draws else 0
        return replace(self, replay_seconds_per_step=self.replay_seconds_per_step * draws, replay_steps=steps)


def replay_draws(settings: Iterable[str]) -> float:
    """How many replayed edits a step draws on average; 0 without replay."""
    values = by_key(settings)
    if not number(values, "data.replay.pairs", 0):
        return 0.0
    return examples_per_step(values) * number(values, "data.replay.share", 0.5)


def examples_per_step(values: dict[str, str]) -> int:
    """The number of examples of an optimiser step, with one process."""
    examples = number(values, "model.micro_batch_size", MICRO_BATCH)
    return int(examples * number(values, "trainer.accumulate_grad_batches", 1))
