"""Opens the dialog that teaches a new edit, and takes the taught model into the menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from engine.library import ModelCard


class Teaching(QObject):
    """One dialog at a time; it may stay open while photos are edited."""

    model_taught = Signal(object)
    """`Path` of the new model."""

    def __init__(self, models: Callable[[], Sequence[ModelCard]], window: QWidget) -> None:
        super().__init__(window)
        self._models = models
        self._window = window
        self._dialog: QDialog | None = None

    def open(self) -> None:
        if self._dialog is None:
            self._dialog = self._make_dialog()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def close(self) -> bool:
        """Close the dialog; False if it asks to stay."""
        return self._dialog is None or self._dialog.close()

    def _make_dialog(self) -> QDialog:
        from ip2p_desktop.training.teach_dialog import TeachDialog

        dialog = TeachDialog(self._models(), self._window)
        dialog.model_taught.connect(self._on_taught)
        dialog.finished.connect(self._on_finished)
        return dialog

    def _on_taught(self, folder: Path) -> None:
        self.model_taught.emit(folder)

    def _on_finished(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = None
