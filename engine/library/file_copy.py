"""Copies, links and hashes large files, with progress and cancellation; also lists and removes folders."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from engine.errors import OutputNotWritable
from engine.files.atomic import atomic_write
from engine.files.file_names import numbered_name
from engine.progress import CancelToken

BytesCallback = Callable[[int, int], None]
"""Called with the number of bytes done, and of all bytes."""
BLOCK = 1 << 20
"""Bytes between two checks of the cancel token."""


def ignore_bytes(done: int, total: int) -> None:
    """Does nothing; the default callback."""


class FileCopier:
    """Copies, links or hashes files one by one, with one progress over all of them."""

    def __init__(self, total: int, on_progress: BytesCallback, cancel: CancelToken | None) -> None:
        self._done, self._total = 0, total
        self._on_progress = on_progress
        self._cancel = cancel or CancelToken()

    def hash(self, file: Path) -> str:
        """The sha256 of a file. Raises `OSError` or `Cancelled`."""
        digest = hashlib.sha256()
        with file.open("rb") as stream:
            for block in self._blocks(stream):
                digest.update(block)
                self._count(len(block))
        return digest.hexdigest()

    def copy(self, source: Path, target: Path) -> str:
        """Copies the content of a file atomically; returns its sha256. Raises `OSError` or `Cancelled`."""
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with (
            atomic_write(target) as temporary,
            source.open("rb") as incoming,
            temporary.open("wb") as outgoing,
        ):
            for block in self._blocks(incoming):
                outgoing.write(block)
                digest.update(block)
                self._count(len(block))
        return digest.hexdigest()

    def link_or_copy(self, source: Path, target: Path) -> bool:
        """Hard-links a file to `target`, or makes a verified copy where links are not supported.

        Returns False if `target` exists with the same content. Raises `OSError`, `Cancelled`, or
        `OutputNotWritable` if it exists with other content.
        """
        if os.path.lexists(target):
            self._check_same(source, target)
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        if not self._link(source, target):
            self._copy_verified(source, target)
        return True

    def _link(self, source: Path, target: Path) -> bool:
        try:
            os.link(source, target)
        except OSError:  # another disk, or one without hard links
            return False
        self._count(source.stat().st_size)
        return True

    def _copy_verified(self, source: Path, target: Path) -> None:
        written = self.copy(source, target)
        if self._hash_silently(target) != written:
            target.unlink()
            raise OutputNotWritable(
                "output.stored-wrong",
                "{file} was not stored as it was written.",
                "Check that disk.",
                file=target,
            )

    def _check_same(self, source: Path, target: Path) -> None:
        is_same = target.samefile(source) or (
            target.is_file()
            and target.stat().st_size == source.stat().st_size
            and self._hash_silently(target) == self._hash_silently(source)
        )
        if not is_same:
            raise OutputNotWritable(
                "output.exists", "{file} already exists.", "Choose an empty folder.", file=target
            )
        self._count(source.stat().st_size)

    def _hash_silently(self, file: Path) -> str:
        return FileCopier(0, ignore_bytes, self._cancel).hash(file)

    def _blocks(self, stream: BinaryIO) -> Iterator[bytes]:
        while block := stream.read(BLOCK):
            self._cancel.raise_if_cancelled()
            yield block
        self._cancel.raise_if_cancelled()

    def _count(self, size: int) -> None:
        self._done += size
        self._on_progress(self._done, self._total)


def files_below(folder: Path) -> list[Path]:
    """Every file and every link below a folder, in order; links are not followed."""
    found: list[Path] = []
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        is_folder = entry.is_dir(follow_symlinks=False)
        found += files_below(Path(entry.path)) if is_folder else [Path(entry.path)]
    return found


def remove_tree(path: Path) -> None:
    """Removes a file, a link, or a folder with its contents; links are not followed. Raises `OSError`."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def free_path(wanted: Path) -> Path:
    """`wanted`, or the same path with a number if that is in use."""
    candidate, number = wanted, 1
    while candidate.exists() or candidate.is_symlink():
        number += 1
        candidate = wanted.with_name(numbered_name(wanted.name, number))
    return candidate


def total_size(files: list[Path]) -> int:
    """Total size in bytes of the regular files that exist."""
    sizes = (file.stat() for file in files if file.exists())
    return sum(found.st_size for found in sizes if stat.S_ISREG(found.st_mode))
