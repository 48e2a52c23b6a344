"""A text of the program's own, such as its log, to read and to copy where no other program shows it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ip2p_desktop.base.background import Background
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.surfaces import body_label

SIZE, SMALLEST_SIZE = QSize(760, 520), QSize(420, 280)


class TextFileDialog(QDialog):
    """Shows a text that is read in the background."""

    folder_requested = Signal()

    def __init__(self, name: str, title: str, explanation: str, parent: QWidget | None = None) -> None:
        """`name` is that of the widgets, and `title` also the accessible name of the text."""
        super().__init__(parent)
        self.setObjectName(f"{name}_dialog")
        self.setWindowTitle(title)
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self._background = Background(self, workers=1, is_latest_only=True)
        self.explanation = body_label(explanation, role="hint")
        self.text = named(QPlainTextEdit(), f"{name}_text")
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(title)
        self.copy = plain_button(f"copy_{name}", self.tr("Copy"))
        self.show_folder = plain_button(f"show_{name}_folder", self.tr("Show folder"))
        self.close_button = plain_button(f"close_{name}", self.tr("Close"))
        self._lay_out()
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self.show_folder.clicked.connect(self.folder_requested)
        self.close_button.clicked.connect(self.accept)
        self.finished.connect(lambda _: self._background.cancel())

    def read(self, read: Callable[[], str]) -> None:
        """Show what `read` returns, which is called in the background; an error in place of it."""
        self._background.submit(read, self.show_text, lambda report: self.show_text(str(report)))

    def show_text(self, text: str) -> None:
        """Show a text from its beginning."""
        self.text.setPlainText(text)

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
