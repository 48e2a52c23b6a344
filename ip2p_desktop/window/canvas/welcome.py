"""The page that the canvas shows before a photo is open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.window.canvas.sample_button import SAMPLE_SIDE, SampleButton

COLUMNS = 4
SAMPLES_HEIGHT, ROOMY_HEIGHT = 260, 400
"""Heights in points from which on samples are shown, and more than one row of them."""


class WelcomePage(QWidget):
    """A sentence, two buttons and sample photos."""

    open_requested = Signal()
    paste_requested = Signal()
    sample_chosen = Signal(object)
    """The `Path` of a shipped photo."""

    def __init__(self, samples: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        layout.addStretch(1)
        layout.addWidget(self._label(self.tr("Edit a photo in your own words"), "title"))
        sentence = self.tr("Drop a photo here, then write what should change.")
        layout.addWidget(self._label(sentence, "hint"))
        layout.addSpacing(8)
        layout.addLayout(self._buttons())
        # created after the buttons, as the Tab order is the order of creation
        self._samples = {path: SampleButton(path, self) for path in samples}
        self._samples_label = self._label(self.tr("Or begin with one of these"), "hint")
        self._samples_label.setParent(self)
        if samples:
            layout.addSpacing(16)
            layout.addWidget(self._samples_label)
            layout.addLayout(self._sample_grid())
        layout.addStretch(1)

    def show_thumbnail(self, path: Path, thumbnail: QImage) -> None:
        """Show the image of a sample."""
        if path in self._samples:
            self._samples[path].show_thumbnail(thumbnail)

    def sample_button(self, path: Path) -> SampleButton:
        """The button of a sample."""
        return self._samples[path]

    @property
    def thumbnail_side(self) -> int:
        """Side of a thumbnail in pixels on this screen."""
        return round(SAMPLE_SIDE * self.devicePixelRatioF())

    def minimumSizeHint(self) -> QSize:
        return QSize(400, 140)

    def resizeEvent(self, event: QResizeEvent) -> None:
        height = self.height()
        self._samples_label.setVisible(bool(self._samples) and height >= SAMPLES_HEIGHT)
        for number, button in enumerate(self._samples.values()):
            button.setVisible(height >= (SAMPLES_HEIGHT if number < COLUMNS else ROOMY_HEIGHT))

    def _label(self, text: str, role: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", role)
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        label.setWordWrap(True)
        return label

    def _buttons(self) -> QHBoxLayout:
        open_button = QPushButton(self.tr("Open photo…"))
        open_button.setObjectName("welcome_open")
        open_button.setProperty("role", "primary")
        set_icon(open_button, "open")
        open_button.clicked.connect(self.open_requested)
        paste_button = QPushButton(self.tr("Paste"))
        paste_button.setObjectName("welcome_paste")
        set_icon(paste_button, "paste")
        paste_button.clicked.connect(self.paste_requested)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(open_button)
        row.addWidget(paste_button)
        row.addStretch(1)
        return row

    def _sample_grid(self) -> QHBoxLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        for number, (path, button) in enumerate(self._samples.items()):
            button.clicked.connect(lambda _=False, chosen=path: self.sample_chosen.emit(chosen))
            grid.addWidget(button, number // COLUMNS, number % COLUMNS)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addLayout(grid)
        row.addStretch(1)
        return row
