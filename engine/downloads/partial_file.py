"""The received part of a file, which is kept so that a later try or start of the program can resume it.

`name.part` holds the bytes, `name.part.json` their source and the version of the file.
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
    """The source of a file and its version."""

    url: str
    etag: str = ""
    """The server's strong ETag of the version; empty if there is none."""
    sha256: str = ""
    """Hash of the whole file, if the server sent it."""
    length: int = 0
    """Length of the whole file in bytes; 0 if unknown."""

    def completed_by(self, known: Origin) -> Origin:
        """This origin, with missing values taken from `known`."""
        return Origin(
            self.url, self.etag or known.etag, self.sha256 or known.sha256, self.length or known.length
        )


class PartialFile:
    """The received part of `target`. Methods raise `OutputNotWritable`."""

    def __init__(self, target: Path, url: str) -> None:
        self.target = target
        self.path = target.with_name(f"{target.name}.part")
        self._origin_file = target.with_name(f"{target.name}.part.json")
        self.origin = Origin(url)
        self.length = 0
        self._digest = hashlib.sha256()
        self._stream: BinaryIO | None = None

    def open(self, between_blocks: Callable[[int], None]) -> None:
        """Opens and hashes the existing part; calls `between_blocks` with the number of bytes read."""
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
        """Hash of the received bytes."""
        return self._digest.hexdigest()

    def record_origin(self, origin: Origin) -> None:
        """Records the origin of the bytes that follow."""
        self.origin = origin
        try:
            # a lost record only costs a restart, and the server would not wait for a slow disk
            with atomic_write(self._origin_file, durable=False) as temporary:
                temporary.write_text(json.dumps(asdict(origin)), encoding="utf-8")
        except OSError as error:
            raise not_written(self._origin_file, error) from error

    def append(self, chunk: bytes) -> None:
        """Writes received bytes."""
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
        """Deletes all received bytes."""
        assert self._stream is not None
        self._origin_file.unlink(missing_ok=True)
        self._stream.seek(0)
        self._stream.truncate()
        self._digest = hashlib.sha256()
        self.origin, self.length = Origin(self.origin.url), 0

    def finish(self) -> None:
        """Renames the complete file to the target."""
        assert self._stream is not None
        try:
            os.fsync(self._stream.fileno())
            self.close()
            self.path.replace(self.target)
        except OSError as error:
            raise not_written(self.target, error) from error
        self._origin_file.unlink(missing_ok=True)

    def discard(self) -> None:
        """Deletes the part."""
        self.close()
        for path in (self.path, self._origin_file):
            with suppress(OSError):
                path.unlink()

    def close(self) -> None:
        """Closes the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
