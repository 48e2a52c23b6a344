"""Files and folders that take their name only once they are whole.

Each writer uses a temporary name of its own beside the target, and holds a lock on that file. A file left by
a killed writer is removed by the next write of that target.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

TEMPORARY_MARK = "ip2p"
"""Part of every temporary name, to tell our temporary files from those of other programs."""
TEMPORARY_SUFFIX, FOLDER_SUFFIX, LOCK_SUFFIX = ".tmp", ".folder", ".lock"
NAME_LENGTH = 40
"""Characters of the target's name in a temporary name, which must not exceed the system's limit."""
WINDOWS_GRACE_SECONDS = 60
"""Age of an abandoned file on Windows, where a file is unlocked between closing and renaming."""


@contextmanager
def atomic_write(target: Path, *, durable: bool = True, replaces: bool = True) -> Iterator[Path]:
    """Yields an empty temporary file to write to; after the block it replaces `target`.

    If the block raises, `target` is unchanged. A link is replaced, and the file that it points to stays
    unchanged. Permissions of an existing file are kept. With `durable=False` a power failure may lose or
    truncate the file; use that for data that can be computed again. With `replaces=False` raises
    `FileExistsError` if there is a file of this name, also one that another program writes meanwhile.
    Raises `OSError`.
    """
    mode = _mode_of(target)
    remove_abandoned(target)
    temporary, descriptor = _create_locked(target, TEMPORARY_SUFFIX, 0o666 if mode is None else 0o600)
    try:
        yield temporary
        if durable:
            _sync_file(temporary)
        if mode is not None:
            temporary.chmod(mode)
        if sys.platform == "win32":
            os.close(descriptor)
            descriptor = -1
        if replaces:
            temporary.replace(target)
        else:
            _rename_to_new(temporary, target)
        if durable:
            sync_folder(target.parent)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if descriptor >= 0:
            os.close(descriptor)


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """Yields an empty temporary folder to fill; after the block it replaces the folder `target`.

    If the block raises, `target` is unchanged. Raises `OSError`.
    """
    with temporary_folder(target) as place:
        made, replaced = place / "new", place / "old"
        made.mkdir()
        yield made
        for folder, _, names in os.walk(made):
            for name in names:
                _sync_file(Path(folder, name))
            sync_folder(Path(folder))
        if target.exists():
            target.rename(replaced)
        try:
            made.rename(target)
        except OSError:
            _restore_folder(place, target)
            raise
        sync_folder(target.parent)


@contextmanager
def temporary_folder(target: Path) -> Iterator[Path]:
    """Yields an empty folder beside `target`, which is removed after the block. Raises `OSError`."""
    remove_abandoned(target)
    lock, descriptor = _create_locked(target, LOCK_SUFFIX, 0o600)
    folder = lock.with_suffix(FOLDER_SUFFIX)
    try:
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)
        with suppress(OSError):
            lock.unlink()


def replace_file(source: Path, target: Path) -> None:
    """Syncs a file on the same disk, such as one in a `temporary_folder`, and renames it to `target`.

    Raises `OSError`.
    """
    _sync_file(source)
    source.replace(target)
    sync_folder(target.parent)


def _rename_to_new(temporary: Path, target: Path) -> None:
    """Gives a file a second name, or its only one; raises `FileExistsError` if another file has it."""
    if sys.platform == "win32":
        temporary.rename(target)
        return
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        temporary.rename(target)


def check_writable(target: Path) -> None:
    """Raises `OSError` if no temporary file can be created beside `target`."""
    temporary, descriptor = _create_locked(target, TEMPORARY_SUFFIX, 0o600)
    os.close(descriptor)
    temporary.unlink(missing_ok=True)


def is_temporary(path: Path) -> bool:
    """Whether a file or folder has a name of a temporary one, which may be abandoned."""
    return path.name.startswith(".") and f".{TEMPORARY_MARK}-" in path.name


def remove_abandoned(target: Path) -> None:
    """Removes temporary files that killed processes left beside `target`."""
    pattern = re.compile(rf"{re.escape(_prefix(target))}[0-9a-f]{{8}}({TEMPORARY_SUFFIX}|{LOCK_SUFFIX})")
    with suppress(OSError), os.scandir(target.parent) as entries:
        for path in [Path(entry.path) for entry in entries if pattern.fullmatch(entry.name)]:
            with suppress(OSError):
                _remove_abandoned(path, target)


def _remove_abandoned(path: Path, target: Path) -> None:
    """Raises `OSError` if a running process holds the file, or if that is unknown."""
    if sys.platform == "win32":
        if time.time() - path.stat().st_mtime > WINDOWS_GRACE_SECONDS:
            path.unlink()  # refused for an open file
            _remove_folder_of(path, target)
        return
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove_folder_of(path, target)
        path.unlink()
    finally:
        os.close(descriptor)


def _remove_folder_of(lock: Path, target: Path) -> None:
    if lock.suffix == LOCK_SUFFIX:
        folder = lock.with_suffix(FOLDER_SUFFIX)
        _restore_folder(folder, target)
        shutil.rmtree(folder, ignore_errors=True)


def _restore_folder(place: Path, target: Path) -> None:
    """Renames the old folder back to `target` if the new one has not replaced it."""
    if (place / "old").exists() and not target.exists():
        (place / "old").rename(target)


def _create_locked(target: Path, suffix: str, mode: int) -> tuple[Path, int]:
    """Creates a new temporary file; returns it and its descriptor, which holds a lock on it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        path = target.with_name(f"{_prefix(target)}{secrets.token_hex(4)}{suffix}")
        try:
            descriptor = os.open(path, flags, mode)
        except FileExistsError:
            continue
        if _is_locked(descriptor, path):
            return path, descriptor
        os.close(descriptor)


def _is_locked(descriptor: int, path: Path) -> bool:
    """Locks the file; false if another writer has removed it as abandoned in between."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks, on which nothing is removed as abandoned
        return True
    return path.exists()


def _prefix(target: Path) -> str:
    return f".{target.name[:NAME_LENGTH]}.{TEMPORARY_MARK}-"


def _mode_of(target: Path) -> int | None:
    """The permissions of a regular file; None if there is none."""
    with suppress(OSError):
        status = target.lstat()
        if stat.S_ISREG(status.st_mode):
            return stat.S_IMODE(status.st_mode)
    return None


def _sync_file(path: Path) -> None:
    with path.open("rb+" if sys.platform == "win32" else "rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Syncs the names in a folder to disk, so that they survive a power failure, where supported."""
    if sys.platform == "win32":
        return
    with suppress(OSError):  # some file systems do not support it; the renaming itself has succeeded
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
