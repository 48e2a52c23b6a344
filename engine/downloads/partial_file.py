"""What has arrived of a file, kept so that a later try, of this program or the next, goes on from it.

`name.part` holds the bytes, `name.part.json` where they are from and which version of the file they are.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from engine.files.atomic import atomic_write
from engine.files.disk_space import not_written

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Origin:
    """Which version of which file a part is of."""

    url: str
    etag: str = ""
    """Names the version for the server that holds the file; empty if it gave no strong one."""
    sha256: str = ""
    """Of the whole file, if the server told."""
    length: int = 0
    """Of the whole file in bytes; 0 if the server did not tell."""

    def completed_by(self, known: Origin) -> Origin:
        """This, with what it leaves open as it was known before."""
        return Origin(
            self.url, self.etag or known.etag, self.sha256 or known.sha256, self.length or known.length
        )


class PartialFile:
    """The part of `target`, opened to be written on. Raises `OutputNotWritable` where it cannot be."""

    def __init__(self, target: Path, url: str) -> None:
        self.target = target
        self.path = target.with_name(f"{target.name}.part")
        self._origin_file = target.with_name(f"{target.name}.part.json")
        self.origin = Origin(url)
        self.length = 0
        self._digest = hashlib.sha256()
        self._stream: BinaryIO | None = None

    def open(self, between_blocks: Callable[[int], None]) -> None:
        """Take up what is there of this file, telling how many bytes have been read again."""
        origin = self._read_origin()
        try:
            self._stream = self.path.open("r+b" if self.path.exists() else "w+b", buffering=0)
            if origin is None or origin.url != self.origin.url:
                self.start_over()
                return
            self.origin = origin
            while block := self._stream.read(BLOCK):
                self._digest.update(block)
                self.length += len(block)
                between_blocks(self.length)
        except OSError as error:
            raise not_written(self.path, error) from error

    def _read_origin(self) -> Origin | None:
        try:
            return Origin(**json.loads(self._origin_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    @property
    def sha256(self) -> str:
        """Of what is there."""
        return self._digest.hexdigest()

    def note(self, origin: Origin) -> None:
        """Write down where the bytes that follow are from."""
        self.origin = origin
        try:
            # a note that is lost costs a new start, and the server does not wait for a slow disk
            with atomic_write(self._origin_file, durable=False) as temporary:
                temporary.write_text(json.dumps(asdict(origin)), encoding="utf-8")
        except OSError as error:
            raise not_written(self._origin_file, error) from error

    def append(self, chunk: bytes) -> None:
        assert self._stream is not None
        rest = memoryview(chunk)
        try:
            while rest:
                written = self._stream.write(rest)
                self._digest.update(rest[:written])
                self.length += written
                rest = rest[written:]
        except OSError as error:
            raise not_written(self.path, error) from error

    def start_over(self) -> None:
        """Forget all bytes."""
        assert self._stream is not None
        self._origin_file.unlink(missing_ok=True)
        self._stream.seek(0)
        self._stream.truncate()
        self._digest = hashlib.sha256()
        self.origin, self.length = Origin(self.origin.url), 0

    def finish(self) -> None:
        """Give the file its name."""
        assert self._stream is not None
        try:
            os.fsync(self._stream.fileno())
            self.close()
            self.path.replace(self.target)
        except OSError as error:
            raise not_written(self.target, error) from error
        self._origin_file.unlink(missing_ok=True)

    def discard(self) -> None:
        self.close()
        for path in (self.path, self._origin_file):
            with suppress(OSError):
                path.unlink()

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
