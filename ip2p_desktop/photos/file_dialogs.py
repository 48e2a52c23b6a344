"""File dialogs for photos and results; they remember the folders."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.images.file_formats.camera_raw import RAW_SUFFIXES
from engine.images.image_files import OPENABLE_SUFFIXES
from engine.images.image_saving import OUTPUT_FORMATS
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.session.store.project_file import PROJECT_SUFFIX
from ip2p_desktop.widgets.controls.file_choosing import (
    all_files,
    choose_file,
    choose_folder,
    choose_photos,
    file_dialog,
    patterns,
    pictures_folder,
)


class FileDialogs(QObject):
    """Opens dialogs that do not block; the chosen file is emitted as a signal."""

    photos_chosen = Signal(object)
    """A list of `Path`s."""
    mask_chosen = Signal(object)
    """`Path` of a picture that shows a mask."""
    mask_output_chosen = Signal(object)
    """`Path` of a mask to write."""
    project_chosen = Signal(object)
    """`Path` of a project to open."""
    project_output_chosen = Signal(object)
    """`Path` of a project to write."""
    output_chosen = Signal(object, object)
    """`EditedPhoto` and `Path`."""
    export_chosen = Signal(object, object)
    """`EditedPhoto` and `Path`."""
    starred_folder_chosen = Signal(object)
    """`Path` of a folder for all starred results."""

    def __init__(self, preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self._preferences = preferences
        self._window = window

    def open_photo_dialog(self) -> None:
        """Open the dialog for opening photos; emits `photos_chosen`."""
        choose_photos(
            self._window,
            "open_dialog",
            self.tr("Open photos"),
            self._on_photos_chosen,
            suffixes=(*OPENABLE_SUFFIXES, *RAW_SUFFIXES),
            folder=self._preferences.last_open_folder or pictures_folder(),
        )

    def open_save_dialog(self, result: EditedPhoto) -> None:
        """Open the dialog for saving a result; emits `output_chosen`."""
        folder = self._preferences.output_folder or self._preferences.last_save_folder
        dialog = self._dialog("save_dialog", self.tr("Save result"), folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("png")
        filters = self._output_filters()
        dialog.setNameFilters(list(filters))
        dialog.filterSelected.connect(lambda chosen: _use_suffix(dialog, filters.get(chosen, "png")))
        dialog.selectFile(result.file_name)
        dialog.fileSelected.connect(lambda name: self._on_output_chosen(result, Path(name)))
        dialog.open()

    def open_mask_dialog(self) -> None:
        """Open the dialog for loading a mask; emits `mask_chosen`."""
        pictures = self.tr("Pictures ({patterns})").format(patterns=patterns(OPENABLE_SUFFIXES))
        choose_file(
            self._window,
            "open_mask_dialog",
            self.tr("Load mask"),
            self.mask_chosen.emit,
            filters=[pictures, all_files()],
            folder=self._preferences.last_open_folder,
        )

    def open_mask_save_dialog(self, name: str) -> None:
        """Open the dialog for saving a mask, with a name to begin with; emits `mask_output_chosen`."""
        folder = self._preferences.output_folder or self._preferences.last_save_folder
        dialog = self._dialog("save_mask_dialog", self.tr("Save mask"), folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("png")
        dialog.setNameFilter(self.tr("PNG, without loss ({patterns})").format(patterns="*.png"))
        dialog.selectFile(name)
        dialog.fileSelected.connect(self._on_mask_output_chosen)
        dialog.open()

    def _on_mask_output_chosen(self, name: str) -> None:
        self._preferences.last_save_folder = Path(name).parent
        self.mask_output_chosen.emit(Path(name))

    def open_export_file_dialog(self, result: EditedPhoto, suffix: str) -> None:
        """Open the dialog for the file of an export, in the format of a suffix; emits `export_chosen`."""
        folder = self._preferences.output_folder or self._preferences.last_save_folder
        dialog = self._dialog("export_file_dialog", self.tr("Export result"), folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix(suffix)
        dialog.setNameFilter(f"{suffix.upper()} (*.{suffix})")
        dialog.selectFile(f"{Path(result.file_name).stem}.{suffix}")
        dialog.fileSelected.connect(lambda name: self._on_export_chosen(result, Path(name)))
        dialog.open()

    def open_starred_dialog(self) -> None:
        """Open the dialog for the folder of all starred results; emits `starred_folder_chosen`."""
        folder = self._preferences.output_folder or self._preferences.last_save_folder
        title = self.tr("Folder for the starred results")
        choose_folder(
            self._window, "starred_folder_dialog", title, self._on_starred_folder_chosen, folder=folder
        )

    def open_project_dialog(self) -> None:
        """Open the dialog for opening a project; emits `project_chosen`."""
        choose_file(
            self._window,
            "open_project_dialog",
            self.tr("Open project"),
            self.project_chosen.emit,
            filters=[self._project_filter(), all_files()],
            folder=self._preferences.last_save_folder,
        )

    def open_project_save_dialog(self, name: str) -> None:
        """Open the dialog for saving a project, with a name to begin with; emits `project_output_chosen`."""
        folder = self._preferences.output_folder or self._preferences.last_save_folder
        dialog = self._dialog("save_project_dialog", self.tr("Save project"), folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix(PROJECT_SUFFIX.removeprefix("."))
        dialog.setNameFilter(self._project_filter())
        dialog.selectFile(name)
        dialog.fileSelected.connect(self._on_project_output_chosen)
        dialog.open()

    def _project_filter(self) -> str:
        return self.tr("Projects ({patterns})").format(patterns=f"*{PROJECT_SUFFIX}")

    def _on_project_output_chosen(self, name: str) -> None:
        self._preferences.last_save_folder = Path(name).parent
        self.project_output_chosen.emit(Path(name))

    def _output_filters(self) -> dict[str, str]:
        """The texts of the formats, with the suffix of a file that has none."""
        texts = {
            "PNG": self.tr("PNG, without loss ({patterns})"),
            "JPEG": self.tr("JPEG ({patterns})"),
            "WEBP": self.tr("WebP ({patterns})"),
            "TIFF": self.tr("TIFF, without loss ({patterns})"),
        }
        filters = {}
        for kind, text in texts.items():
            suffixes = [suffix for suffix, known in OUTPUT_FORMATS.items() if known == kind]
            patterns = " ".join(f"*{suffix}" for suffix in suffixes)
            filters[text.format(patterns=patterns)] = suffixes[0].removeprefix(".")
        return filters

    def _dialog(self, name: str, title: str, folder: Path | None) -> QFileDialog:
        return file_dialog(self._window, name, title, folder)

    def _on_photos_chosen(self, photos: list[Path]) -> None:
        self._preferences.last_open_folder = photos[0].parent
        self.photos_chosen.emit(photos)

    def _on_output_chosen(self, result: EditedPhoto, path: Path) -> None:
        self._preferences.last_save_folder = path.parent
        self.output_chosen.emit(result, path)

    def _on_export_chosen(self, result: EditedPhoto, path: Path) -> None:
        self._preferences.last_save_folder = path.parent
        self.export_chosen.emit(result, path)

    def _on_starred_folder_chosen(self, folder: Path) -> None:
        self._preferences.last_save_folder = folder
        self.starred_folder_chosen.emit(folder)


def _use_suffix(dialog: QFileDialog, suffix: str) -> None:
    """Give the name in a dialog the suffix of the chosen format."""
    dialog.setDefaultSuffix(suffix)
    for chosen in dialog.selectedFiles()[:1]:
        path = Path(chosen)
        if path.suffix.lower() in OUTPUT_FORMATS:
            dialog.selectFile(f"{path.stem}.{suffix}")
