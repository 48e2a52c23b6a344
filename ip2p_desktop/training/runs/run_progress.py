"""The progress of a run, computed from the events of the trainer, and its smoothed loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from trainer.protocol.events import (
    Event,
    PreparationProgressed,
    PreviewMade,
    SnapshotSaved,
    StepFinished,
    TrainingContinued,
    TrainingPaused,
    TrainingStarted,
    ValidationFinished,
)

MOST_POINTS = 1000
"""Maximal number of loss points; more would be painted on the same pixels. Must be even."""
SMOOTHING_SHARE, LEAST_SMOOTHED = 0.06, 12.0
"""Share of the run, and least number of points, over which the loss is averaged: single steps vary widely."""


@dataclass(frozen=True, slots=True)
class LossPoint:
    """The loss at a step."""

    step: int
    loss: float


@dataclass(slots=True)
class RunProgress:
    """The values that the pages show; the events of a whole run, resumptions included, lead to them."""

    total_steps: int
    step: int = 0
    seconds_left: float | None = None
    """None if it is not known."""
    samples_per_second: float = 0.0
    """0 if it is not known."""
    memory: int = 0
    """Peak of memory in bytes, of the GPU if the run trains on one; 0 if it is not known."""
    disk: int = 0
    """Bytes of all files of the run; 0 if it is not known."""
    preparing: PreparationProgressed | None = None
    pause: TrainingPaused | None = None
    """Why training is paused; None if it is not."""
    losses: list[LossPoint] = field(default_factory=list)
    """At most `MOST_POINTS`: in a long run each is the mean of several steps."""
    validations: list[LossPoint] = field(default_factory=list)
    """The loss of the held-back pairs."""
    previews: list[PreviewMade] = field(default_factory=list)
    """All fixed edits, in the order in which they were made."""
    snapshots: list[SnapshotSaved] = field(default_factory=list)
    """The kept weights, by step."""
    started_at: float | None = None
    """Unix seconds of the run's first event; None if they are not known."""
    device: str = ""
    """Type of the device that the run trains on, such as "cpu"; empty if it is not known."""
    dtype: str = ""
    """Number format that the run computes in, such as "bf16"; empty if it is not known."""
    preview_times: dict[int, float] = field(default_factory=dict)
    """Unix seconds of the previews by their step, as far as they are known."""
    _stride: int = 1
    _pending: list[float] = field(default_factory=list)

    def take(self, event: Event, time: float | None = None) -> None:
        """Update the values from an event that was sent at `time` in Unix seconds."""
        if self.started_at is None:
            self.started_at = time
        if isinstance(event, PreparationProgressed):
            self.preparing = event
        elif isinstance(event, TrainingStarted):
            self._begin(event)
        elif isinstance(event, StepFinished):
            self._take_step(event)
        elif isinstance(event, TrainingPaused):
            self.pause = event
        elif isinstance(event, TrainingContinued):
            self.pause = None
        elif isinstance(event, ValidationFinished):
            self.validations.append(LossPoint(event.step, event.loss))
        elif isinstance(event, PreviewMade):
            self.previews.append(event)
            if time is not None:
                self.preview_times[event.step] = time
        elif isinstance(event, SnapshotSaved):
            self.snapshots.append(event)

    def _begin(self, event: TrainingStarted) -> None:
        """Begin after a step; what was known of later steps is of a run that was killed."""
        step = event.start_step
        self.preparing = self.pause = self.seconds_left = None
        self.step, self.total_steps, self.device = step, event.total_steps, event.device
        self.dtype = event.dtype
        self.losses = [point for point in self.losses if point.step <= step]
        self.validations = [point for point in self.validations if point.step <= step]
        self.previews = [preview for preview in self.previews if preview.step <= step]
        self.snapshots = [snapshot for snapshot in self.snapshots if snapshot.step <= step]
        self._pending.clear()

    def _take_step(self, event: StepFinished) -> None:
        self.preparing = self.pause = None
        self.step, self.total_steps = event.step, event.total_steps
        self.seconds_left = event.seconds_left if event.seconds_left > 0 else None
        self.samples_per_second, self.memory = event.samples_per_second, event.memory or self.memory
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
    share = 1 / max(LEAST_SMOOTHED, SMOOTHING_SHARE * len(points))
    average = weight = 0.0
    result = []
    for point in points:
        average += share * (point.loss - average)
        weight += share * (1 - weight)
        result.append(LossPoint(point.step, average / weight))
    return result
