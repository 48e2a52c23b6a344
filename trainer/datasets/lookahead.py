"""Does slow work on many items ahead of its use, on threads; Pillow, NumPy and files release the GIL."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from engine.progress import CancelToken

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 4
"""Most results of each thread that are kept, which limits the images in memory."""


def worked_ahead(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    cancel: CancelToken,
    workers: int | None = None,
) -> Iterator[Result]:
    """Yields the results in the order of the items. Raises what `work` raises, or `Cancelled`."""
    threads = workers or os.cpu_count() or 1
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
