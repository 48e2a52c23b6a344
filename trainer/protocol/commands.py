"""Requests to end a running training run: through standard input, by signals, by a time limit."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from types import FrameType
from typing import TextIO

from engine.progress import CancelToken

STOP_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP") if hasattr(signal, name)
)
"""The signals by which terminals, systems and launchers ask a program to stop."""
ATTACHED_VARIABLE = "IP2P_TRAINER_ATTACHED"
"""A process sets this variable to have the run end with it: the end of standard input then means "stop".
Such a run has a lower priority."""
DETACHED_VARIABLE = "IP2P_TRAINER_DETACHED"
"""A process sets this variable for a run that goes on without it. Such a run has a lower priority too."""


class Commands:
    """Reads lines from a stream: "stop" ends the run after its current step.

    The end of the stream has no effect, so a run started without standard input keeps running. With
    `attached`, it means that the process that started the run has ended, and stops the run.
    """

    def __init__(self, stream: TextIO | None = None, *, attached: bool = False) -> None:
        self.cancel = CancelToken()
        """Cancelled by every request to stop; the work before the first step checks it."""
        self._attached = attached
        self._deadline = float("inf")
        self.reason = "stop"
        """Why the run ends, as in `TrainingFinished.reason`."""
        if stream is not None:
            threading.Thread(target=self._read_lines, args=(stream,), daemon=True).start()

    def _read_lines(self, stream: TextIO) -> None:
        with _own_reader(stream) as lines:
            for line in lines:
                if line.strip() == "stop":
                    self.request_stop()
        if self._attached:
            self.request_stop()

    def obey_signals(self) -> None:
        """From now on Ctrl-C and a request to terminate mean "stop"; a second Ctrl-C ends at once.

        The end of the terminal means it too, unless that is ignored, as after `nohup`.
        """
        for number in STOP_SIGNALS:
            if number == getattr(signal, "SIGHUP", None) and signal.getsignal(number) == signal.SIG_IGN:
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
    def is_stop_requested(self) -> bool:
        """Whether the run should end after its current step."""
        if time.monotonic() >= self._deadline and not self.cancel.is_cancelled:
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
