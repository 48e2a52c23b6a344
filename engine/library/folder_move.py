"""Moves files to another folder so that at every moment they are complete in the old or the new one.

First every file is hard-linked, or copied and verified if the disk is another. Only then is the new path
remembered, and only after that are the old files removed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from engine.files.disk_space import check_free_space, not_written
from engine.library.file_copy import BytesCallback, FileCopier, total_size
from engine.library.model_files import remove_emptied
from engine.progress import CancelToken


def move_files(
    files: list[Path],
    old: Path,
    new: Path,
    remember: Callable[[Path], None],
    on_progress: BytesCallback,
    cancel: CancelToken | None,
) -> None:
    """Moves files below `old` to the same relative paths below `new`; an equal file there is kept.

    Raises `OutputNotWritable`, `Cancelled`, or what `remember` raises; then `old` is unchanged, and the files
    that this call created in `new` are removed.
    """
    placed: list[Path] = []
    was_there = new.is_dir()
    try:
        if not _share_disk(old, new):
            check_free_space(new, total_size(files))
        new.mkdir(parents=True, exist_ok=True)
        copier = FileCopier(total_size(files), on_progress, cancel)
        for file in files:
            target = new / file.relative_to(old)
            if copier.link_or_copy(file, target):
                placed.append(target)
        remember(new)
    except BaseException as error:
        for target in placed:
            target.unlink(missing_ok=True)
        remove_emptied(placed, new)
        if not was_there:
            with suppress(OSError):
                new.rmdir()
        if isinstance(error, OSError):
            raise not_written(new, error) from error
        raise
    with suppress(OSError):  # a file that cannot be removed is only a second copy
        for file in files:
            file.unlink()
    remove_emptied(files, old)


def _share_disk(old: Path, new: Path) -> bool:
    existing = next(place for place in (new, *new.absolute().parents) if place.is_dir())
    return old.stat().st_dev == existing.stat().st_dev
