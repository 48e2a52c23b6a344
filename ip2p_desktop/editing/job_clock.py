"""The remaining time of a running edit, from its estimate and from what it has done so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.editing.costs import Estimate
from engine.progress import Progress, Stage

LIBRARY_SECONDS = 4.0
"""Time of loading the libraries, which only the first edit of a run of the program may have to wait for."""


@dataclass(frozen=True, slots=True)
class _Remaining:
    """Seconds from a report to the end, and how many of them what it reports takes."""

    seconds: float
    current: float


class JobClock:
    """How much of an edit is done, and how long the rest takes.

    The share of what is done covers all stages in proportion to their time, and never decreases. Before the
    first step the time comes from the estimate; then the steps are timed.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._estimate: Estimate | None = None
        self._progress: Progress | None = None
        self._started = self._reported = 0.0
        self._loads = False
        self._first_step: tuple[float, int] | None = None
        self._step_seconds: float | None = None
        self._steps: tuple[int, int] | None = None
        """Steps done and in total, over all variations."""
        self._finished = 0
        """The number of results that were made."""
        self._share = 0.0

    def start(self, estimate: Estimate | None, *, loads: bool) -> None:
        """Begin an edit; `loads` is whether its model must be loaded first."""
        self._started = self._reported = self._clock()
        self._estimate, self._loads = estimate, loads
        self._progress = self._first_step = self._step_seconds = self._steps = None
        self._share, self._finished = 0.0, 0

    def set_estimate(self, estimate: Estimate | None) -> None:
        """The estimate of the running edit, where it was not known at its start."""
        self._estimate = estimate

    def report(self, progress: Progress) -> None:
        """Note what the edit has done."""
        self._progress, self._reported = progress, self._clock()
        if progress.stage is Stage.SAMPLING and progress.total:
            self._steps = (progress.done, progress.total)
            self._time_steps(progress.done)
        else:
            self._first_step = None
        if progress.stage is Stage.FINISHING:
            self._finished = progress.done
        elif progress.stage is Stage.STORING:
            self._finished = progress.done + 1

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end, at least a little; None if they are not known."""
        remaining = self._remaining()
        if remaining is None:
            return None
        elapsed = self._clock() - self._reported
        # what is reported may take longer than expected; what follows it is still to come
        return max(remaining.seconds - min(elapsed, remaining.current), 0.1)

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; None if it is not known."""
        left = self.seconds_left
        if left is None:
            return self._share or None
        elapsed = self._clock() - self._started
        self._share = max(self._share, elapsed / (elapsed + left))
        return self._share

    def _time_steps(self, done: int) -> None:
        """The time of a step, from those of this variation that were done without an interruption."""
        if self._first_step is None or done < self._first_step[1]:
            self._first_step = (self._reported, done)
        started, first = self._first_step
        if done > first:
            self._step_seconds = (self._reported - started) / (done - first)

    def _remaining(self) -> _Remaining | None:
        step = self._step_seconds
        estimate = self._estimate
        if step is None and estimate is not None:
            step = estimate.step_seconds
        if step is None:
            return None
        finishing = estimate.finishing_seconds if estimate else 0.0
        storing = estimate.storing_seconds if estimate else 0.0
        variations = estimate.variations if estimate else 1
        reading = estimate.reading_seconds if estimate else 0.0
        loading = (estimate.load_seconds or 0.0) if estimate else 0.0
        total_steps = estimate.steps * variations if estimate else 0
        done, total = self._steps or (0, total_steps)
        steps, image = (total - done) * step, finishing + storing
        progress = self._progress
        stage = progress.stage if progress else None
        number = progress.done if progress else 0
        if stage is Stage.STORING:
            return _Remaining(steps + (variations - number - 1) * image + storing, storing)
        if stage is Stage.FINISHING:
            return _Remaining(steps + (variations - number) * image, finishing)
        if stage in (Stage.SAMPLING, Stage.COMPILING):
            images_left = max(variations - self._finished, 1)
            return _Remaining(steps + images_left * image, step if done < total else 0.0)
        whole = steps + variations * image + reading
        if stage is Stage.READING:
            return _Remaining(whole, reading)
        if stage is Stage.LOADING_MODEL and progress is not None:
            share_left = 1 - progress.done / progress.total if progress.total else 1.0
            return _Remaining(whole + loading * share_left, loading * share_left)
        if stage is Stage.LOADING_LIBRARIES:
            return _Remaining(whole + loading + LIBRARY_SECONDS, LIBRARY_SECONDS)
        return _Remaining(whole + (loading if self._loads else 0.0), 0.0)
