"""The buttons beside a pad, the same in the settings panel and in the dialog."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.guidance.guidance_pad import GuidancePad


class PadControls(QWidget):
    """A pad, a check box and buttons. Those who use it lay them out."""

    randomise_requested = Signal()
    grid_requested = Signal()

    def __init__(
        self, name: str, *, side: int, thumbnail: int, edits_on_release: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.pad = GuidancePad(f"{name}_pad", side, thumbnail)
        self.edits_on_release = named(QCheckBox(self.tr("Edit on release")), f"{name}_edits_on_release")
        tip = self.tr("Start an edit with the current seed after every click or drag")
        self.edits_on_release.setToolTip(tip)
        self.edits_on_release.setAccessibleDescription(tip)
        self.edits_on_release.setChecked(edits_on_release)
        self.randomise = self._button(
            f"{name}_randomise",
            "dice",
            self.tr("Randomise"),
            self.tr("Draw both values from the useful range of the model, and a new seed (Ctrl+Shift+G)"),
        )
        self.grid = self._button(
            f"{name}_grid",
            "grid",
            self.tr("Try a grid…"),
            self.tr("Edit at several guidance values or seeds, and compare the results"),
        )
        self.randomise.clicked.connect(self.randomise_requested)
        self.grid.clicked.connect(self.grid_requested)

    def _button(self, name: str, icon_name: str, text: str, tip: str) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setAutoDefault(False)
        button.setProperty("role", "link")
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        set_icon(button, icon_name)
        return button
