"""What a running training run is asked for: through standard input, its folder, signals, a time limit."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

from engine.progress import CancelToken
from trainer.protocol.run_files import COMMANDS_FILE, Command, read_commands

STOP_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP") if hasattr(signal, name)
)
"""The signals by which terminals, systems and launchers ask a program to stop."""
ATTACHED_VARIABLE = "IP2P_TRAINER_ATTACHED"
"""A process sets this variable to have the run end with it: the end of standard input then means "stop".
Such a run has a lower priority."""
DETACHED_VARIABLE = "IP2P_TRAINER_DETACHED"
"""A process sets this variable for a run that goes on without it. Such a run has a lower priority too."""
POLL_SECONDS = 0.2
"""Interval of looking for commands in the folder of the run."""
DISCARDED = "discard"
"""The reason of a run that ends without a last checkpoint and a model."""


class Commands:
    """Reads commands from the lines of a stream, and from the folder of the run while it is followed.

    The end of the stream has no effect, so a run started without standard input keeps running. With
    `attached`, it means that the process that started the run has ended, and stops the run.
    """

    def __init__(self, stream: TextIO | None = None, *, attached: bool = False) -> None:
        self.cancel = CancelToken()
        """Cancelled by every request to stop; the work before the first step checks it."""
        self.is_pause_requested = False
        """Whether the run should wait after its current step."""
        self.continued = 0
        """Number of requests to continue so far."""
        self._attached = attached
        self._deadline = float("inf")
        self.reason = "stop"
        """Why the run ends, as in `TrainingFinished.reason`."""
        if stream is not None:
            threading.Thread(target=self._read_lines, args=(stream,), daemon=True).start()

    def _read_lines(self, stream: TextIO) -> None:
        with _own_reader(stream) as lines:
            for line in lines:
                with suppress(ValueError):
                    self.obey(Command(line.strip()))
        if self._attached:
            self.request_stop()

    def obey(self, command: Command) -> None:
        """Does what a command asks for; nothing takes back a request to stop."""
        match command:
            case Command.PAUSE:
                self.is_pause_requested = True
            case Command.CONTINUE:
                self.is_pause_requested = False
                self.continued += 1
            case Command.STOP:
                self.request_stop()
            case Command.DISCARD:
                self.reason = DISCARDED
                self.request_stop()

    @contextmanager
    def followed(self, run: Path, since: float) -> Iterator[None]:
        """During the context also obeys the commands in a run's folder that were written after `since`.

        That is Unix time; commands without a time that are there already are left aside, and so are those
        with a time to come: they are of a run before, and the clock was set back since.
        """
        has_ended = threading.Event()
        follower = threading.Thread(target=self._follow, args=(run, since, has_ended), daemon=True)
        follower.start()
        try:
            yield
        finally:
            has_ended.set()
            follower.join()

    def _follow(self, run: Path, since: float, has_ended: threading.Event) -> None:
        path, offset, is_first = run / COMMANDS_FILE, 0, True
        while True:
            with suppress(OSError):  # the file is not there yet, or its drive is away
                if path.stat().st_size != offset:
                    found, offset = read_commands(path, offset)
                    for moment, command in found:
                        if not is_first or since <= moment <= time.time():
                            self.obey(command)
            if has_ended.wait(POLL_SECONDS):
                return
            is_first = False

    def obey_signals(self, *, is_detached: bool = False) -> None:
        """From now on Ctrl-C and a request to terminate mean "stop"; a second Ctrl-C ends at once.

        The end of the terminal means it too, unless that is ignored, as after `nohup`, or `is_detached`.
        """
        for number in STOP_SIGNALS:
            is_hangup = number == getattr(signal, "SIGHUP", None)
            if is_hangup and (is_detached or signal.getsignal(number) == signal.SIG_IGN):
                signal.signal(number, signal.SIG_IGN)
                continue
            signal.signal(number, self._on_signal)
        release_stop_signals()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self.request_stop()

    def request_stop(self) -> None:
        """Ends the run after its current step."""
        self.cancel.cancel()

    def stop_after(self, seconds: float) -> None:
        """Also ends the run after so many seconds from now."""
        self._deadline = time.monotonic() + seconds

    @property
    def seconds_to_deadline(self) -> float:
        """Seconds until the time is up; infinity without a limit."""
        return self._deadline - time.monotonic()

    @property
    def is_discarded(self) -> bool:
        """Whether the run should end without a last checkpoint and a model."""
        return self.cancel.is_cancelled and self.reason == DISCARDED

    @property
    def is_stop_requested(self) -> bool:
        """Whether the run should end after its current step."""
        if self.seconds_to_deadline <= 0 and not self.cancel.is_cancelled:
            self.reason = "time"
            self.cancel.cancel()
        return self.cancel.is_cancelled


def release_stop_signals() -> None:
    """Lets requests to stop arrive that were held while this process started."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def _own_reader(stream: TextIO) -> TextIO:
    """Returns a reader of the same input with a buffer of its own.

    A thread that waits for a line holds the lock of the buffer it reads. Processes forked meanwhile inherit
    the lock without the thread. They first close standard input, and would wait for that lock forever.
    """
    try:
        return os.fdopen(os.dup(stream.fileno()), encoding="utf-8", errors="replace")
    except io.UnsupportedOperation:
        return stream
