"""Progress of a download: bytes received, speed, and seconds left."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_SECONDS = 5.0
"""The speed is averaged over the last so many seconds."""
REPORT_SECONDS = 0.1
"""Shortest interval of reports; more of them would not be seen."""


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """The state of a download."""

    received: int
    """Bytes on this disk, including those of earlier tries."""
    total: int
    """Bytes of the whole download; 0 if unknown."""
    bytes_per_second: float = 0.0
    seconds_left: float | None = None
    """None while unknown."""


DownloadCallback = Callable[[DownloadProgress], None]


def ignore_download(progress: DownloadProgress) -> None:
    """Does nothing; the default callback."""


class SpeedMeter:
    """Computes the speed from byte counts, and reports progress at intervals."""

    def __init__(self, on_progress: DownloadCallback) -> None:
        self._on_progress = on_progress
        self._marks: deque[tuple[float, int]] = deque()
        self._reported = 0.0

    def show(self, received: int, total: int, *, at_once: bool = False) -> None:
        """Takes a new count; reports it if the last report is old enough, or always with `at_once`."""
        now = time.monotonic()
        if not at_once and now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        speed = self._speed(now, received)
        left = (total - received) / speed if speed > 0 and total else None
        self._on_progress(DownloadProgress(received, total, speed, left))

    def _speed(self, now: float, received: int) -> float:
        if self._marks and received < self._marks[-1][1]:  # the download was restarted
            self._marks.clear()
        self._marks.append((now, received))
        while now - self._marks[0][0] > WINDOW_SECONDS and len(self._marks) > 2:
            self._marks.popleft()
        (first, before), (last, after) = self._marks[0], self._marks[-1]
        return (after - before) / (last - first) if last > first else 0.0
