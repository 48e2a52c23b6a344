"""The trainer as a child process: starts it, reads its events, stops it and makes sure that it ends."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal, Slot
from shiboken6 import isValid

from engine.errors import ErrorReport
from ip2p_desktop.training.runs.training_outcome import TrainingOutcome, crash_report, not_started_report
from trainer.protocol.commands import ATTACHED_VARIABLE
from trainer.protocol.events import (
    CheckpointSaved,
    Event,
    StepFinished,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
    parse_event,
)

log = logging.getLogger(__name__)

MAX_LINE_BYTES = 1_000_000
"""A longer line is read in parts; no event is so long."""
STOP_TIMEOUT_MS = 30_000
"""Time for finishing a step, saving and exporting."""
EARLY_STOP_TIMEOUT_MS = 3_000
"""Shorter, as before the first step there is nothing to save."""
TERMINATE_TIMEOUT_MS = 5_000


class TrainerProcess(QObject):
    """The process of one training run. `finished` is emitted exactly once."""

    event_received = Signal(object)
    progressed = Signal(object)
    """A `StepFinished`."""
    finished = Signal(object)
    """The `TrainingOutcome`."""

    def __init__(
        self,
        command: Sequence[str],
        parent: QObject | None = None,
        *,
        stop_timeout_ms: int = STOP_TIMEOUT_MS,
        early_stop_timeout_ms: int = EARLY_STOP_TIMEOUT_MS,
        terminate_timeout_ms: int = TERMINATE_TIMEOUT_MS,
    ) -> None:
        super().__init__(parent)
        self._command = list(command)
        self._stop_timeout_ms = stop_timeout_ms
        self._early_stop_timeout_ms = early_stop_timeout_ms
        self._terminate_timeout_ms = terminate_timeout_ms
        self._started: TrainingStarted | None = None
        self._checkpoint: Path | None = None
        self._end: TrainingFinished | TrainingFailed | None = None
        self._stop_requested = False
        self._was_terminated = False
        self._stop_timer = QTimer(self, singleShot=True)
        self._stop_timer.timeout.connect(self._on_stop_timeout)
        self._process = self._connected_process()

    def _connected_process(self) -> QProcess:
        """A process that is killed when this object is destroyed.

        It has no parent, so that it is not deleted before it has ended. When the app quits, the owner stops
        the run first: killing it would lose the steps since the last checkpoint.
        """
        process = QProcess()
        process.readyReadStandardOutput.connect(self._read_events)
        process.readyReadStandardError.connect(self._read_messages)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        self.destroyed.connect(partial(_end_at_once, process))
        return process

    def start(self) -> None:
        """Start the process."""
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONUTF8", "1")
        environment.insert("PYTHONUNBUFFERED", "1")
        environment.insert(ATTACHED_VARIABLE, "1")
        self._process.setProcessEnvironment(environment)
        log.info("Starting the trainer: %s", self._command)
        self._process.start(self._command[0], self._command[1:])

    def is_running(self) -> bool:
        """Whether the process is starting or running."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def stop(self) -> None:
        """Request the end of the run after the current step; after a timeout the process is terminated."""
        if self._stop_requested or not self.is_running():
            return
        self._stop_requested = True
        self._process.write(b"stop\n")
        self._stop_timer.start(self._stop_timeout_ms if self._started else self._early_stop_timeout_ms)

    def send(self, command: str) -> None:
        """Send a command to the trainer."""
        self._process.write(f"{command}\n".encode())

    def stop_and_wait(self, timeout_ms: int) -> None:
        """Stop the run and wait until the process has ended; terminate it after `timeout_ms`."""
        self.stop()
        self._stop_timer.stop()
        if self.is_running() and not self._process.waitForFinished(timeout_ms):
            self._process.terminate()
            if not self._process.waitForFinished(self._terminate_timeout_ms):
                self.kill()

    @Slot()
    def kill(self) -> None:
        """Kill the process and wait until it has ended."""
        _end_at_once(self._process)

    def abandon(self) -> None:
        """Kill the process without waiting, and emit no more signals."""
        self.blockSignals(True)
        self._process.finished.connect(self.deleteLater)
        self._process.kill()

    @Slot()
    def _on_stop_timeout(self) -> None:
        log.warning("The trainer did not stop in time; ending it.")
        if self._was_terminated:
            self._process.kill()
            return
        self._was_terminated = True
        self._process.terminate()
        self._stop_timer.start(self._terminate_timeout_ms)

    @Slot()
    def _read_events(self) -> None:
        for line in self._lines(QProcess.ProcessChannel.StandardOutput):
            self._on_event(line)

    @Slot()
    def _read_messages(self) -> None:
        for line in self._lines(QProcess.ProcessChannel.StandardError):
            log.info("Trainer: %s", line)

    def _lines(self, channel: QProcess.ProcessChannel) -> Iterator[str]:
        """The complete lines that have arrived; after the end of the process also an incomplete last one.

        Each line is read only when it is requested: if the receiver of an event waits for the end of the
        process, the following lines are read there, in their order.
        """
        while True:
            self._process.setReadChannel(channel)  # the receiver of an event may have changed it
            unfinished = MAX_LINE_BYTES if self.is_running() else 0
            if not self._process.canReadLine() and self._process.bytesAvailable() <= unfinished:
                return
            line = bytes(self._process.readLine(MAX_LINE_BYTES).data()).decode("utf-8", "replace")
            if line.strip():
                yield line.rstrip("\r\n")

    def _on_event(self, line: str) -> None:
        event = parse_event(line)
        if event is None:
            log.info("Trainer printed: %s", line)
            return
        self._store_event(event)
        self.event_received.emit(event)
        if isinstance(event, StepFinished):
            self.progressed.emit(event)

    def _store_event(self, event: Event) -> None:
        if isinstance(event, TrainingStarted):
            self._started = event
        elif isinstance(event, CheckpointSaved):
            self._checkpoint = Path(event.path)
        elif isinstance(event, (TrainingFinished, TrainingFailed)):
            self._end = event

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            log.error("The trainer did not start: %s", self._process.errorString())
            self.finished.emit(self._outcome(-1, not_started_report(self._process.errorString())))

    @Slot(int, QProcess.ExitStatus)
    def _on_finished(self, exit_code: int, exit_status: QProcess.ExitStatus) -> None:
        self._stop_timer.stop()
        self._read_events()
        self._read_messages()
        log.info("The trainer ended: %s, exit code %d", exit_status.name, exit_code)
        was_killed = exit_status == QProcess.ExitStatus.CrashExit
        self.finished.emit(self._outcome(exit_code, self._failure(exit_code, was_killed)))

    def _failure(self, exit_code: int, was_killed: bool) -> ErrorReport | None:
        if isinstance(self._end, TrainingFailed):
            return self._end.report()
        if isinstance(self._end, TrainingFinished) or (
            self._stop_requested and (was_killed or exit_code == 0)
        ):
            return None
        return crash_report(exit_code, was_killed=was_killed)

    def _outcome(self, exit_code: int, failure: ErrorReport | None) -> TrainingOutcome:
        end = self._end if isinstance(self._end, TrainingFinished) else None
        return TrainingOutcome(
            exit_code=exit_code,
            stop_requested=self._stop_requested,
            last_checkpoint=self._checkpoint,
            model=Path(end.model) if end and end.model else None,
            step=end.step if end else 0,
            total_steps=self._total_steps(end),
            failure=failure,
        )

    def _total_steps(self, end: TrainingFinished | None) -> int:
        if end is not None and not end.stopped:
            return end.step
        return self._started.total_steps if self._started else 0


def _end_at_once(process: QProcess, *_: object) -> None:
    if isValid(process) and process.state() != QProcess.ProcessState.NotRunning:
        process.kill()
        process.waitForFinished(TERMINATE_TIMEOUT_MS)
