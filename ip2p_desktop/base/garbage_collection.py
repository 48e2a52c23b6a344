"""Collects Python's unreachable objects on the GUI thread only."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 100


class GarbageCollection(QObject):
    """Takes the place of Python's own collection, which runs on whatever thread allocates.

    On another thread it may destroy Qt objects of the GUI thread that refer to each other. Their destructor
    holds a lock of Qt and waits for the interpreter, while the GUI thread has the interpreter and waits for
    that lock: the window stops for good.
    """

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation whose threshold is exceeded, as Python would."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [number for number in (2, 1, 0) if counts[number] > thresholds[number] > 0]
        if due:
            gc.collect(due[0])

    def shut_down(self) -> None:
        """Leave the collection to Python again. Call it when no other thread runs any more."""
        self._timer.stop()
        gc.enable()
