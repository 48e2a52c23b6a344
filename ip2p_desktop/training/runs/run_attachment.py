"""Follows the run that a window shows: its events, its disk use, and whether its trainer still works."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.errors import ErrorReport
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.training.runs.open_run import OpenRun, is_trained
from ip2p_desktop.training.runs.run_removal import disk_use
from ip2p_desktop.training.runs.trainer_launch import LaunchedTrainer
from ip2p_desktop.training.runs.training_runs import run_not_written
from trainer.protocol.events import TrainingFailed
from trainer.protocol.run_files import EVENTS_FILE, Command, TimedEvent, append_command, read_events

log = logging.getLogger(__name__)

INTERVAL_MS = 250
DISK_INTERVAL = 10.0
"""Seconds between two measurements of the disk use."""
MOST_BYTES = 256 * 1024
"""Bytes of events that one look reads, about 1,300 steps: the GUI thread takes them in, in about 10 ms."""
SLEEP = 60.0
"""Seconds without a look, after which this computer must have been asleep."""


@dataclass(frozen=True, slots=True)
class RunLook:
    """What was found in one look at a run."""

    events: Sequence[TimedEvent]
    offset: int
    is_trained: bool
    disk: int | None = None
    """None if it was not measured."""
    has_more: bool = False
    """Whether there are further events to read; the run counts as one that is trained until then."""
    exit_code: int | None = None
    """None if the trainer works, or is not a child of this program."""
    has_model: bool = False
    """Whether there is an exported model; known once the trainer has ended."""
    failure: TrainingFailed | None = None
    """The error that a trainer printed which has ended without writing it down."""


class RunAttachment(QObject):
    """Looks at a run several times a second, in the background, until its trainer has ended."""

    looked = Signal(object)
    """A `RunLook`; the last one has `is_trained` false."""
    woke = Signal(float)
    """This computer was asleep for so many seconds."""
    refused = Signal(object)
    """An `ErrorReport`: the trainer could not be asked for something."""

    def __init__(self, opened: OpenRun, background: Background, parent: QObject | None = None) -> None:
        """`background` must have a single worker, so that what is submitted later comes after a look."""
        super().__init__(parent)
        self._opened, self._folder = opened, opened.run.folder
        self._offset, self._trainer = opened.offset, opened.trainer
        self._background, self._closed = background, CancelToken()
        self._is_looking = False
        self._disk_time = -DISK_INTERVAL
        self._last_tick = time.time()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin to look."""
        self._timer.start()
        self._look()

    def send(self, command: Command) -> None:
        """Ask the trainer for something; a stop that cannot be written is asked for by a signal."""
        self._background.submit(
            partial(_send, self._folder, command, self._trainer), lambda _: None, self.refused.emit
        )

    def kill(self) -> None:
        """Kill the trainer, if this program has started it."""
        if self._trainer is not None:
            self._trainer.kill()

    def close(self) -> None:
        """Look no more, and let other windows open the run; a trainer that works goes on."""
        self._timer.stop()
        self._closed.cancel()
        self._opened.close()

    @Slot()
    def _tick(self) -> None:
        now = time.time()
        if now - self._last_tick > SLEEP:
            self.woke.emit(now - self._last_tick)
        self._last_tick = now
        self._look()

    def _look(self) -> None:
        if self._is_looking:
            return
        self._is_looking = True
        is_due = time.monotonic() - self._disk_time >= DISK_INTERVAL
        if is_due:
            self._disk_time = time.monotonic()
        look = partial(_look_at, self._folder, self._offset, self._trainer, measures_disk=is_due)
        self._background.submit(look, self._on_looked, self._on_failed, cancel=self._closed)

    def _on_looked(self, look: RunLook) -> None:
        self._is_looking = False
        self._offset = look.offset
        if not look.is_trained:
            self._timer.stop()
        self.looked.emit(look)
        if look.has_more and not self._closed.is_cancelled:
            self._look()

    def _on_failed(self, report: ErrorReport) -> None:
        log.warning("The run in %s could not be looked at: %s", self._folder, report.message)
        self._is_looking = False


def _look_at(folder: Path, offset: int, trainer: LaunchedTrainer | None, *, measures_disk: bool) -> RunLook:
    exit_code = trainer.exit_code() if trainer is not None else None
    works = exit_code is None if trainer is not None else is_trained(folder)
    before = offset
    try:  # after the look at the process, so that the events of one that has ended are complete
        events, offset = read_events(folder / EVENTS_FILE, offset, MOST_BYTES)
    except OSError as error:  # a disk that was pulled
        log.warning("The events in %s cannot be read: %s", folder, error)
        events = []
    if offset - before >= MOST_BYTES:
        return RunLook(events, offset, True, has_more=True)
    return RunLook(
        events,
        offset,
        works,
        disk_use(folder) if measures_disk or not works else None,
        exit_code=exit_code,
        has_model=not works and (folder / "model").is_dir(),
        failure=trainer.reported_failure() if trainer is not None and not works and exit_code else None,
    )


def _send(folder: Path, command: Command, trainer: LaunchedTrainer | None) -> None:
    try:
        append_command(folder, command)
    except OSError as error:
        if trainer is None or command not in (Command.STOP, Command.DISCARD):
            raise run_not_written(folder, error) from error
        trainer.terminate()
