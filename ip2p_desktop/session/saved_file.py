"""The file that a result was saved to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file as this program wrote it."""

    path: Path
    written: int
    """When it was written, in nanoseconds since 1970."""

    @classmethod
    def of(cls, path: Path) -> Self:
        """The file that was just written. Raises `OSError`."""
        return cls(path, path.stat().st_mtime_ns)

    @property
    def is_unchanged(self) -> bool:
        """Whether no other program has written or deleted it since."""
        try:
            return self.path.stat().st_mtime_ns == self.written
        except OSError:
            return False
