"""Shows files, folders and web pages in other programs of the system."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from ip2p_desktop.widgets.object_names import named


def show_in_system(target: Path | str, parent: QWidget) -> None:
    """Open a file, a folder or the address of a web page in the system's program for it.

    If that is not possible, a message box over `parent` says so and gives the path or address to copy.
    """
    if isinstance(target, Path) and not target.exists():
        text = QCoreApplication.translate("SystemViewer", "This does not exist yet.")
        _show_target(str(target), text, parent)
        return
    url = QUrl.fromLocalFile(str(target)) if isinstance(target, Path) else QUrl(target)
    if not QDesktopServices.openUrl(url):
        text = QCoreApplication.translate(
            "SystemViewer", "No program was found to show this. Copy it to open it elsewhere."
        )
        _show_target(str(target), text, parent)


def _show_target(target: str, text: str, parent: QWidget) -> None:
    box = named(QMessageBox(parent), "target_message")
    box.setWindowTitle(parent.window().windowTitle())
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    box.setText(text)
    box.setInformativeText(target)
    copy_text = QCoreApplication.translate("SystemViewer", "Copy")
    copy = box.addButton(copy_text, QMessageBox.ButtonRole.AcceptRole)
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(target))
    close_text = QCoreApplication.translate("SystemViewer", "Close")
    box.addButton(close_text, QMessageBox.ButtonRole.RejectRole)
    box.finished.connect(box.deleteLater)
    box.open()
