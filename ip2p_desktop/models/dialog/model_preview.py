"""The preview image of a model, or an icon if it has none."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.widgets.icons import ICON_SIZE, icon

SIDE = 64
CORNER = 8.0
THUMBNAIL_SIDE = 160
"""Pixels; enough for screens with more than two a point."""


def preview_thumbnail(image: QImage) -> QImage:
    """The middle of a preview as it is painted; a null image stays null."""
    return image if image.isNull() else DisplayImage((image,)).thumbnail(THUMBNAIL_SIDE)


class ModelPreview(QWidget):
    """Paints the image as a square with round corners."""

    def __init__(self, image: QImage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(SIDE, SIDE)
        self._image = image

    @property
    def has_image(self) -> bool:
        """Whether it shows a preview, not the icon."""
        return not self._image.isNull()

    def show_image(self, image: QImage) -> None:
        """Show another image; a null one for none."""
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(area, CORNER, CORNER)
        palette = QApplication.palette()
        painter.fillPath(shape, palette.color(QPalette.ColorRole.Midlight))
        painter.setClipPath(shape)
        if self._image.isNull():
            self._draw_icon(painter, palette.color(QPalette.ColorRole.Dark))
        else:
            painter.drawImage(area, self._image)

    def _draw_icon(self, painter: QPainter, colour: QColor) -> None:
        corner = (SIDE - ICON_SIZE) // 2
        icon("photo", colour, colour).paint(painter, corner, corner, ICON_SIZE, ICON_SIZE)
