"""When previews are due by time, beside those that are due by steps."""

from __future__ import annotations

from collections.abc import Callable

EARLY_STEP = 8
"""A run makes previews after so many of its first steps, to show that it changes something."""
LARGEST_SHARE = 0.1
"""Share of the time that previews may take; slower ones are made less often."""


class PreviewTimes:
    """Knows when the next previews of a run are due, by a clock that stands still in pauses."""

    def __init__(self, minutes: float, clock: Callable[[], float]) -> None:
        """0 minutes never makes any. `clock` returns seconds."""
        self._shortest, self._clock = minutes * 60, clock
        self.seconds = 0.0
        """How long the last previews took."""
        self._last = clock()
        self._last_step = 0
        self._made_step = -1

    @property
    def interval(self) -> float:
        """Seconds from the end of previews to the next ones; infinity if there are none by time."""
        if not self._shortest:
            return float("inf")
        return max(self._shortest, self.seconds * (1 / LARGEST_SHARE - 1))

    def is_due(self, step: int) -> bool:
        """Returns whether previews should be made after this step."""
        if not self.is_missing(step):
            return False
        is_early = step >= EARLY_STEP > self._last_step
        return is_early or self._clock() - self._last >= self.interval

    def is_missing(self, step: int) -> bool:
        """Returns whether a run that makes previews by time has none of this step."""
        return self._shortest > 0 and step != self._made_step

    def begin(self, step: int) -> None:
        """Begins at a step, of a resumed run too."""
        self._last, self._last_step = self._clock(), step

    def made(self, step: int, seconds: float) -> None:
        """Previews of this step were made in so many seconds."""
        self.seconds, self._made_step = seconds, step
        self.begin(step)

    def count_in(self, seconds: float) -> float:
        """Returns how many previews become due in so many seconds of other work."""
        return seconds / self.interval
