"""The section of the settings panel with the small pad."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.guidance.pad_controls import PadControls

SIDE, THUMBNAIL = 200, 28


class GuidanceSection(PadControls):
    """A disclosure; below it the pad and its buttons. Edits on release are off at first."""

    large_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "guidance_section", side=SIDE, thumbnail=THUMBNAIL, edits_on_release=False, parent=parent
        )
        self.disclosure = named(QPushButton(self.tr("Guidance pad")), "guidance_disclosure")
        self.disclosure.setProperty("role", "disclosure")
        self.disclosure.setCheckable(True)
        tip = self.tr(
            "Both guidance values as a plane: click or drag to set them. "
            "Shaded is where the model works well, the ring is what it recommends."
        )
        self.disclosure.setToolTip(tip)
        self.disclosure.setAccessibleDescription(tip)
        self.large = self._button(
            "guidance_large", "fit", self.tr("Larger…"), self.tr("Open a larger guidance pad (Ctrl+G)")
        )
        self._content = named(QWidget(), "guidance_content")
        self._lay_out()
        self._show_content(False)
        self.disclosure.toggled.connect(self._show_content)
        self.large.clicked.connect(self.large_requested)

    def _lay_out(self) -> None:
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 6, 0, 0)
        content.setSpacing(4)
        content.addWidget(self.pad)
        for left, right in ((self.randomise, self.grid), (self.edits_on_release, self.large)):
            row = WrappingRow()
            row.addWidget(left)
            row.addWidget(right)
            content.addLayout(row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.disclosure)
        layout.addWidget(self._content)

    def _show_content(self, shown: bool) -> None:
        self._content.setVisible(shown)
        set_icon(self.disclosure, "chevron-down" if shown else "chevron-right")
