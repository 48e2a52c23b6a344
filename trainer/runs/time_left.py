"""How long the rest of a run takes: steps, validations, previews, checkpoints, snapshots and the export."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from statistics import median

RECENT_SECONDS, RECENT_STEPS = 180.0, 20
"""The steps that count are those of so many seconds, but at least so many steps."""
SLOWEST = 4.0
"""A step counts as at most so many times the median one: one that was interrupted says nothing of others."""
WARM_UP = 2
"""First steps of a process, which are slower than others."""
MEASURED = 3
"""Newest measured times of one kind of work that count."""
GROWTH = 2.0
"""A checkpoint after the first step is so many times as large as the one before, which has no moments yet."""


class Work(StrEnum):
    """What a run does beside its steps."""

    VALIDATION = "validation"
    PREVIEWS = "previews"
    FIRST_CHECKPOINT = "first checkpoint"
    CHECKPOINT = "checkpoint"
    SNAPSHOT = "snapshot"


class TimeLeft:
    """Measures the work of a run and estimates how long the rest takes. Pauses do not count."""

    def __init__(self, paused: Callable[[], float] = lambda: 0.0) -> None:
        """`paused` returns the seconds that so far were no work, such as those of pauses."""
        self._paused = paused
        self._steps: deque[float] = deque()
        self._measured: dict[Work, deque[float]] = {}
        self._first: dict[Work, float] = {}
        self._step_began = self.now()
        self._steps_taken = 0
        self._within: list[float] = []
        """For each block that is being measured, the seconds of those within it."""

    def now(self) -> float:
        """Returns the seconds of a clock that stands still in pauses."""
        return time.perf_counter() - self._paused()

    @contextmanager
    def measured(self, kind: Work) -> Iterator[None]:
        """Measures the work of the block, which then is no part of a step, nor of a block around it."""
        began = self.now()
        self._within.append(0.0)
        try:
            yield
        finally:
            whole = self.now() - began
            own = whole - self._within.pop()
            if self._within:
                self._within[-1] += whole
            else:
                self._step_began += whole
            if kind in self._first:
                self._measured.setdefault(kind, deque(maxlen=MEASURED)).append(own)
            self._first.setdefault(kind, own)

    def begin(self) -> None:
        """Begins to measure a step."""
        self._step_began = self.now()

    def add_step(self) -> float:
        """Adds the step that ends now, and begins the next; returns its seconds."""
        now = self.now()
        seconds, self._step_began = now - self._step_began, now
        self._steps_taken += 1
        if self._steps_taken == WARM_UP + 1:
            self._steps.clear()
        self._steps.append(seconds)
        while len(self._steps) > RECENT_STEPS and sum(self._steps) - self._steps[0] > RECENT_SECONDS:
            self._steps.popleft()
        return seconds

    @property
    def seconds_per_step(self) -> float:
        """The mean of the recent steps; at least one must have been taken."""
        most = SLOWEST * median(self._steps)
        return sum(min(seconds, most) for seconds in self._steps) / len(self._steps)

    def seconds_of(self, kind: Work) -> float:
        """Returns how long such work takes; 0 if it was never done.

        The first time counts only as long as there is no other, since it prepares what later times use.
        """
        measured = self._measured.get(kind)
        if measured:
            return sum(measured) / len(measured)
        if kind is Work.CHECKPOINT and kind not in self._first:
            return GROWTH * self._first.get(Work.FIRST_CHECKPOINT, 0.0)
        return self._first.get(kind, 0.0)


def times_due(step: int, total: int, interval: int) -> int:
    """Returns how often work is done from a step on, that step included, every `interval` steps and at last.

    An interval of 0 never does it.
    """
    if not interval:
        return 0
    return total // interval - (step - 1) // interval + bool(total % interval)
