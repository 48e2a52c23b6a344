"""Clocks that skip hours, as if a test had waited."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest


class SkippingClocks:
    """The clocks of this process, which can skip some hours."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.skipped = 0.0
        for name in ("monotonic", "perf_counter"):
            monkeypatch.setattr(time, name, partial(self._now, getattr(time, name)))

    def _now(self, real: Callable[[], float]) -> float:
        return real() + self.skipped
