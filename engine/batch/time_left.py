"""How long a batch will still take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from statistics import median

WINDOW = 16
"""The number of latest photos whose times count."""
MOST_MEDIANS = 3.0
"""A photo that took longer, as when the computer slept, counts as so many times the median."""


class BatchClock:
    """Estimates from the latest photos; the first one, which also loads the model, counts only alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seconds: deque[float] = deque(maxlen=WINDOW)
        self._first: float | None = None
        self._started: float | None = None

    def begin(self) -> None:
        """A photo is being edited from now on."""
        self._started = self._clock()

    def end(self, *, counts: bool = True) -> None:
        """It has ended; one that failed or was cancelled does not count."""
        started, self._started = self._started, None
        if started is None or not counts:
            return
        seconds = self._clock() - started
        if self._first is None:
            self._first = seconds
        else:
            self._seconds.append(seconds)

    def seconds_left(self, waiting: int) -> float | None:
        """Seconds until `waiting` photos are done, including the one being edited; None if not known."""
        usual = self._usual()
        if usual is None:
            return None
        spent = self._clock() - self._started if self._started is not None else 0.0
        return max(0.0, usual * waiting - min(spent, usual))

    def _usual(self) -> float | None:
        """The mean, as the median would leave out that every few photos take longer on a busy computer."""
        if not self._seconds:
            return self._first
        most = MOST_MEDIANS * median(self._seconds)
        return sum(min(seconds, most) for seconds in self._seconds) / len(self._seconds)
