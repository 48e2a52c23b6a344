"""The application object of Qt, which also receives the files that macOS asks a program to open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

TOGETHER_MS = 100
"""Files of events that follow each other faster were chosen together."""


class DesktopApplication(QApplication):
    """macOS sends an event for each file of "Open with", at the start and later, instead of arguments."""

    files_requested = Signal(object)
    """A list of `Path`s that were chosen together."""

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self._requested: list[Path] = []
        self._delay = QTimer(self, singleShot=True, interval=TOGETHER_MS)
        self._delay.timeout.connect(self._request)

    def event(self, event: QEvent) -> bool:
        """Collect the files of requests to open them."""
        if isinstance(event, QFileOpenEvent):
            name = event.url().toLocalFile() or event.file()
            if name:
                self._requested.append(Path(name))
                self._delay.start()
            return True
        return super().event(event)

    def _request(self) -> None:
        files, self._requested = self._requested, []
        self.files_requested.emit(files)
