"""How long a batch will still take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from statistics import median

WINDOW = 9
"""The number of latest photos whose times count."""


class BatchClock:
    """Estimates from the latest photos, without those that took unusually long because of other programs.

    The first one, which also loads the model, counts only alone.
    """

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
        usual = median(self._seconds) if self._seconds else self._first
        if usual is None:
            return None
        spent = self._clock() - self._started if self._started is not None else 0.0
        return max(0.0, usual * waiting - min(spent, usual))
