"""Room on disk: whether there is enough, and what is said when there is not."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from engine.errors import OutputNotWritable

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What a write fails with when the disk, the person's share of it, or the largest file it takes is full."""


def size_text(size: float) -> str:
    """A number of bytes as people read it: "7.7 GB", in powers of 1000 as shops and hubs count."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.0f} {unit}" if unit in ("bytes", "kB") or size >= 99.5 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def free_space(folder: Path) -> int:
    """Bytes a person may still write in `folder`, which need not exist yet."""
    existing = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    return shutil.disk_usage(existing).free


def check_free_space(folder: Path, needed: int) -> None:
    """Raises `OutputNotWritable` if `needed` bytes do not fit in `folder`."""
    free = free_space(folder)
    if needed > free:
        raise OutputNotWritable(
            f"There is not enough room in {folder}: {size_text(needed)} are needed, "
            f"{size_text(free)} are free.",
            "Free some disk space, or choose a folder on another disk.",
        )


def not_written(path: Path, error: OSError) -> OutputNotWritable:
    """The sentence for a file or folder that could not be written."""
    if error.errno in FULL:
        return OutputNotWritable(
            f"The disk is full; {path.name} could not be written whole.",
            "Free some disk space and try again.",
        )
    return OutputNotWritable(
        f"{path} cannot be written ({error.strerror or error}).", "Check who may write there."
    )
