"""File dialogs for photos and folders, which do not block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.images.image_files import OPENABLE_SUFFIXES
from ip2p_desktop.widgets.object_names import named


def choose_photos(
    parent: QWidget, title: str, chosen: Callable[[list[Path]], None], *, several: bool = True
) -> None:
    """Ask for photos, or for one; calls `chosen` with them."""
    dialog = _dialog(parent, "photos_dialog", title, chosen)
    mode = QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile
    dialog.setFileMode(mode)
    # some systems compare the patterns letter by letter
    patterns = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in OPENABLE_SUFFIXES)
    photos = QCoreApplication.translate("PictureDialogs", "Photos ({patterns})").format(patterns=patterns)
    dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
    dialog.setNameFilters([photos, QCoreApplication.translate("PictureDialogs", "All files (*)")])
    dialog.open()


def choose_folder(parent: QWidget, title: str, chosen: Callable[[Path], None]) -> None:
    """Ask for a folder; calls `chosen` with it."""
    dialog = _dialog(parent, "folder_dialog", title, lambda paths: chosen(paths[0]))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.open()


def _dialog(parent: QWidget, name: str, title: str, chosen: Callable[[list[Path]], None]) -> QFileDialog:
    dialog = named(QFileDialog(parent, title), name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def choose(names: Sequence[str]) -> None:
        if names:
            chosen([Path(each) for each in names])

    dialog.filesSelected.connect(choose)
    return dialog
