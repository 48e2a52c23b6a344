"""Opens the training dialog and adds new models to the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.session.edit_tree import EditTree

if TYPE_CHECKING:
    from ip2p_desktop.training.dialog.training_dialog import TrainingDialog


class TrainingAction(QObject):
    """Creates the dialog at its first use. Closing the dialog hides it, as a run may continue."""

    model_trained = Signal(object)
    """`Path` of the model to use."""

    def __init__(self, models: InstalledModels, window: QWidget) -> None:
        super().__init__(window)
        self._models = models
        models.changed.connect(self._show_models)
        self._window = window
        self._dialog: TrainingDialog | None = None
        self.tree: EditTree | None = None
        """The photos and results that are offered for pairs."""

    @property
    def is_running(self) -> bool:
        """Whether a training run is in progress."""
        return self._dialog is not None and self._dialog.session.is_running()

    def open(self) -> None:
        """Open the dialog."""
        self._shown_dialog()

    def use_as_pair(self, result: EditedPhoto) -> None:
        """Open the dialog with a result and its photo among the pairs that are collected."""
        self._shown_dialog().use_as_pair(result)

    def _shown_dialog(self) -> TrainingDialog:
        if self._dialog is None:
            self._dialog = self._make_dialog()
            if self.tree is not None:
                self._dialog.show_tree(self.tree)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
        return self._dialog

    def _show_models(self) -> None:
        if self._dialog is not None:
            self._dialog.show_models(self._models.cards)

    def shut_down(self) -> None:
        """Stop a run with a checkpoint and wait until its process has ended."""
        if self._dialog is not None:
            self._dialog.hide()
            self._dialog.shut_down()

    def _make_dialog(self) -> TrainingDialog:
        # imported here, so that the window starts without the modules of the dialog
        from ip2p_desktop.training.dialog.training_dialog import TrainingDialog

        dialog = TrainingDialog(self._models.cards, self._window)
        dialog.model_installed.connect(self._models.reload)
        dialog.model_trained.connect(self.model_trained)
        return dialog
