"""The log inside the program, for systems where no other program shows it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ip2p_desktop.base.background import Background
from ip2p_desktop.base.error_details import log_end, system_details
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.surfaces import body_label

SIZE, SMALLEST_SIZE = QSize(760, 520), QSize(420, 280)
SHOWN_LINES = 1000


class LogDialog(QDialog):
    """Shows the end of the log file, to read and to copy."""

    folder_requested = Signal()

    def __init__(self, file: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("log_dialog")
        self.setWindowTitle(self.tr("Log"))
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self._file = file
        self._background = Background(self, workers=1, is_latest_only=True)
        self.explanation = body_label(
            self.tr("What the program has noted, the latest at the end."), role="hint"
        )
        self.text = named(QPlainTextEdit(), "log_text")
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Log"))
        self.copy = plain_button("copy_log", self.tr("Copy"))
        self.show_folder = plain_button("show_log_folder", self.tr("Show folder"))
        self.close_button = plain_button("close_log", self.tr("Close"))
        self._lay_out()
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self.show_folder.clicked.connect(self.folder_requested)
        self.close_button.clicked.connect(self.accept)
        self.finished.connect(lambda _: self._background.cancel())

    def refresh(self) -> None:
        """Read the log again, in the background."""
        self._background.submit(
            lambda: _text_of(self._file), self._show, lambda report: self._show(str(report))
        )

    def shut_down(self) -> None:
        """Wait until the threads have ended."""
        self._background.cancel()
        self._background.close()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addWidget(self.show_folder)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self.explanation)
        layout.addWidget(self.text, 1)
        layout.addLayout(buttons)

    def _show(self, text: str) -> None:
        self.text.setPlainText(text or self.tr("The log is empty."))
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())


def _text_of(file: Path) -> str:
    lines = log_end(file, SHOWN_LINES)
    return "\n".join([*system_details(), "", *lines]) if lines else ""
