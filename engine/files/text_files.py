"""Writes text files completely or not at all."""

from __future__ import annotations

from pathlib import Path

from engine.files.atomic import atomic_write
from engine.files.disk_space import not_written


def write_text_file(path: Path, text: str) -> None:
    """Writes a file in UTF-8; an older one is replaced only by a complete one. Raises `OutputNotWritable`."""
    try:
        with atomic_write(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise not_written(path, error) from error
