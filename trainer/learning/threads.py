"""How many threads a processor trains fastest with.

Several threads wait for each other at every layer. Where other programs keep the cores busy that can
take a thousand times as long as one thread alone, so there it is tried rather than assumed, and what
takes too long is broken off.
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
HOPELESS = 3.0
"""So many times as slow as the fastest so far is not waited for."""
TOLERATED = 1.25
"""So many times as slow as the fastest so far may more threads be and still be taken: what is tried is
smaller than a step, and shows less of what they gain."""


class TooSlow(Exception):
    """More time has passed than there was."""


class Deadline(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Breaks off what torch computes, forward or backward, at the first operation after so many seconds.

    What torch would compile meanwhile, it never compiles again.
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
    """The number of threads that is set from now on: all, or fewer on a machine that is busy.

    There the work is done with few and with all threads, and fewer are taken if they are clearly faster.
    """
    most = torch.get_num_threads()
    if most == 1 or _is_idle():
        return most
    chosen, best = 1, float("inf")
    for count in sorted({1, most // 2, most - 1, most} - {0}):
        torch.set_num_threads(count)
        try:
            # the first time also prepares kernels
            seconds = min(_seconds(work, HOPELESS * best) for _ in range(TRIES))
        except TooSlow:
            log.info("%d threads: more than %.2f s", count, HOPELESS * best)
            continue
        log.info("%d threads: %.2f s", count, seconds)
        if seconds < TOLERATED * best:
            chosen = count
        best = min(best, seconds)
    torch.set_num_threads(chosen)
    return chosen


@contextmanager
def limited_threads(count: int) -> Iterator[None]:
    """So many threads for each operation while this lasts, of those Python threads too that it sees begin."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _is_idle() -> bool:
    """Whether less than half of the cores were busy of late, as far as the system says."""
    return hasattr(os, "getloadavg") and os.getloadavg()[0] < 0.5 * (os.cpu_count() or 1)


def _seconds(work: Callable[[], object], most: float) -> float:
    """How long the work takes. Raises `TooSlow` if that is more than `most`."""
    started = time.perf_counter()
    with Deadline(most):
        work()
    seconds = time.perf_counter() - started
    if seconds > most:
        raise TooSlow
    return seconds
