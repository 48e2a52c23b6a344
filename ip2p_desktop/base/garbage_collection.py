"""Collects Python's unreachable objects on the GUI thread only, in steps that are not felt."""

from __future__ import annotations

import gc
import sys
import time

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 100
MANY_MODULES = 200
"""Newly imported modules after which what is alive is set aside."""
FULL_INTERVAL = 30.0
"""Seconds between two collections of all generations, at least."""
FULL_SHARE = 0.001
"""The share of the time that these collections take, at most."""


class GarbageCollection(QObject):
    """Takes the place of Python's own collection, which runs on whatever thread allocates.

    On another thread it may destroy Qt objects of the GUI thread that refer to each other. Their destructor
    holds a lock of Qt and waits for the interpreter, while the GUI thread has the interpreter and waits for
    that lock: the window stops for good.

    Modules stay as long as the program, so that what is alive after their import is set aside once
    (`gc.freeze`): with torch loaded, a full collection would otherwise look at half a million objects.
    """

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._modules = self._frozen_modules = 0
        """Number of modules at the last look, and when objects were last set aside."""
        self._next_full = time.monotonic() + FULL_INTERVAL
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the young generations whenever they are due, and all of them rarely."""
        if self._has_imported_many():
            gc.collect(1)
            gc.freeze()
            self._frozen_modules = self._modules
            return
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [number for number in (2, 1, 0) if counts[number] > thresholds[number] > 0]
        if due[:1] == [2] and time.monotonic() >= self._next_full:
            self._collect_all()
        elif due:
            gc.collect(min(due[0], 1))

    def shut_down(self) -> None:
        """Leave the collection to Python again. Call it when no other thread runs any more."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _has_imported_many(self) -> bool:
        """Whether many modules are new, and no further ones have come since the last look."""
        before, self._modules = self._modules, len(sys.modules)
        return before == self._modules and before - self._frozen_modules >= MANY_MODULES

    def _collect_all(self) -> None:
        begin = time.monotonic()
        gc.collect()
        end = time.monotonic()
        self._next_full = end + max(FULL_INTERVAL, (end - begin) / FULL_SHARE)
