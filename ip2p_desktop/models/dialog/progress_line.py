"""The progress of a copy or a download, with a button to cancel it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.downloads import DownloadProgress
from ip2p_desktop.models.dialog import model_texts
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.controls.thin_bar import ThinBar
from ip2p_desktop.widgets.object_names import named

PARTS = 1000
"""Steps of the bar, which counts in 32-bit integers: too few for bytes."""


class ProgressLine(QWidget):
    """A line of text above a thin bar, and a Cancel button."""

    cancel_requested = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.label = named(ElidedLabel(), f"{name}_label")
        self.label.setProperty("role", "hint")
        self.bar = named(ThinBar(), f"{name}_bar")
        self.bar.setAccessibleName(self.tr("Progress"))
        self.amount = named(QLabel(), f"{name}_amount")
        self.amount.setProperty("role", "hint")
        self.cancel = plain_button(f"{name}_cancel", self.tr("Cancel"))
        self.cancel.clicked.connect(self.cancel_requested)
        column = QVBoxLayout()
        column.setSpacing(6)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.label, 1)
        line.addWidget(self.amount)
        column.addStretch(1)
        column.addLayout(line)
        column.addWidget(self.bar)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(column, 1)
        row.addWidget(self.cancel)

    def show_wait(self, text: str) -> None:
        """Show a task without known progress."""
        self._show(text, "", 0, 0)

    def show_progress(self, text: str, progress: DownloadProgress) -> None:
        """Show the progress in bytes of the task that `text` names."""
        done = round(PARTS * progress.received / progress.total) if progress.total else 0
        self._show(text, model_texts.amount(progress), done, PARTS if progress.total else 0)

    def _show(self, text: str, amount: str, done: int, total: int) -> None:
        self.label.setText(text)
        self.amount.setText(amount)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.bar.setAccessibleDescription(" · ".join(filter(None, (text, amount))))
