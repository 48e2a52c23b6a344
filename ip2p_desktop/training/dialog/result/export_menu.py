"""The menu of forms in which a result is exported; each asks for its file or folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton

from ip2p_desktop.training.results.result_export import ExportKind
from ip2p_desktop.widgets.controls.file_choosing import file_dialog
from ip2p_desktop.widgets.object_names import named

SUFFIXES = {
    ExportKind.PACK: ".ip2p-edit",
    ExportKind.FILE: ".safetensors",
    ExportKind.LORA: ".safetensors",
    ExportKind.FOLDER: "",
}


class ExportMenu(QObject):
    """Belongs to a button."""

    chosen = Signal(object, object)
    """The `ExportKind` and the `Path` to write."""

    def __init__(self, button: QPushButton) -> None:
        super().__init__(button)
        self._button = button
        self.menu = named(QMenu(button), "export_menu")
        texts = {
            ExportKind.PACK: self.tr("&Edit pack, one small file for others…"),
            ExportKind.FOLDER: self.tr("Model &folder…"),
            ExportKind.FILE: self.tr("&Single file in the original layout…"),
            ExportKind.LORA: self.tr("&LoRA, for other programs…"),
        }
        for kind, text in texts.items():
            action = self.menu.addAction(text)
            action.setObjectName(f"export_{kind}")
            action.triggered.connect(partial(self._ask, kind))
        button.setMenu(self.menu)

    @staticmethod
    def kind_of(kind: object) -> ExportKind:
        """The kind that a signal carries."""
        return ExportKind(str(kind))

    def _ask(self, kind: ExportKind, *_: object) -> None:
        window, title = self._button.window(), self.tr("Export the model")
        dialog = file_dialog(window, "export_result_dialog", title, None)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        suffix = SUFFIXES[kind]
        if suffix:
            dialog.setDefaultSuffix(suffix.removeprefix("."))
            dialog.setNameFilter(f"*{suffix}")
        else:
            dialog.setLabelText(QFileDialog.DialogLabel.FileName, self.tr("New folder"))
        dialog.fileSelected.connect(lambda file: self.chosen.emit(kind, Path(file)))
        dialog.open()
