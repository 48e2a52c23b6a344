"""What a running training run is told through its standard input."""

from __future__ import annotations

import io
import os
import threading
from typing import TextIO


class Commands:
    """Listens for lines on a stream: "stop" ends the run after its current step.

    The end of the stream means nothing by itself, so a run started without one keeps going.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stop = threading.Event()
        if stream is not None:
            threading.Thread(target=self._listen, args=(stream,), daemon=True).start()

    def _listen(self, stream: TextIO) -> None:
        with _own_reader(stream) as lines:
            for line in lines:
                if line.strip() == "stop":
                    self.request_stop()

    def request_stop(self) -> None:
        self._stop.set()

    @property
    def stop_requested(self) -> bool:
        return self._stop.is_set()


def _own_reader(stream: TextIO) -> TextIO:
    """Reads the same input through a buffer of its own.

    A thread that waits for a line holds the lock of the buffer it reads. Processes forked meanwhile
    inherit the lock without the thread, and close standard input first of all: they would wait forever.
    """
    try:
        return os.fdopen(os.dup(stream.fileno()), encoding="utf-8", errors="replace")
    except io.UnsupportedOperation:
        return stream
