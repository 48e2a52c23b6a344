"""Starts the trainer as a process of its own, which goes on when the window ends."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ip2p_desktop.training.runs.run_removal import TRAINER_LOG
from ip2p_desktop.training.runs.training_crash import not_started
from trainer.protocol.commands import ATTACHED_VARIABLE, DETACHED_VARIABLE
from trainer.protocol.events import TrainingFailed, parse_event

log = logging.getLogger(__name__)

LAST_BYTES = 100_000
"""So much of the end of the log is searched for an error."""


class LaunchedTrainer:
    """A trainer that this program has started. Its methods do not wait."""

    def __init__(self, process: subprocess.Popen[bytes], log_file: Path, log_start: int) -> None:
        self._process, self._log_file, self._log_start = process, log_file, log_start

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """The exit code, negative after a signal; None while the process runs."""
        return self._process.poll()

    def terminate(self) -> None:
        """Ask the process to stop by a signal, for when a command cannot be written to the disk."""
        if self.exit_code() is None and sys.platform != "win32":
            self._process.terminate()

    def kill(self) -> None:
        """Kill the process, if it still runs."""
        if self.exit_code() is None:
            self._process.kill()

    def release(self) -> None:
        """Let the process go on by itself; call it before this object is dropped."""
        if self._process.returncode is None:
            # Popen otherwise warns that the process still runs, which is what is wanted
            self._process.returncode = 0

    def reported_failure(self) -> TrainingFailed | None:
        """The error in the log of the process; it is nowhere else if the run had no folder yet."""
        try:
            with self._log_file.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(self._log_start, size - LAST_BYTES))
                lines = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return None
        events = map(parse_event, lines)
        return next((event for event in events if isinstance(event, TrainingFailed)), None)


def launch_trainer(command: Sequence[str], run: Path) -> LaunchedTrainer:
    """Start the trainer for the run in a folder. Its log is appended to `trainer.log` there.

    Its events are in the file of the run, and are not written a second time.
    Raises `TrainingCrashed` if it cannot be started.
    """
    kept = {name: value for name, value in os.environ.items() if name != ATTACHED_VARIABLE}
    environment = {**kept, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", DETACHED_VARIABLE: "1"}
    log.info("Starting the trainer: %s", list(command))
    log_file = run / TRAINER_LOG
    try:
        with log_file.open("ab") as output:
            start = output.seek(0, os.SEEK_END)
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=output,
                env=environment,
                **_own_session(),
            )
    except OSError as error:
        raise not_started(error.strerror or str(error)) from error
    return LaunchedTrainer(process, log_file, start)


def _own_session() -> dict[str, Any]:
    """Arguments that separate a process from this program: its terminal, its console, its signals."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}
