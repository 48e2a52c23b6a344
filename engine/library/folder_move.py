"""A whole folder moved so that at every moment one of its two places is whole.

Every file gets a second place first: a second name where both are on one disk, else a copy that is read
back and compared. Only then is the new place remembered, and only after that the old one emptied.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from engine.files.disk_space import check_free_space, not_written
from engine.library.file_copy import BytesCallback, FileCopier, total_size
from engine.progress import CancelToken


def move_files(
    files: list[Path],
    old: Path,
    new: Path,
    remember: Callable[[Path], None],
    on_progress: BytesCallback,
    cancel: CancelToken | None,
) -> None:
    """Move files below `old` to the same places below `new`; a copy already there is kept.

    Raises `OutputNotWritable`, `Cancelled`, or what `remember` raises; then `old` is as it was, and
    what this call has put into `new` is gone again.
    """
    placed: list[Path] = []
    try:
        if not _share_disk(old, new):
            check_free_space(new, total_size(files))
        new.mkdir(parents=True, exist_ok=True)
        copier = FileCopier(total_size(files), on_progress, cancel)
        for file in files:
            target = new / file.relative_to(old)
            is_new = (
                _relink(file, target, old, new) if file.is_symlink() else copier.link_or_copy(file, target)
            )
            if is_new:
                placed.append(target)
        remember(new)
    except BaseException as error:
        for target in placed:
            target.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise not_written(new, error) from error
        raise
    with suppress(OSError):  # what stays behind is a second copy
        for file in files:
            file.unlink()


def _relink(link: Path, target: Path, old: Path, new: Path) -> bool:
    """Make a link anew that points to the same thing, which may move along; False if it is there."""
    aim = link.resolve()
    if aim.is_relative_to(old.resolve()):
        aim = new.absolute() / aim.relative_to(old.resolve())
    if target.is_symlink() and target.readlink() == aim:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(aim)
    return True


def _share_disk(old: Path, new: Path) -> bool:
    existing = next(place for place in (new, *new.absolute().parents) if place.is_dir())
    return old.stat().st_dev == existing.stat().st_dev
