"""Processes of a run as threads of this one, for what they share among each other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from trainer.distributed.parallel import Processes

Result = TypeVar("Result")


class ThreadProcesses(Processes):
    """One of several threads that exchange values as processes do."""

    def __init__(self, rank: int, count: int, barrier: threading.Barrier, values: list[Any]) -> None:
        super().__init__()
        self.rank, self.count = rank, count
        self._barrier, self._values = barrier, values

    def gather(self, value: Any) -> list[Any]:
        self._values[self.rank] = value
        self._barrier.wait()
        gathered = list(self._values)
        self._barrier.wait()
        return gathered

    def from_first(self, value: Any) -> Any:
        return self.gather(value)[0]


def run_together(count: int, work: Callable[[ThreadProcesses], Result]) -> list[Result]:
    """The results of work that so many processes do together, by rank."""
    barrier, values = threading.Barrier(count, timeout=60), [None] * count
    with ThreadPoolExecutor(count) as executor:
        processes = [ThreadProcesses(rank, count, barrier, values) for rank in range(count)]
        return list(executor.map(work, processes))
