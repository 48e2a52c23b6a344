"""How far a download is, how fast it goes, and how long it will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_SECONDS = 5.0
"""The speed shown is that of the last so many seconds."""
REPORT_SECONDS = 0.1
"""Between two reports; more of them would only be drawn over."""


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """Where a download stands."""

    received: int
    """Bytes on this disk, with those of earlier tries."""
    total: int
    """Bytes of the whole; 0 if that is not known."""
    bytes_per_second: float = 0.0
    seconds_left: float | None = None
    """None while nobody can say."""


DownloadCallback = Callable[[DownloadProgress], None]


def ignore_download(progress: DownloadProgress) -> None:
    """The callback of a caller who does not want to know."""


class SpeedMeter:
    """Turns counts of bytes into progress, reported now and then."""

    def __init__(self, on_progress: DownloadCallback) -> None:
        self._on_progress = on_progress
        self._marks: deque[tuple[float, int]] = deque()
        self._reported = 0.0

    def show(self, received: int, total: int, *, at_once: bool = False) -> None:
        """Take a new count; the callback hears of it if the last report is old enough, or at once."""
        now = time.monotonic()
        if not at_once and now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        speed = self._speed(now, received)
        left = (total - received) / speed if speed > 0 and total else None
        self._on_progress(DownloadProgress(received, total, speed, left))

    def _speed(self, now: float, received: int) -> float:
        if self._marks and received < self._marks[-1][1]:  # begun anew
            self._marks.clear()
        self._marks.append((now, received))
        while now - self._marks[0][0] > WINDOW_SECONDS and len(self._marks) > 2:
            self._marks.popleft()
        (first, before), (last, after) = self._marks[0], self._marks[-1]
        return (after - before) / (last - first) if last > first else 0.0
