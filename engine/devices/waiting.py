"""Makes libgomp's threads sleep instead of spin while other programs need the same cores.

A thread that waits for the others of an operation spins for some milliseconds. On idle cores that saves the
time of waking a thread, a tenth of an edit; on busy ones it occupies the core that the awaited thread needs,
and an edit takes several times as long. libgomp reads the environment variables for this only once, when
torch is loaded. But it also hardly spins while there are more OpenMP threads than cores (GOMP_SPINCOUNT in
its manual), and a team of idle threads creates that state. How a thread waits changes no result.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch

from engine.devices.waiting_policy import is_libgomp_policy_set

STAT = Path("/proc/stat")
CONTENDED_CORES, FREE_CORES = 0.3, 0.15
"""Number of cores that other processes use and that this one's threads would use too: above the first value
threads sleep, below the second they spin again."""
FREE_SECONDS = 1.0
"""Seconds for which the cores must be free before threads spin again."""
POLL_SECONDS = 0.1
"""Interval of the measurement; the kernel counts in hundredths of a second."""
MIN_READING_SECONDS = 0.05
"""The kernel's counts are too coarse for a shorter time."""
ELEMENTS_PER_THREAD = 1 << 16
"""Twice the smallest number of elements for which torch uses another thread."""


@dataclass(frozen=True, slots=True)
class CoreUse:
    """How much other processes used of this process's cores over some seconds."""

    seconds: float
    cores: float
    """Mean number of cores; never negative."""


class CoreMeter:
    """Measures the cores that other processes use, from one call to the next."""

    def __init__(self, stat: Path | None = None) -> None:
        self._stat = stat or STAT
        self._last = self._counts()

    def read(self) -> CoreUse | None:
        """Core use since the last reading; None if that was too short ago or the counts cannot be read.

        After None, the next reading covers the time since the last successful one.
        """
        try:
            now, busy, own = self._counts()
        except (OSError, ValueError):
            return None
        seconds = now - self._last[0]
        if seconds < MIN_READING_SECONDS:
            return None
        others = (busy - self._last[1]) - (own - self._last[2])
        self._last = now, busy, own
        return CoreUse(seconds, max(0.0, others / seconds))

    def _counts(self) -> tuple[float, float, float]:
        """Current time, and total seconds that our cores were busy and that this process used."""
        ours = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        lines = (line.split() for line in self._stat.read_text().splitlines())
        ticks = sum(_busy_ticks(line[1:]) for line in lines if line and line[0] in ours)
        return time.perf_counter(), ticks / os.sysconf("SC_CLK_TCK"), time.process_time()


def _busy_ticks(counts: list[str]) -> int:
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, counts[:8])
    return user + nice + system + irq + softirq + steal


class IdleThreadTeam:
    """A team of OpenMP threads without work, as many as torch uses; they sleep until `end`."""

    def __init__(self) -> None:
        self.has_started = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="parked team", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        # one operation on all threads; libgomp keeps them for as long as this thread lives
        torch.zeros(ELEMENTS_PER_THREAD * torch.get_num_threads(), device="cpu").add_(1)
        self.has_started.set()
        self._ended.wait()

    def end(self) -> None:
        """Ends the threads and waits for them."""
        self._ended.set()
        self._thread.join()


@dataclass(slots=True)
class ContentionDetector:
    """Decides from successive readings whether other processes need the cores."""

    is_contended: bool = False
    _free_seconds: float = 0.0

    def add(self, use: CoreUse | None, spare_cores: int) -> bool:
        """Whether cores are contended after this reading; our threads leave `spare_cores` unused."""
        if use is None:
            return self.is_contended
        shared = use.cores - spare_cores
        self._free_seconds = self._free_seconds + use.seconds if shared < FREE_CORES else 0.0
        if shared > CONTENDED_CORES:
            self.is_contended = True
        elif self._free_seconds >= FREE_SECONDS:
            self.is_contended = False
        return self.is_contended


@dataclass(slots=True)
class AdaptiveWaitPolicy:
    """Measures other processes while this one computes, and switches its threads between sleep and spin."""

    meter: CoreMeter = field(default_factory=CoreMeter)
    contention: ContentionDetector = field(default_factory=ContentionDetector)
    _team: IdleThreadTeam | None = None

    @classmethod
    def if_supported(cls) -> AdaptiveWaitPolicy | None:
        """A policy; None without libgomp, if the user chose one, or if load cannot be measured."""
        if not sys.platform.startswith("linux") or is_libgomp_policy_set():
            return None
        try:
            return cls()
        except (OSError, ValueError):
            return None

    @property
    def is_sleeping(self) -> bool:
        """Whether waiting threads sleep at present."""
        return self._team is not None

    @contextmanager
    def active(self) -> Iterator[None]:
        """Adapts within the block; the next block begins with the last decision."""
        ended = threading.Event()
        self._adapt()
        watch = threading.Thread(target=self._watch, args=(ended,), name="core meter", daemon=True)
        watch.start()
        try:
            yield
        finally:
            ended.set()
            watch.join()
            self._spin()

    def _watch(self, ended: threading.Event) -> None:
        while not ended.wait(POLL_SECONDS):
            self._adapt()

    def _adapt(self) -> None:
        threads = torch.get_num_threads()
        spare = len(os.sched_getaffinity(0)) - threads
        if self.contention.add(self.meter.read(), spare) and threads > 1:
            self._team = self._team or IdleThreadTeam()
        else:
            self._spin()

    def _spin(self) -> None:
        if self._team is not None:
            self._team.end()
            self._team = None


@contextmanager
def adaptive_wait(waiting: AdaptiveWaitPolicy | None) -> Iterator[None]:
    """Adapts within the block if there is a policy."""
    if waiting is None:
        yield
        return
    with waiting.active():
        yield
