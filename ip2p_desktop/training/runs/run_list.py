"""All runs of this window on disk, with the state and the disk use of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.paths import runs_folder
from ip2p_desktop.training.runs.open_run import is_trained
from ip2p_desktop.training.runs.run_history import RunHistory
from ip2p_desktop.training.runs.run_progress import RunProgress
from ip2p_desktop.training.runs.run_removal import disk_use, forget_run
from ip2p_desktop.training.runs.training_runs import DESCRIPTION_NAME, TrainingRun, is_in_use, read_run
from trainer.protocol.events import TrainingFailed, TrainingFinished
from trainer.protocol.run_files import EVENTS_FILE, read_events

LAST_BYTES = 100_000
"""So much of the end of the events says in which state a run is."""
DISCARDED = "discard"


class RunState(StrEnum):
    """What became of a run."""

    TRAINING = "training"
    PAUSED = "paused"
    IN_USE = "in use"
    """Another window shows it."""
    STOPPED = "stopped"
    CRASHED = "crashed"
    """Its trainer ended without a word."""
    FAILED = "failed"
    READY = "ready"
    """It has a model that was neither kept nor discarded."""
    KEPT = "kept"
    """Its model was kept, and it can be trained further."""


WORKING = (RunState.TRAINING, RunState.PAUSED)
ENDED_UNSEEN = (RunState.READY, RunState.CRASHED, RunState.FAILED)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run, as a list shows it."""

    run: TrainingRun
    state: RunState
    step: int
    """The last step that is known."""
    changed: float
    """Unix time of the last event in seconds."""
    disk: int
    """Bytes of all its files."""
    failure: str = ""
    """The sentence of the error that ended the run."""

    @property
    def can_resume(self) -> bool:
        """Whether training can go on where it ended."""
        ended = (RunState.STOPPED, RunState.CRASHED, RunState.FAILED)
        return self.state in ended or (self.state == RunState.READY and self.run.step < self.run.plan.steps)

    @property
    def can_open(self) -> bool:
        """Whether there is something to look at."""
        return self.state in WORKING or self.state in (RunState.READY, RunState.KEPT)

    @property
    def is_spent(self) -> bool:
        """Whether it is no longer needed: its model is kept, or it has nothing to go on from."""
        ended = (RunState.STOPPED, RunState.CRASHED, RunState.FAILED)
        return self.state == RunState.KEPT or (self.state in ended and self.run.step == 0)

    @property
    def can_delete(self) -> bool:
        """Whether nobody uses it."""
        return self.state not in (*WORKING, RunState.IN_USE)


def find_runs(runs: Path, own: Path | None = None) -> list[RunSummary]:
    """The runs in a folder, the latest first; `own` is the folder of the run that this window shows.

    Deletes the runs that were discarded while no window was there to do so.
    """
    folders = [child for child in runs.iterdir() if child.is_dir()] if runs.is_dir() else []
    found = []
    for run in filter(None, map(read_run, folders)):
        summary = _summary(run, is_own=run.folder == own)
        if summary is not None:
            found.append(summary)
    return sorted(found, key=lambda summary: summary.changed, reverse=True)


def _summary(run: TrainingRun, *, is_own: bool) -> RunSummary | None:
    """The summary of a run; None for one that was discarded, which is deleted."""
    is_used = not is_own and is_in_use(run)
    works = is_trained(run.folder)
    history = _end_of(run)
    end = history.end
    if isinstance(end, TrainingFinished) and end.reason == DISCARDED and not (is_used or works or is_own):
        forget_run(run)
        return None
    return RunSummary(
        run,
        _state(run, history, is_used=is_used, works=works),
        max(history.progress.step, run.step),
        _changed(run.folder),
        disk_use(run.folder),
        end.message if isinstance(end, TrainingFailed) else "",
    )


def _end_of(run: TrainingRun) -> RunHistory:
    path = run.folder / EVENTS_FILE
    history = RunHistory(RunProgress(total_steps=run.plan.steps, step=run.step))
    try:
        events, _ = read_events(path, max(0, path.stat().st_size - LAST_BYTES))
    except OSError:
        return history
    history.take(events)
    return history


def _state(run: TrainingRun, history: RunHistory, *, is_used: bool, works: bool) -> RunState:
    if is_used:
        return RunState.IN_USE
    if works:
        return RunState.PAUSED if history.progress.pause is not None else RunState.TRAINING
    if isinstance(history.end, TrainingFailed):
        return RunState.FAILED
    if (run.folder / "model").is_dir() and history.end is not None:
        return RunState.READY
    if run.kept is not None:
        return RunState.KEPT
    has_events = (run.folder / EVENTS_FILE).exists()
    return RunState.CRASHED if has_events and history.end is None else RunState.STOPPED


def _changed(folder: Path) -> float:
    times = [0.0]
    for name in (EVENTS_FILE, DESCRIPTION_NAME):
        try:
            times.append((folder / name).stat().st_mtime)
        except OSError:
            continue
    return max(times[1:], default=0.0)


class RunList(QObject):
    """The runs on disk. Observable; read again in the background when asked to."""

    changed = Signal()
    failed = Signal(object)
    """An `ErrorReport`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.summaries: list[RunSummary] = []
        """The latest first."""
        self.own: Callable[[], Path | None] = lambda: None
        """Returns the folder of the run that this window shows."""
        self._background = Background(self, workers=1)
        self._reads = 0

    @property
    def is_reading(self) -> bool:
        """Whether the disk is being read."""
        return self._reads > 0

    def reload(self) -> None:
        """Read the runs again."""
        self._do(lambda: None)

    def remove(self, run: TrainingRun) -> None:
        """Delete all that the trainer has written for a run; its kept model stays."""
        self._do(partial(forget_run, run))

    def clean_up(self) -> None:
        """Delete the runs that are no longer needed, but not the one that this window shows."""
        own = self.own()
        spent = [each.run for each in self.summaries if each.is_spent and each.run.folder != own]
        self._do(partial(_forget_all, spent))

    def close(self) -> None:
        """Read no more, and wait for what is being done."""
        self._background.close()

    def _do(self, work: Callable[[], None]) -> None:
        own = self.own()

        def work_and_find() -> list[RunSummary]:
            work()
            return find_runs(runs_folder(), own)

        self._reads += 1
        self._background.submit(work_and_find, self._on_found, self._on_failed)

    def _on_found(self, summaries: list[RunSummary]) -> None:
        self._reads -= 1
        self.summaries = summaries
        self.changed.emit()

    def _on_failed(self, report: ErrorReport) -> None:
        self._reads -= 1
        self.failed.emit(report)


def _forget_all(runs: Iterable[TrainingRun]) -> None:
    for run in runs:
        forget_run(run)
