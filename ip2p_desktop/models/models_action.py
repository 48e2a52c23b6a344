"""Opens the dialog of models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.library import ModelCard
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument

if TYPE_CHECKING:
    from ip2p_desktop.models.dialog.models_dialog import ModelsDialog


class ModelsAction(QObject):
    """Creates the dialog at its first use. Closing the dialog hides it, as downloads may continue."""

    model_chosen = Signal(object)
    """`Path` of the model to use."""
    folder_requested = Signal()
    """Show the folder of the models in the system's file manager."""

    def __init__(self, models: InstalledModels, document: EditDocument, window: QWidget) -> None:
        super().__init__(window)
        self._models = models
        self._document = document
        self._window = window
        self._dialog: ModelsDialog | None = None
        self._model_in_use: Path | None = None

    def open(self) -> None:
        """Open the dialog."""
        self._open()

    def open_catalogue(self) -> None:
        """Open the dialog at the page of models to download."""
        self._open().show_catalogue()

    def _open(self) -> ModelsDialog:
        if self._dialog is None:
            self._dialog = self._make_dialog()
        self._dialog.refresh()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
        return self._dialog

    def show_used(self, card: ModelCard | None) -> None:
        """Mark the model that edits."""
        self._model_in_use = card.path if card else None
        if self._dialog is not None:
            self._dialog.show_used(self._model_in_use)

    def shut_down(self) -> None:
        """Cancel downloads, keep their partial files, and wait until they have ended."""
        if self._dialog is not None:
            self._dialog.hide()
            self._dialog.shut_down()

    def _make_dialog(self) -> ModelsDialog:
        # imported here, so that the window starts without the modules of the dialog
        from ip2p_desktop.models.dialog.models_dialog import ModelsDialog

        dialog = ModelsDialog(self._models, self._window, result=self._result)
        dialog.show_used(self._model_in_use)
        dialog.model_chosen.connect(self.model_chosen)
        dialog.folder_requested.connect(self.folder_requested)
        return dialog

    def _result(self) -> Callable[[], Image.Image] | None:
        """Creates the image of the result that is on screen; None if there is none."""
        result = self._document.result
        return result.image if result is not None else None
