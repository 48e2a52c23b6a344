"""One picture of a fixed edit, as a button that enlarges it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.photo_labels import draw_label
from ip2p_desktop.widgets.surfaces import tone

CORNER = 8.0
RING = 2.0
SMALLEST_SIDE = 96


class PreviewPicture(QAbstractButton):
    """A picture as large as it fits, with a caption; empty while it is loaded."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._image: QImage | None = None
        self._scaled: QImage | None = None
        self._remark = ""

    @property
    def image(self) -> QImage | None:
        """The picture; None while it is loaded or if it cannot be read."""
        return self._image

    @property
    def remark(self) -> str:
        """What is said instead of a picture."""
        return self._remark

    def show_picture(self, image: QImage | None, remark: str = "") -> None:
        """Show a picture, or a remark if there is none."""
        self._remark = "" if image else remark
        self.setEnabled(image is not None)
        if image is not self._image:
            self._image, self._scaled = image, None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(216, 216)

    def minimumSizeHint(self) -> QSize:
        return QSize(SMALLEST_SIDE, SMALLEST_SIDE)

    def frame(self) -> QRect:
        """Where the picture is painted: as large as it fits, at the top."""
        size = self._image.size() if self._image else QSize(1, 1)
        fitting = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(QPoint((self.width() - fitting.width()) // 2, 0), fitting)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.frame())
        outline = QPainterPath()
        outline.addRoundedRect(frame, CORNER, CORNER)
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(frame, tone(QPalette.ColorRole.Shadow))
        if self._image is not None:
            painter.drawImage(frame.topLeft(), self._at_size(self._image, frame.size().toSize()))
        painter.restore()
        if self._remark:
            painter.setPen(tone(QPalette.ColorRole.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(frame.adjusted(12, 40, -12, -12), flags, self._remark)
        draw_label(painter, self.text(), frame, Qt.AlignmentFlag.AlignLeft)
        if self.hasFocus():
            painter.setPen(QPen(tone(QPalette.ColorRole.Light), RING))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), CORNER, CORNER)

    def _at_size(self, image: QImage, size: QSize) -> QImage:
        """The picture in exactly the pixels of the screen, computed once for a size."""
        ratio = self.devicePixelRatioF()
        pixels = size * ratio
        if self._scaled is None or self._scaled.size() != pixels:
            self._scaled = image.scaled(
                pixels, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled
