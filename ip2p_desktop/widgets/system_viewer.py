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
        text = QCoreApplication.translate("SystemViewer", "There is nothing at this place yet.")
    elif QDesktopServices.openUrl(
        QUrl.fromLocalFile(str(target)) if isinstance(target, Path) else QUrl(target)
    ):
        return
    else:
        text = QCoreApplication.translate(
            "SystemViewer", "This computer has no program that can show this. Copy it and open it yourself."
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
    copy = box.addButton(
        QCoreApplication.translate("SystemViewer", "Copy"), QMessageBox.ButtonRole.AcceptRole
    )
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(target))
    box.addButton(QMessageBox.StandardButton.Close)
    box.finished.connect(box.deleteLater)
    box.open()
