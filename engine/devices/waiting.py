"""Lets libgomp's threads sleep instead of spin while other programs need the same cores.

A thread that waits for the others of an operation spins for some milliseconds. On idle cores that saves the
time it takes to wake a thread, a tenth of an edit; on busy ones it takes the core from the thread that is
waited for, and an edit takes several times as long. The environment variables that choose between the two are
read once, when torch is loaded. But libgomp also hardly spins while there are more OpenMP threads than cores
(GOMP_SPINCOUNT in its manual), which a team of threads without work brings about. How a thread waits changes
no result.
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
"""Cores that other processes use and this one's threads would use as well: more than the first make threads
sleep, fewer than the second make them spin again."""
FREE_SECONDS = 1.0
"""For so long other processes have to be calm before threads spin again."""
POLL_SECONDS = 0.1
"""Seconds between two looks at other processes; the kernel counts in hundredths of a second."""
MIN_READING_SECONDS = 0.05
"""Seconds; over less than that the kernel's counts say nothing."""
ELEMENTS_PER_THREAD = 1 << 16
"""Twice what torch gives a thread at the least."""


@dataclass(frozen=True, slots=True)
class CoreUse:
    """What other processes used of this process's cores in some seconds."""

    seconds: float
    cores: float
    """Mean number of cores; never negative."""


class CoreMeter:
    """Measures the cores that other processes use, from one call to the next."""

    def __init__(self, stat: Path | None = None) -> None:
        self._stat = stat or STAT
        self._last = self._counts()

    def read(self) -> CoreUse | None:
        """Since the last reading; None, and nothing is forgotten, if that was too short a time ago.

        None too where the system says nothing now.
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
        """The time, seconds that our cores were busy, and seconds that this process used, of all time."""
        ours = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        lines = (line.split() for line in self._stat.read_text().splitlines())
        ticks = sum(_busy_ticks(line[1:]) for line in lines if line and line[0] in ours)
        return time.perf_counter(), ticks / os.sysconf("SC_CLK_TCK"), time.process_time()


def _busy_ticks(counts: list[str]) -> int:
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, counts[:8])
    return user + nice + system + irq + softirq + steal


class IdleThreadTeam:
    """A team of OpenMP threads without work, as many as torch computes with; they sleep until `end`."""

    def __init__(self) -> None:
        self.has_started = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="parked team", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        # one operation on all threads; libgomp keeps them for the next, as long as this thread lives
        torch.zeros(ELEMENTS_PER_THREAD * torch.get_num_threads(), device="cpu").add_(1)
        self.has_started.set()
        self._ended.wait()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()


@dataclass(slots=True)
class ContentionDetector:
    """Whether other processes need the cores, judged from one reading after the other."""

    is_contended: bool = False
    _free_seconds: float = 0.0

    def add(self, use: CoreUse | None, spare_cores: int) -> bool:
        """What is to be assumed after this reading; `spare_cores` are those no thread of ours is for."""
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
    """Watches other processes while this one computes, and chooses how its threads wait."""

    meter: CoreMeter = field(default_factory=CoreMeter)
    contention: ContentionDetector = field(default_factory=ContentionDetector)
    _team: IdleThreadTeam | None = None

    @classmethod
    def if_supported(cls) -> AdaptiveWaitPolicy | None:
        """None where libgomp is not used, the user chose how its threads wait, or other load is unknown."""
        if not sys.platform.startswith("linux") or is_libgomp_policy_set():
            return None
        try:
            return cls()
        except (OSError, ValueError):
            return None

    @property
    def is_sleeping(self) -> bool:
        """Whether threads sleep now while they wait."""
        return self._team is not None

    @contextmanager
    def during(self) -> Iterator[None]:
        """Adapts while this lasts; what was seen last is where the next time begins."""
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
    """`waiting.during()`, or nothing where there is none."""
    if waiting is None:
        yield
        return
    with waiting.during():
        yield
