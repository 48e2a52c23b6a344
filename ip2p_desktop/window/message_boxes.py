"""The message boxes of the window. None of them blocks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from ip2p_desktop import __version__
from ip2p_desktop.base import paths
from ip2p_desktop.widgets.object_names import named


def show_about(window: QWidget) -> None:
    """Show name and version of the program."""
    text = _tr("Version %1\n\nEdits photos in your own words. They never leave this computer.")
    box = _box(window, "about", paths.APP_NAME, text.replace("%1", __version__))
    box.setIconPixmap(window.windowIcon().pixmap(64))
    box.open()


def confirm_quit(window: QWidget, quit_anyway: Callable[[], None]) -> None:
    """Ask whether to quit while a training run is in progress; call `quit_anyway` on confirmation."""
    question = _tr("A new edit is being taught. Quit all the same?")
    box = _box(window, "quit_question", question, _tr("What it has learned is kept; you can go on later."))
    box.setIcon(QMessageBox.Icon.Question)
    leave = box.addButton(_tr("Quit"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(_tr("Keep teaching"), QMessageBox.ButtonRole.RejectRole)
    leave.clicked.connect(quit_anyway)
    box.open()


def _box(window: QWidget, name: str, text: str, details: str) -> QMessageBox:
    box = named(QMessageBox(window), name)
    box.setWindowTitle(paths.APP_NAME)
    box.setText(text)
    box.setInformativeText(details)
    box.finished.connect(box.deleteLater)
    return box


def _tr(text: str) -> str:
    return QCoreApplication.translate("MessageBoxes", text)
