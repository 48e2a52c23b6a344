"""The area where a folder of pairs, or a zip of one, is dropped or chosen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.images.photo_search import is_photo_name
from ip2p_desktop.training.dialog.pictures.controls.drop_surface import DropSurface, with_breaks
from ip2p_desktop.widgets.controls.file_choosing import choose_file, choose_folder, patterns
from ip2p_desktop.widgets.surfaces import body_label
from ip2p_desktop.widgets.theme import restyle


class FolderDrop(DropSurface):
    """Shows the chosen folder or zip, and emits another one that is chosen or dropped.

    Any file is accepted; the search reports whether it can be used.
    """

    dataset_chosen = Signal(Path)
    several_given = Signal(object)
    """A list of `Path`s: photos, or several folders."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("folder_drop")
        self.setAccessibleName(self.tr("Folder of pairs"))
        self._dataset: Path | None = None
        self.name_label = body_label("", role="section")
        self.name_label.setObjectName("folder_name")
        self.path_label = body_label("", role="hint")
        self.folder_button = self._button("choose_folder", self.tr("Choose &folder…"))
        self.folder_button.clicked.connect(self._open_folder_dialog)
        self.zip_button = self._button("choose_zip", self.tr("Choose &zip…"))
        self.zip_button.clicked.connect(self._open_zip_dialog)
        self.files_dropped.connect(self._take)
        self._lay_out()
        self.show_dataset(None)

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text.replace("&", ""))
        return button

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch(1)
        texts.addWidget(self.name_label)
        texts.addWidget(self.path_label)
        texts.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setSpacing(16)
        self._row.addLayout(texts, 1)
        self._buttons = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._buttons.setSpacing(8)
        self._buttons.addWidget(self.folder_button)
        self._buttons.addWidget(self.zip_button)
        self._row.addLayout(self._buttons)

    def show_dataset(self, dataset: Path | None, name: str = "") -> None:
        """Show the chosen folder or zip; None if there is none. Our own pairs are shown by their `name`."""
        self._dataset = dataset
        self.folder_button.setProperty("role", "primary" if dataset is None else "")
        restyle(self.folder_button)
        if dataset is None:
            self.name_label.setText(self.tr("Drop a folder of pairs here, or a zip of one"))
            self.path_label.setText(self.tr("or photos before and after"))
        else:
            self.name_label.setText(name or dataset.name or str(dataset))
            self.path_label.setText(self.tr("from my pairs") if name else with_breaks(str(dataset.parent)))
        self.show_empty(dataset is None)
        self._arrange(is_low=dataset is not None)

    def _arrange(self, *, is_low: bool) -> None:
        """Once a dataset is chosen, leave the room to its pairs."""
        directions = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._buttons.setDirection(directions[0] if is_low else directions[1])
        margin = 12 if is_low else 18
        self._row.setContentsMargins(18, margin, 18, margin)

    def _open_folder_dialog(self) -> None:
        title = self.tr("Folder of before and after pairs")
        choose_folder(self, "pairs_folder_dialog", title, self.dataset_chosen.emit, folder=self._folder())

    def _open_zip_dialog(self) -> None:
        choose_file(
            self,
            "pairs_zip_dialog",
            self.tr("Zip of before and after pairs"),
            self.dataset_chosen.emit,
            filters=[self.tr("Zip files ({patterns})").format(patterns=patterns([".zip"]))],
            folder=self._folder(),
        )

    def _folder(self) -> Path | None:
        """Where the present dataset is."""
        if self._dataset is None or self._dataset.is_dir():
            return self._dataset
        return self._dataset.parent

    def _take(self, paths: Sequence[Path]) -> None:
        """A single file may be a zip, which the search tells; photos are taken by other ways."""
        if len(paths) == 1 and not is_photo_name(paths[0].name):
            self.dataset_chosen.emit(paths[0])
        else:
            self.several_given.emit(list(paths))
