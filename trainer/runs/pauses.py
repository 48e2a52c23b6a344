"""Pauses of a run: on request, and while its disk is full or its dataset cannot be read.

A paused run keeps everything in memory and does not use the processor. In a run of several processes the
first one decides for all.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from engine.errors import EngineError
from engine.files.disk_space import FULL, free_space
from engine.progress import CancelToken
from trainer.config import TrainingConfig
from trainer.distributed.parallel import Processes
from trainer.learning.checkpoint import SPARE
from trainer.protocol.commands import Commands
from trainer.protocol.events import EventStream, TrainingContinued, TrainingPaused

log = logging.getLogger(__name__)

POLL_SECONDS, POLL_TOGETHER_SECONDS = 0.1, 0.5
"""Interval of looking for a command during a pause: of one process, and of several, which agree each time."""
RETRY_SECONDS = 5.0
"""Interval of the tries during a pause for a disk or a dataset."""
WRITE_ERRORS = (
    *("checkpoint.not-written", "checkpoint.disk-space", "snapshot.not-written", "output.model-not-written"),
    *("output.not-written", "output.disk-full", "output.disk-space"),
)
"""Codes of the errors after which writing is tried again."""
REASONS = {"paused.request": "request", "paused.dataset": "dataset", "paused.cache": "dataset"}
"""The reason of a pause by its code; that of all others is "disk"."""
READ_ERRORS = ("dataset.disappeared", "cache.disappeared")
"""Codes of the errors after which reading is tried again."""

_Result = TypeVar("_Result")


class TrainingWaits(EngineError):
    """A run waits on request, or for its disk or its dataset."""

    kind = "paused"


ON_REQUEST = TrainingWaits("paused.request", "Training is paused.")


class Pauses:
    """The pauses of one run."""

    def __init__(self, config: TrainingConfig, events: EventStream, commands: Commands) -> None:
        self._config, self._events, self._commands = config, events, commands
        self.processes = Processes()
        """Those of the run, once they are known."""
        self.step = 0
        """The step that events name."""
        self.seconds = 0.0
        """Seconds of all pauses so far."""
        self.token = PausingToken(self, commands)
        """For the work before the first step."""
        self._lock = threading.RLock()

    @property
    def is_needed(self) -> bool:
        """Whether this process is asked to pause or to stop."""
        is_paused = self.processes.is_first and self._commands.is_pause_requested
        return is_paused or self._commands.is_stop_requested

    def is_stop_agreed(self) -> bool:
        """Returns whether one of the processes is asked to stop; all must call this."""
        return self.processes.any(self._commands.is_stop_requested)

    def wait_while_requested(self) -> bool:
        """Waits while a pause is requested; returns whether the run should go on, and not stop.

        All processes must call it.
        """
        with self._lock:
            if self.is_stop_agreed():
                return False
            is_over = self._is_continued()
            return is_over or self._wait(ON_REQUEST, self._is_continued, self.processes)

    def _is_continued(self) -> bool:
        return not self.processes.from_first(self._commands.is_pause_requested)

    def retried(self, work: Callable[[], _Result], *, is_alone: bool = False) -> _Result:
        """Returns the result of work; if the disk or the dataset fails, waits and tries again.

        Raises the error if it is another one, or if the run is to stop. All processes must call it, but for
        work of a process that `is_alone`, for which no other waits; in a run of one process several threads
        may.
        """
        trial, processes = _Trial(work), Processes() if is_alone else self.processes
        continued, paused = self._commands.continued, self.seconds
        trial.run()
        found = processes.gather(None if trial.error is None else self._shown(trial.error))
        shown = next((error for error in found if error is not None), None)
        if shown is None:
            return trial.result
        tried = time.monotonic()

        def is_over() -> bool:
            nonlocal tried, continued
            before, continued = continued, self._commands.continued
            is_asked = before != continued
            if not processes.from_first(is_asked or time.monotonic() - tried >= RETRY_SECONDS):
                return False
            trial.run()
            tried = time.monotonic()
            return not processes.any(trial.error is not None)

        with self._lock:
            if processes.count == 1 and self.seconds > paused:  # in a pause that another thread has reported
                trial.run()
            if trial.error is None and processes.count == 1:
                return trial.result
            if not processes.any(self._commands.is_stop_requested):
                log.warning("%s", shown)
                if self._wait(shown, is_over, processes):
                    return trial.result
        raise trial.error or shown

    def retried_if_single(self, work: Callable[[], _Result]) -> _Result:
        """As `retried` in a run of one process; in others, which would wait too long, does the work once."""
        return self.retried(work) if self.processes.count == 1 else work()

    def _wait(self, shown: TrainingWaits, is_over: Callable[[], bool], processes: Processes) -> bool:
        """Reports a pause and waits until it is over; returns False if the run is to stop."""
        started = time.monotonic()
        self._events.send(TrainingPaused.of(self.step, REASONS.get(shown.code, "disk"), shown.report()))
        try:
            while not processes.any(self._commands.is_stop_requested):
                if is_over():
                    self._events.send(TrainingContinued(step=self.step))
                    return True
                time.sleep(POLL_SECONDS if processes.count == 1 else POLL_TOGETHER_SECONDS)
            return False
        finally:
            self.seconds += time.monotonic() - started

    def _shown(self, error: EngineError) -> TrainingWaits:
        """Returns what people are told about an error that may pass."""
        place = error.values.get("folder") or error.values.get("file") or self._config.run_folder
        match error.code:
            case "dataset.disappeared":
                return TrainingWaits(
                    "paused.dataset",
                    "The images of {dataset} can no longer be read.",
                    "Connect their drive or move them back: training then goes on by itself.",
                    dataset=", ".join(str(path) for path in self._config.data.paths),
                )
            case "cache.disappeared":
                return TrainingWaits(
                    "paused.cache",
                    "The training cache in {folder} can no longer be read.",
                    "Connect its drive or move it back: training then goes on by itself.",
                    folder=place,
                )
        if _is_full(error) or free_space(self._config.run_folder) < SPARE:
            return TrainingWaits(
                "paused.disk-full",
                "The disk is full: {place} could not be written.",
                "Free some disk space: training then goes on by itself.",
                place=place,
            )
        return TrainingWaits(
            "paused.not-written",
            "{place} could not be written.",
            "Check its drive, and who may write there: training then goes on by itself.",
            place=place,
        )


class _Trial(Generic[_Result]):
    """Work that may fail because of the disk or the dataset."""

    def __init__(self, work: Callable[[], _Result]) -> None:
        self._work = work
        self.result: _Result
        self.error: EngineError | None = None

    def run(self) -> None:
        """Does the work. Raises errors that do not pass."""
        self.error = None
        try:
            self.result = self._work()
        except EngineError as error:
            if error.code not in (*READ_ERRORS, *WRITE_ERRORS):
                raise
            self.error = error


class PausingToken(CancelToken):
    """Cancels the work before the first step, and lets it wait while a pause is requested."""

    def __init__(self, pauses: Pauses, commands: Commands) -> None:
        super().__init__()
        self._pauses, self._commands = pauses, commands

    def cancel(self) -> None:
        """Requests to stop."""
        self._commands.request_stop()

    @property
    def is_cancelled(self) -> bool:
        """Whether the run is to stop."""
        return self._commands.cancel.is_cancelled

    def raise_if_cancelled(self) -> None:
        """Waits while a pause is requested; raises `Cancelled` if the run is to stop.

        Several processes wait with their first step, where they do it together.
        """
        if self._commands.is_pause_requested and self._pauses.processes.count == 1:
            self._pauses.wait_while_requested()
        self._commands.cancel.raise_if_cancelled()


def _is_full(error: BaseException) -> bool:
    """Returns whether an error, or one that caused it, is that of a full disk."""
    if isinstance(error, EngineError) and error.code.endswith(("disk-space", "disk-full")):
        return True
    return any(isinstance(each, OSError) and each.errno in FULL for each in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
