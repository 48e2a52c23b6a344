"""Which photos a batch edits: those that are open, or files and folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QWidget

from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.controls.file_choosing import choose_folder, choose_photos
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.controls.switch_control import SwitchControl
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Surface, body_label


class PhotosChoice(Surface):
    """Two radio buttons, and buttons for a folder and for files; they can also be dropped on the dialog."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batch_photos")
        self._paths: tuple[Path, ...] = ()
        self.opened = named(QRadioButton(), "batch_opened")
        self.chosen = named(QRadioButton(self.tr("Files and &folders:")), "batch_chosen")
        group = QButtonGroup(self)
        for button in (self.opened, self.chosen):
            group.addButton(button)
        self.path_label = named(ElidedLabel(), "batch_paths")
        self.path_label.setProperty("role", "hint")
        self.folder_button = plain_button("batch_choose_folder", self.tr("Choose folder…"))
        self.files_button = plain_button("batch_choose_files", self.tr("Choose photos…"))
        self.recursive = SwitchControl(
            name="batch_recursive",
            label=self.tr("Folders in the folder too"),
            help_text=self.tr("Their results come into folders of the same names."),
        )
        self.recursive.value = True
        self.found = named(body_label("", role="hint"), "batch_found")
        self._lay_out()
        self.opened.toggled.connect(self._on_toggled)
        self.folder_button.clicked.connect(self._open_folder_dialog)
        self.files_button.clicked.connect(self._open_files_dialog)
        self.recursive.value_changed.connect(lambda _: self.changed.emit())
        self.show_opened(0)

    def _lay_out(self) -> None:
        self.column.addWidget(body_label(self.tr("Photos"), role="section"))
        self.column.addWidget(self.opened)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.chosen)
        row.addWidget(self.path_label, 1)
        row.addWidget(self.folder_button)
        row.addWidget(self.files_button)
        self.column.addLayout(row)
        self.column.addWidget(self.recursive)
        self.column.addWidget(self.found)

    @property
    def uses_opened(self) -> bool:
        """Whether the photos that are open are edited."""
        return self.opened.isChecked()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The chosen files and folders."""
        return self._paths

    def show_opened(self, count: int) -> None:
        """Show how many photos are open; without any, files and folders are to be chosen."""
        self.opened.setText(self.tr("The photos that are open (%n)", "", count))
        self.opened.setEnabled(count > 0)
        if count == 0:
            self.chosen.setChecked(True)
        elif not self._paths:
            self.opened.setChecked(True)
        self._show_paths()

    def show_found(self, text: str) -> None:
        """Show how many photos there are, or why there is none."""
        self.found.setText(text)
        self.found.setVisible(bool(text))

    def choose(self, paths: Sequence[Path]) -> None:
        """Choose files and folders, as if the user had done so."""
        self._paths = tuple(paths)
        self.chosen.setChecked(True)
        self._show_paths()
        self.changed.emit()

    def _on_toggled(self) -> None:
        self._show_paths()
        self.changed.emit()

    def _show_paths(self) -> None:
        has_folder = any(path.is_dir() for path in self._paths)
        self.recursive.setVisible(not self.uses_opened and has_folder)
        if not self._paths:
            self.path_label.setText(self.tr("Drop them here, or choose"))
        elif len(self._paths) == 1:
            self.path_label.setText(str(self._paths[0]))
        else:
            text = self.tr("{first} and %n more", "", len(self._paths) - 1)
            self.path_label.setText(text.format(first=self._paths[0].name))

    def _open_folder_dialog(self) -> None:
        title = self.tr("Folder of photos")
        choose_folder(self, "batch_folder_dialog", title, lambda folder: self.choose([folder]))

    def _open_files_dialog(self) -> None:
        choose_photos(self, "batch_files_dialog", self.tr("Photos"), self.choose)
