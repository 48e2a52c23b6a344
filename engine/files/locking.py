"""A file lock between programs, which is released when the program that holds it is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from engine.progress import Cancelled, CancelToken

POLL_SECONDS = 0.05
"""Interval of the tries while another program holds the lock."""


class AlreadyLocked(Exception):
    """Another program holds the lock."""


@contextmanager
def locked(path: Path, *, wait: CancelToken | None = None) -> Iterator[None]:
    """Holds the lock file `path` within the block and removes it. Raises `AlreadyLocked` or `OSError`.

    With `wait`, waits for a held lock until the token is cancelled, and then raises `Cancelled`.
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
        with suppress(OSError):  # some systems keep an open file, and remove it on release
            path.unlink()
        lock.release()


def is_locked(path: Path) -> bool:
    """Whether a program holds the lock file `path`, which is not created. Raises `OSError`.

    Holds the lock itself for a moment if no other program does.
    """
    if not path.is_file():
        return False
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False
