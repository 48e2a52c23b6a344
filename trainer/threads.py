"""How many threads a processor trains fastest with.

Several threads wait for each other at every layer. Where other programs keep the cores busy that can
take ten times as long as one thread alone, so there it is tried rather than assumed.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable

import torch

log = logging.getLogger(__name__)

HOPELESS = 3.0
"""So many times as slow as the fastest so far, at the first try, is not tried again."""


def choose_threads(work: Callable[[], object]) -> int:
    """The number of threads that is set from now on: all, or the fastest on a machine that is busy.

    There the work is done with few and with all threads.
    """
    most = torch.get_num_threads()
    if _is_idle():
        return most
    fastest, best = 1, float("inf")
    for count in sorted({1, most // 2, most - 1, most} - {0}):
        torch.set_num_threads(count)
        seconds = _seconds(work)  # the first time also prepares kernels
        if seconds < HOPELESS * best:
            seconds = min(seconds, _seconds(work))
        log.info("%d threads: %.2f s", count, seconds)
        if seconds < best:
            fastest, best = count, seconds
    torch.set_num_threads(fastest)
    return fastest


def _is_idle() -> bool:
    """Whether less than half of the cores were busy of late, as far as the system says."""
    return hasattr(os, "getloadavg") and os.getloadavg()[0] < 0.5 * (os.cpu_count() or 1)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
