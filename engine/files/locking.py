"""One program at a time: a lock that also ends when the program that holds it is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from engine.progress import Cancelled, CancelToken

POLL_SECONDS = 0.05
"""Between two tries while another program holds the lock."""


class AlreadyLocked(Exception):
    """Another program holds the lock."""


@contextmanager
def locked(path: Path, *, wait: CancelToken | None = None) -> Iterator[None]:
    """Hold the lock file `path`, which is gone afterwards. Raises `AlreadyLocked`, or `OSError`.

    With `wait`, a lock that is held is waited for until the token is cancelled; then raises `Cancelled`.
    """
    lock = FileLock(path, timeout=0)
    try:
        if wait is None:
            lock.acquire()
        else:
            lock.acquire(timeout=-1, poll_interval=POLL_SECONDS, cancel_check=lambda: wait.is_cancelled)
    except Timeout:
        if wait is not None:
            raise Cancelled from None
        raise AlreadyLocked(path) from None
    try:
        yield
    finally:
        with suppress(OSError):  # some systems keep what is open, and remove it on release
            path.unlink()
        lock.release()
