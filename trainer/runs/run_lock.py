"""Keeps two trainers from using the folder of a run at the same time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from engine.files.disk_space import not_written
from engine.files.locking import AlreadyLocked, locked
from trainer.export.run_record import RunNotUsable
from trainer.protocol.run_files import LOCK

log = logging.getLogger(__name__)


@contextmanager
def run_lock(folder: Path) -> Iterator[None]:
    """Locks the folder of a run within the block; creates it, and removes it again if it stays empty.

    Raises `RunNotUsable` if another trainer uses it, and `OutputNotWritable`.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(folder, error) from error
    try:
        with ExitStack() as held:
            _hold(held, folder)
            yield
    finally:
        for path in missing:
            with suppress(OSError):  # it is no longer empty
                path.rmdir()


def _hold(held: ExitStack, folder: Path) -> None:
    try:
        held.enter_context(locked(folder / LOCK))
    except AlreadyLocked as error:
        raise RunNotUsable(
            "run.in-use",
            "Another training run uses {folder}.",
            "Wait until it ends, or choose another exp_manager.exp_dir.",
            folder=folder,
        ) from error
    except OSError as error:  # a file system without locks
        log.warning("%s is not locked against other runs: %s", folder, error)
