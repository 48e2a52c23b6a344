"""A program of the trainer as a child process, for short work such as a measurement; it ends with the window.

A training run goes on without the window, and is started by `trainer_launch`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal, Slot
from shiboken6 import isValid

from trainer.protocol.commands import ATTACHED_VARIABLE
from trainer.protocol.events import Event, parse_event

log = logging.getLogger(__name__)

MAX_LINE_BYTES = 1_000_000
"""A longer line is read in parts; no event is so long."""
KILL_TIMEOUT_MS = 5_000


class TrainerProcess(QObject):
    """Reads the events that the process prints. `finished` is emitted exactly once."""

    event_received = Signal(object)
    finished = Signal()

    def __init__(
        self,
        command: Sequence[str],
        parent: QObject | None = None,
        *,
        parse: Callable[[str], Event | None] = parse_event,
    ) -> None:
        """`parse` reads the events of the program."""
        super().__init__(parent)
        self._command, self._parse = list(command), parse
        self._process = self._connected_process()

    def _connected_process(self) -> QProcess:
        """A process that is killed when this object is destroyed.

        It has no parent, so that it is not deleted before it has ended.
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
    def _read_events(self) -> None:
        for line in self._lines(QProcess.ProcessChannel.StandardOutput):
            event = self._parse(line)
            if event is None:
                log.info("Trainer printed: %s", line)
            else:
                self.event_received.emit(event)

    @Slot()
    def _read_messages(self) -> None:
        for line in self._lines(QProcess.ProcessChannel.StandardError):
            log.info("Trainer: %s", line)

    def _lines(self, channel: QProcess.ProcessChannel) -> Iterator[str]:
        """The complete lines that have arrived; after the end of the process also an incomplete last one."""
        while True:
            self._process.setReadChannel(channel)  # the receiver of an event may have changed it
            unfinished = MAX_LINE_BYTES if self.is_running() else 0
            if not self._process.canReadLine() and self._process.bytesAvailable() <= unfinished:
                return
            line = bytes(self._process.readLine(MAX_LINE_BYTES).data()).decode("utf-8", "replace")
            if line.strip():
                yield line.rstrip("\r\n")

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            log.error("The trainer did not start: %s", self._process.errorString())
            self.finished.emit()

    @Slot(int, QProcess.ExitStatus)
    def _on_finished(self, exit_code: int, exit_status: QProcess.ExitStatus) -> None:
        self._read_events()
        self._read_messages()
        log.info("The trainer ended: %s, exit code %d", exit_status.name, exit_code)
        self.finished.emit()


def _end_at_once(process: QProcess, *_: object) -> None:
    if isValid(process) and process.state() != QProcess.ProcessState.NotRunning:
        process.kill()
        process.waitForFinished(KILL_TIMEOUT_MS)
