"""The log inside the program, for systems where no other program shows it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ip2p_desktop.base.error_details import log_end, system_details
from ip2p_desktop.window.help.text_file_dialog import TextFileDialog

SHOWN_LINES = 1000


class LogDialog(TextFileDialog):
    """Shows the end of the log file."""

    def __init__(self, file: Path, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("LogDialog", "Log")
        explanation = QCoreApplication.translate(
            "LogDialog", "What the program has noted, the latest at the end."
        )
        super().__init__("log", title, explanation, parent)
        self._file = file

    def refresh(self) -> None:
        """Read the log again."""
        self.read(lambda: _text_of(self._file))

    def show_text(self, text: str) -> None:
        """Show the log from its end."""
        super().show_text(text or self.tr("The log is empty."))
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())


def _text_of(file: Path) -> str:
    lines = log_end(file, SHOWN_LINES)
    return "\n".join([*system_details(), "", *lines]) if lines else ""
