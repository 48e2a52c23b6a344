"""One program at a time: a lock that also ends when the program that holds it is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout


class AlreadyLocked(Exception):
    """Another program holds the lock."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, which is gone afterwards. Raises `AlreadyLocked`, or `OSError`."""
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise AlreadyLocked(path) from None
    try:
        yield
    finally:
        with suppress(OSError):  # some systems keep what is open, and remove it on release
            path.unlink()
        lock.release()
