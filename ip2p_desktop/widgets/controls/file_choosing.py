"""Dialogs in which files and folders are chosen; they do not block.

A dialog begins in the folder it is given, else in the one last visited in any dialog, else among the pictures
of the user: the working folder of a program that was double-clicked means nothing to its user.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDir, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.images.image_files import OPENABLE_SUFFIXES
from ip2p_desktop.widgets.object_names import named


def choose_folder(
    parent: QWidget, name: str, title: str, chosen: Callable[[Path], None], *, folder: Path | None = None
) -> None:
    """Ask for a folder; calls `chosen` with it."""
    dialog = file_dialog(parent, name, title, folder)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()


def choose_file(
    parent: QWidget,
    name: str,
    title: str,
    chosen: Callable[[Path], None],
    *,
    filters: Sequence[str] = (),
    folder: Path | None = None,
) -> None:
    """Ask for a file; calls `chosen` with it. `filters` are texts such as “Models (*.safetensors)”."""
    dialog = file_dialog(parent, name, title, folder)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _show_filters(dialog, filters)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()


def choose_photos(
    parent: QWidget,
    name: str,
    title: str,
    chosen: Callable[[list[Path]], None],
    *,
    suffixes: Iterable[str] = OPENABLE_SUFFIXES,
    folder: Path | None = None,
) -> None:
    """Ask for one photo or more; calls `chosen` with them."""
    dialog = file_dialog(parent, name, title, folder)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    _show_filters(dialog, photo_filters(suffixes))
    dialog.filesSelected.connect(lambda paths: chosen([Path(path) for path in paths]))
    dialog.open()


def photo_filters(suffixes: Iterable[str] = OPENABLE_SUFFIXES) -> list[str]:
    """The filters of a dialog for photos: those with the suffixes, and all files."""
    photos = QCoreApplication.translate("FileChoosing", "Photos ({patterns})")
    return [photos.format(patterns=patterns(suffixes)), all_files()]


def all_files() -> str:
    """The filter that leaves out nothing."""
    return QCoreApplication.translate("FileChoosing", "All files (*)")


def patterns(suffixes: Iterable[str]) -> str:
    """The patterns of files with the suffixes; some systems compare them letter by letter."""
    return " ".join(f"*{suffix} *{suffix.upper()}" for suffix in suffixes)


def file_dialog(parent: QWidget, name: str, title: str, folder: Path | None) -> QFileDialog:
    """A dialog that begins in a folder, if it exists, and is deleted once it is closed."""
    dialog = named(QFileDialog(parent, title), name)
    dialog.finished.connect(dialog.deleteLater)
    if folder is not None and folder.is_dir():
        dialog.setDirectory(str(folder))
    elif dialog.directory() == QDir.current():  # none was visited yet
        dialog.setDirectory(str(pictures_folder()))
    return dialog


def pictures_folder() -> Path:
    """The system's folder of pictures if there is one, else the home folder."""
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return Path(pictures) if pictures and Path(pictures).is_dir() else Path.home()


def _show_filters(dialog: QFileDialog, filters: Sequence[str]) -> None:
    """The kinds of files to show; the names of the kinds are enough."""
    if filters:
        dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
        dialog.setNameFilters(list(filters))
