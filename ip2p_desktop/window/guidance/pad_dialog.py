"""The large guidance pad, in a window beside the main window."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.surfaces import body_label
from ip2p_desktop.window.guidance.pad_controls import PadControls

MARGIN = 20
SIZE = QSize(620, 620)
SMALLEST_SIZE = QSize(540, 340)
SIDE, THUMBNAIL = 440, 64


class PadDialog(QDialog):
    """The pad with its buttons. The main window can be used meanwhile. Edits on release are on at first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pad_dialog")
        self.setWindowTitle(self.tr("Guidance pad"))
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self.controls = PadControls(
            "large_guidance", side=SIDE, thumbnail=THUMBNAIL, edits_on_release=True, parent=self
        )
        self.values = body_label("", role="section")
        self.close_button = plain_button("close_pad", self.tr("Close"))
        self._lay_out()
        self.close_button.clicked.connect(self.accept)

    def show_values(self, text_guidance: float, image_guidance: float) -> None:
        """Show the current values as text."""
        text = self.tr("Text guidance {text} · image guidance {image}")
        self.values.setText(text.format(text=f"{text_guidance:g}", image=f"{image_guidance:g}"))

    def _lay_out(self) -> None:
        controls = self.controls
        explanation = self.tr(
            "Shaded: where this model works well. Ring: recommended. "
            "Thumbnails: what you tried with this photo, instruction and seed; click one to see it."
        )
        foot = QHBoxLayout()
        foot.setSpacing(16)
        for widget in (controls.edits_on_release, controls.randomise, controls.grid):
            foot.addWidget(widget)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(controls)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN - 4)
        column.setSpacing(8)
        column.addWidget(self.values)
        column.addWidget(body_label(explanation, role="hint"))
        column.addWidget(controls.pad, 1)
        column.addLayout(foot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(controls)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetMinimumSize)  # long texts may need more
