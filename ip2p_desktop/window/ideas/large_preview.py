"""A known edit seen large, with its instruction and what can be done with it."""

from __future__ import annotations

from textwrap import shorten

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ip2p_desktop.editing.previews.known_edits import KnownIdea
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label

CORNER = 10.0
WIDTH = 320
MOST_CHARACTERS = 200
"""Of an instruction, so that the buttons below it stay in sight."""


class LargePreview(QWidget):
    """The idea that is looked at."""

    chosen = Signal(str, bool)
    """An instruction, and whether to make the edit at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("large_preview")
        self.setFixedWidth(WIDTH)
        self.idea: KnownIdea | None = None
        self.picture = _Picture()
        self.title = ElidedLabel()
        self.title.setProperty("role", "section")
        self.instruction = body_label("", role="hint")
        self.use_button = plain_button("use_idea", self.tr("Use"))
        self.use_button.setToolTip(self.tr("Write this instruction (click or Enter)"))
        self.edit_button = named(QPushButton(self.tr("Edit")), "edit_idea")
        self.edit_button.setProperty("role", "primary")
        self.edit_button.setToolTip(self.tr("Make this edit at once (Shift+click or Shift+Enter)"))
        self.use_button.clicked.connect(lambda: self._choose(False))
        self.edit_button.clicked.connect(lambda: self._choose(True))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.picture, 1)
        column.addSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.instruction)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.use_button, 1)
        row.addWidget(self.edit_button, 1)
        column.addSpacing(6)
        column.addLayout(row)
        self.show_idea(None, None)

    def show_idea(self, idea: KnownIdea | None, image: QImage | None) -> None:
        """Show an idea with its image, if there is one."""
        self.idea = idea
        self.title.setText(idea.name if idea else "")
        is_named = idea is not None and idea.has_name
        instruction = shorten(idea.instruction, MOST_CHARACTERS, placeholder=" …") if idea else ""
        self.instruction.setText(f"“{instruction}”" if is_named else "")
        self.instruction.setVisible(is_named)
        for button in (self.use_button, self.edit_button):
            button.setEnabled(idea is not None)
        self.picture.show_image(image)

    def _choose(self, edits_now: bool) -> None:
        if self.idea is not None:
            self.chosen.emit(self.idea.instruction, edits_now)


class _Picture(QWidget):
    """An image, as large as the widget allows, at its upper edge."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("large_picture")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.image: QImage | None = None

    def show_image(self, image: QImage | None) -> None:
        self.image = image
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, WIDTH)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.image is None:
            return
        size = QSizeF(self.image.size()).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF((self.width() - size.width()) / 2, 0, size.width(), size.height())
        path = QPainterPath()
        path.addRoundedRect(area, CORNER, CORNER)
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(path)
        painter.drawImage(area, self.image)
