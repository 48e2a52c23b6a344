"""Bytes that arrive in pieces, put together to lines of text."""

from __future__ import annotations

LONGEST_LINE = 1_000_000
"""Bytes; whatever prints more without a line break is not talking to us."""


class LineBuffer:
    """Keeps the unfinished last line until the rest of it arrives."""

    def __init__(self) -> None:
        self._pending = b""

    def take(self, data: bytes | bytearray | memoryview) -> list[str]:
        """The lines completed by these bytes."""
        *lines, self._pending = (self._pending + bytes(data)).split(b"\n")
        if len(self._pending) > LONGEST_LINE:
            lines.append(self._pending)
            self._pending = b""
        return [line.decode("utf-8", "replace").rstrip("\r") for line in lines if line.strip()]

    def rest(self) -> list[str]:
        """The last line, which ended without a line break."""
        return self.take(b"\n")
