"""What a running training run is told through its standard input."""

from __future__ import annotations

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
        for line in stream:
            if line.strip() == "stop":
                self.request_stop()

    def request_stop(self) -> None:
        self._stop.set()

    @property
    def stop_requested(self) -> bool:
        return self._stop.is_set()
