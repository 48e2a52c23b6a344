"""Opens folders and files in programs of the system."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def show_folder(folder: Path) -> None:
    """Open a folder or a file with the system's program for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
