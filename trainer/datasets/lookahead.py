"""Does slow work on many items ahead of its use: on threads, or in processes where there is much of it.

Pillow, NumPy and files release Python's lock, but between them a process uses one core only.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from engine.progress import CancelToken
from trainer.distributed.worker_processes import begin_background_worker, begin_worker, stop_signals_held

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 4
"""Most results of each thread that are kept, which limits the images in memory."""
SHARE = "LOCAL_WORLD_SIZE"
"""The environment variable with the number of the run's processes on this machine, which share its cores."""


def worked_ahead(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    cancel: CancelToken,
    workers: int | None = None,
) -> Iterator[Result]:
    """Yields the results in the order of the items. Raises what `work` raises, or `Cancelled`."""
    threads = workers or cores_to_use()
    executor = ThreadPoolExecutor(threads, thread_name_prefix="ahead")
    pending: deque[Future[Result]] = deque()
    try:
        for item in items:
            pending.append(executor.submit(work, item))
            if len(pending) > AHEAD * threads:
                cancel.raise_if_cancelled()
                yield pending.popleft().result()
        while pending:
            cancel.raise_if_cancelled()
            yield pending.popleft().result()
    finally:
        executor.shutdown(cancel_futures=True)


class WorkerPool:
    """Processes that do work on groups of items. They start when there is work, and end with the context."""

    def __init__(self, workers: int, *, is_background: bool = False) -> None:
        """With `is_background`, the processes leave the processor to others."""
        self._ahead = 2 * workers
        self._executor = ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=begin_background_worker if is_background else begin_worker,
        )

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *error: object) -> None:
        self._executor.shutdown(cancel_futures=True)

    def map(
        self, work: Callable[[Item], Result], groups: Iterable[Sequence[Item]], cancel: CancelToken
    ) -> Iterator[Result]:
        """Yields the results of all items in their order; one process does the items of a group.

        Work, items and results are pickled. If a process is lost, this process goes on without the others.
        Raises what `work` raises, or `Cancelled`.
        """
        pending: deque[tuple[Sequence[Item], Future[list[Result]] | None]] = deque()
        for group in groups:
            pending.append((group, self._submitted(work, group)))
            if len(pending) > self._ahead:
                yield from _finished(work, *pending.popleft(), cancel)
        while pending:
            yield from _finished(work, *pending.popleft(), cancel)

    def _submitted(
        self, work: Callable[[Item], Result], group: Sequence[Item]
    ) -> Future[list[Result]] | None:
        try:
            with stop_signals_held():
                return self._executor.submit(_all, work, group)
        except BrokenProcessPool:
            return None


def _finished(
    work: Callable[[Item], Result],
    group: Sequence[Item],
    future: Future[list[Result]] | None,
    cancel: CancelToken,
) -> Iterator[Result]:
    cancel.raise_if_cancelled()
    try:
        results = future.result() if future else None
    except BrokenProcessPool:
        results = None
    for place, item in enumerate(group):
        cancel.raise_if_cancelled()
        yield work(item) if results is None else results[place]


def cores_to_use() -> int:
    """Returns this process's share of the cores, at least 1."""
    return max(1, (os.cpu_count() or 1) // max(1, int(os.environ.get(SHARE, "1"))))


def _all(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [work(item) for item in items]
