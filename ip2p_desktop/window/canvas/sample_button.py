"""A button with a sample photo."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

SAMPLE_SIDE = 88
RING = 4
CORNER = 8.0


class SampleButton(QAbstractButton):
    """A thumbnail with round corners, and a ring under the mouse or with the focus."""

    def __init__(self, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        name = path.stem.replace("-", " ").capitalize()
        self.setObjectName(f"sample_{path.stem}")
        self.setAccessibleName(self.tr("Sample photo: {name}").format(name=name))
        self.setToolTip(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(self.sizeHint())
        self._thumbnail = QImage()

    def show_thumbnail(self, thumbnail: QImage) -> None:
        """Show the image of the sample."""
        self._thumbnail = thumbnail
        self.update()

    @property
    def has_thumbnail(self) -> bool:
        """Whether the image has been set."""
        return not self._thumbnail.isNull()

    def sizeHint(self) -> QSize:
        return QSize(SAMPLE_SIDE + 2 * RING, SAMPLE_SIDE + 2 * RING)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        shape = QPainterPath()
        shape.addRoundedRect(area, CORNER, CORNER)
        painter.fillPath(shape, self.palette().mid())
        painter.setClipPath(shape)
        if not self._thumbnail.isNull():
            painter.drawImage(area, self._thumbnail)
        painter.setClipping(False)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.drawRoundedRect(area.adjusted(-2.5, -2.5, 2.5, 2.5), CORNER + 2, CORNER + 2)
