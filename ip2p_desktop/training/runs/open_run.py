"""Opens a run for a session: starts its trainer, or finds one that goes on without a window.

These functions read and write files and start processes, so they are called in the background.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QLockFile

from engine.errors import EngineError
from engine.files.locking import is_locked
from engine.library import ModelCard
from ip2p_desktop.training.runs.foreign_run import read_foreign_run
from ip2p_desktop.training.runs.run_history import RunHistory
from ip2p_desktop.training.runs.run_progress import RunProgress
from ip2p_desktop.training.runs.trainer_launch import LaunchedTrainer, launch_trainer
from ip2p_desktop.training.runs.training_runs import (
    TrainingRun,
    read_run,
    run_not_written,
    write_description,
)
from trainer.protocol.run_files import EVENTS_FILE, read_events

TRAINER_LOCK = "run.lock"
"""The file that a trainer locks in the folder of the run on which it works."""


class RunNotOpened(EngineError):
    """The run in a folder cannot be opened."""

    kind = "run"


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that this window shows."""

    run: TrainingRun
    lock: QLockFile
    history: RunHistory
    offset: int
    """Where the events begin that are not in the history yet."""
    trainer: LaunchedTrainer | None = None
    """None if this program has not started it, or none works on the run."""

    def close(self) -> None:
        """Let other windows open the run; a trainer that works goes on."""
        if self.trainer is not None:
            self.trainer.release()
        self.lock.unlock()


def is_trained(folder: Path) -> bool:
    """Whether a trainer works on the run in a folder, whoever started it."""
    try:
        return is_locked(folder / TRAINER_LOCK)
    except OSError:  # a file system without locks
        return False


def launch_run(make: Callable[[], TrainingRun], program: Sequence[str]) -> OpenRun:
    """Start the trainer for a run, unless one works on it already.

    Raises `RunNotOpened`, `TrainingCrashed`, `OutputNotWritable` and what `make` raises.
    """
    run = replace(make(), is_seen=False)
    lock = _locked(run)
    try:
        if is_trained(run.folder):
            return _opened(run, lock)
        if run.is_own:
            try:
                write_description(run)
            except OSError as error:
                raise run_not_written(run.folder, error) from error
        opened = _opened(run, lock)
        opened.history.begin_process()
        trainer = launch_trainer([*program, *run.settings()], run.folder)
    except BaseException:
        lock.unlock()
        raise
    return replace(opened, trainer=trainer)


def open_run(folder: Path) -> OpenRun:
    """Open the run in a folder, whether a trainer works on it or not. Raises `RunNotOpened`."""
    run = read_run(folder) or read_foreign_run(folder)
    if run is None:
        raise RunNotOpened(
            "run.not-found",
            "{folder} contains no training run.",
            "Choose the folder that has the file run.json in it.",
            folder=folder,
        )
    lock = _locked(run)
    try:
        return _opened(run, lock)
    except BaseException:
        lock.unlock()
        raise


def with_base_model(run: TrainingRun, models: Sequence[ModelCard]) -> TrainingRun:
    """The run; a base model that has moved is found by its name in `models`."""
    plan = run.plan
    if plan.base_model.exists():
        return run
    moved = [card.path for card in models if card.name == plan.base_model_name]
    return replace(run, plan=replace(plan, base_model=(moved or [plan.base_model])[0]))


def _locked(run: TrainingRun) -> QLockFile:
    """The lock of the run; not held where the disk cannot be written, as there is nothing to protect."""
    lock = run.lock()
    if not lock.tryLock(0) and lock.error() == QLockFile.LockError.LockFailedError:
        raise RunNotOpened(
            "run.in-other-window",
            "The training “{name}” is open in another window of this program.",
            "Use that window, or close it first.",
            name=run.plan.name,
        )
    return lock


def _opened(run: TrainingRun, lock: QLockFile) -> OpenRun:
    history = RunHistory(RunProgress(total_steps=run.plan.steps, step=run.step))
    for warning in run.warnings:
        history.warnings.setdefault(warning)
    try:
        events, offset = read_events(run.folder / EVENTS_FILE)
    except OSError:
        events, offset = [], 0
    history.take(events)
    return OpenRun(run, lock, history, offset)
