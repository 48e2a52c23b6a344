"""Finds the number of threads with which a CPU trains fastest.

Several threads wait for each other at every layer. If other programs use the cores, that can take a thousand
times as long as one thread alone. So on a busy machine several numbers are measured, and a measurement that
takes too long is aborted.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch.utils._python_dispatch import TorchDispatchMode

log = logging.getLogger(__name__)

TRIES = 2
ABORTED = 3.0
"""A measurement is aborted when it is so many times slower than the fastest."""
TOLERATED = 1.25
"""More threads are chosen even if they are so many times slower than the fastest: the measured work is
smaller than a step, and gains less from threads."""


class TooSlow(Exception):
    """The work took longer than the deadline."""


class Deadline(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Aborts torch's work, forward or backward, at the first operation after so many seconds.

    A network that torch would compile in this context is never compiled later.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._end = time.perf_counter() + seconds

    def __torch_dispatch__(
        self,
        function: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        if time.perf_counter() > self._end:
            raise TooSlow
        return function(*args, **(kwargs or {}))


def choose_threads(work: Callable[[], object]) -> int:
    """Sets and returns the number of threads: all, or fewer on a busy machine.

    On a busy machine the work is measured with few and with all threads, and fewer are chosen if they are
    clearly faster.
    """
    most = torch.get_num_threads()
    if most == 1 or _is_idle():
        return most
    chosen, best = 1, float("inf")
    for count in sorted({1, most // 2, most - 1, most} - {0}):
        torch.set_num_threads(count)
        try:
            # the first time also prepares kernels
            seconds = min(_seconds(work, ABORTED * best) for _ in range(TRIES))
        except TooSlow:
            log.info("%d threads: more than %.2f s", count, ABORTED * best)
            continue
        log.info("%d threads: %.2f s", count, seconds)
        if seconds < TOLERATED * best:
            chosen = count
        best = min(best, seconds)
    torch.set_num_threads(chosen)
    return chosen


@contextmanager
def limited_threads(count: int) -> Iterator[None]:
    """Limits the threads of each operation during the context, also in Python threads that start in it."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _is_idle() -> bool:
    """Returns whether less than half of the cores were busy recently; False if the load is unknown."""
    return hasattr(os, "getloadavg") and os.getloadavg()[0] < 0.5 * (os.cpu_count() or 1)


def _seconds(work: Callable[[], object], most: float) -> float:
    """Returns the seconds that the work takes. Raises `TooSlow` if that is more than `most`."""
    started = time.perf_counter()
    with Deadline(most):
        work()
    seconds = time.perf_counter() - started
    if seconds > most:
        raise TooSlow
    return seconds
