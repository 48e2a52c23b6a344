"""What a running training run is told: through its standard input, by signals, by the clock."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from types import FrameType
from typing import TextIO

from engine.progress import CancelToken

ATTACHED_VARIABLE = "IP2P_TRAINER_ATTACHED"
"""Set by who wants the run to end with itself: the end of standard input then means "stop"."""


class Commands:
    """Listens for lines on a stream: "stop" ends the run after its current step.

    The end of the stream means nothing by itself, so a run started without one keeps going; `attached`
    makes it mean that who started the run is gone.
    """

    def __init__(self, stream: TextIO | None = None, *, attached: bool = False) -> None:
        self.cancel = CancelToken()
        """For the work before the first step."""
        self._attached = attached
        self._deadline = float("inf")
        self.reason = "stop"
        """Why the run is to end, as in the last event."""
        if stream is not None:
            threading.Thread(target=self._listen, args=(stream,), daemon=True).start()

    def _listen(self, stream: TextIO) -> None:
        with _own_reader(stream) as lines:
            for line in lines:
                if line.strip() == "stop":
                    self.request_stop()
        if self._attached:
            self.request_stop()

    def obey_signals(self) -> None:
        """Ctrl-C and a request to terminate mean "stop" from now on; a second Ctrl-C ends at once."""
        for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self.request_stop()

    def request_stop(self) -> None:
        self.cancel.cancel()

    def stop_after(self, seconds: float) -> None:
        """Also stop once this much time has passed."""
        self._deadline = time.monotonic() + seconds

    @property
    def stop_requested(self) -> bool:
        if time.monotonic() >= self._deadline and not self.cancel.is_cancelled:
            self.reason = "time"
            self.cancel.cancel()
        return self.cancel.is_cancelled


def _own_reader(stream: TextIO) -> TextIO:
    """Reads the same input through a buffer of its own.

    A thread that waits for a line holds the lock of the buffer it reads. Processes forked meanwhile
    inherit the lock without the thread, and close standard input first of all: they would wait forever.
    """
    try:
        return os.fdopen(os.dup(stream.fileno()), encoding="utf-8", errors="replace")
    except io.UnsupportedOperation:
        return stream
