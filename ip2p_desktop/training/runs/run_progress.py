"""The progress of a run, computed from the events of the trainer, and its smoothed loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from trainer.protocol.events import Event, PreparationProgressed, StepFinished, TrainingStarted

MOST_POINTS = 1000
"""Maximal number of loss points; more would be painted on the same pixels. Must be even."""
SMOOTHING_SHARE = 0.06
"""Share of the run over which the loss is averaged, as the loss of single steps varies widely."""


@dataclass(frozen=True, slots=True)
class LossPoint:
    """The loss at a step."""

    step: int
    loss: float


@dataclass(slots=True)
class RunProgress:
    """The values that the progress page shows."""

    total_steps: int
    step: int = 0
    seconds_left: float | None = None
    """None if it is not known."""
    preparing: PreparationProgressed | None = None
    losses: list[LossPoint] = field(default_factory=list)
    """At most `MOST_POINTS`: in a long run each is the mean of several steps."""
    _stride: int = 1
    _pending: list[float] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Update the values from an event."""
        if isinstance(event, PreparationProgressed):
            self.preparing = event
        elif isinstance(event, TrainingStarted):
            self.preparing = None
            self.step, self.total_steps = event.start_step, event.total_steps
        elif isinstance(event, StepFinished):
            self.preparing = None
            self.step, self.total_steps = event.step, event.total_steps
            self.seconds_left = event.seconds_left if event.seconds_left > 0 else None
            self._add(event)

    def _add(self, event: StepFinished) -> None:
        self._pending.append(event.loss)
        if len(self._pending) < self._stride:
            return
        self.losses.append(LossPoint(event.step, sum(self._pending) / len(self._pending)))
        self._pending.clear()
        if len(self.losses) >= MOST_POINTS:
            self._stride *= 2
            self.losses = [_mean(*two) for two in zip(self.losses[::2], self.losses[1::2], strict=True)]


def _mean(earlier: LossPoint, later: LossPoint) -> LossPoint:
    return LossPoint(later.step, (earlier.loss + later.loss) / 2)


def smoothed(points: Sequence[LossPoint]) -> list[LossPoint]:
    """The exponential average of the losses, corrected for its start at zero."""
    share = 1 / max(1.0, SMOOTHING_SHARE * len(points))
    average = weight = 0.0
    result = []
    for point in points:
        average += share * (point.loss - average)
        weight += share * (1 - weight)
        result.append(LossPoint(point.step, average / weight))
    return result
