"""Reads whole files that others made, whose size and kind are not known."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from engine.files.disk_space import size_text

JSON_LIMIT = 64_000_000
"""Bytes of a configuration or card at most."""
TEXT_LIMIT = 1_000_000_000
"""Bytes of a dataset's list of pairs at most; the longest known has 313,000 pairs and 100 MB."""
IMAGE_LIMIT = 1_000_000_000
"""Bytes of an image file at most."""


def read_bounded(path: Path, limit: int) -> bytes:
    """The bytes of a file, at most `limit`.

    Raises `OSError`, also for a larger file, and for a pipe or a device, which might never end.
    """
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a file", str(path))
    if status.st_size > limit:
        raise OSError(errno.EFBIG, f"it is larger than {size_text(limit)}", str(path))
    return path.read_bytes()
