"""Free disk space, and the errors for files that cannot be written."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from engine.errors import OutputNotWritable

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Error numbers of a full disk, an exceeded quota and a file too large for the file system."""


def size_text(size: float) -> str:
    """A number of bytes as text, for example "7.7 GB", in powers of 1000."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.0f} {unit}" if unit in ("bytes", "kB") or size >= 99.5 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def free_space(folder: Path) -> int:
    """Free bytes for the user on the disk of `folder`, which need not exist yet."""
    existing = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    return shutil.disk_usage(existing).free


def check_free_space(folder: Path, needed: int) -> None:
    """Raises `OutputNotWritable` if `needed` bytes do not fit in `folder`."""
    free = free_space(folder)
    if needed > free:
        raise OutputNotWritable(
            "output.disk-space",
            "There is not enough disk space in {folder}: {needed} are needed, {free} are free.",
            "Free some disk space, or choose a folder on another disk.",
            folder=folder,
            needed=size_text(needed),
            free=size_text(free),
        )


def not_written(path: Path, error: OSError) -> OutputNotWritable:
    """The error for a file or folder that could not be written."""
    if error.errno in FULL:
        return OutputNotWritable(
            "output.disk-full",
            "The disk is full; {file} could not be written completely.",
            "Free some disk space and try again.",
            file=path.name,
        )
    return OutputNotWritable(
        "output.not-written",
        "{file} cannot be written ({reason}).",
        "Choose another place, or check who may write there.",
        file=path,
        reason=error.strerror or error,
    )
