"""A thin progress bar with a text and a Cancel button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ip2p_desktop.training.dialog.pictures.controls.text_buttons import text_button
from ip2p_desktop.widgets.controls.thin_bar import ThinBar
from ip2p_desktop.widgets.object_names import named


class ProgressStrip(QWidget):
    """Hidden until `show_progress`."""

    cancel_requested = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.label = named(QLabel(), f"{name}_label")
        self.label.setProperty("role", "hint")
        self.bar = named(ThinBar(), f"{name}_bar")
        self.bar.setAccessibleName(self.tr("Progress"))
        self.cancel = text_button(f"{name}_cancel", self.tr("Cancel"))
        self.cancel.clicked.connect(self.cancel_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.bar, 1)
        row.addWidget(self.label)
        row.addWidget(self.cancel)
        self.hide()

    def show_progress(self, done: int, total: int) -> None:
        """Show how much is done; a total of 0 means that it is not known."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.label.setText(self.tr("{done} of {total}").format(done=done, total=total) if total else "")
        self.show()
