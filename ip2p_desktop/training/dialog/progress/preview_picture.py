"""One picture of a fixed edit, as a button that enlarges it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import tone

CORNER = 8.0
RING = 2.0
CAPTION_GAP = 4
SMALLEST_SIDE = 96
GAP = 10
"""Points between two pictures."""
SMALLEST_HEIGHT = 150
"""The smallest height of a row of pictures with their captions."""


class PreviewPicture(QAbstractButton):
    """A picture as large as it fits below its caption; empty while it is loaded."""

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

    @property
    def caption_height(self) -> int:
        """The height of the caption with the gap below it."""
        return self.fontMetrics().height() + CAPTION_GAP

    def sizeHint(self) -> QSize:
        return QSize(216, 216 + self.caption_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(SMALLEST_SIDE, SMALLEST_SIDE)

    def frame(self) -> QRect:
        """Where the picture is painted."""
        area = self.rect().adjusted(0, self.caption_height, 0, 0)
        size = self._image.size() if self._image else QSize(1, 1)
        return QRect(area.topLeft(), size.scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tone(QPalette.ColorRole.PlaceholderText))
        caption = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, caption)
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
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(frame.adjusted(12, 12, -12, -12), flags, self._remark)
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


class PreviewRow(QWidget):
    """Pictures of one shape side by side, as large as they fit, in the middle."""

    def __init__(self, pictures: Sequence[PreviewPicture], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._shape = 1.0
        for picture in pictures:
            picture.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(SMALLEST_HEIGHT)

    def arrange(self, shown: Collection[PreviewPicture], shape: float) -> None:
        """Show these pictures, whose heights are `shape` times their widths."""
        for picture in self._pictures:
            picture.setVisible(picture in shown)
        self._shape = shape
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(640, SMALLEST_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def largest_height(self) -> int:
        """The height above which the width limits the pictures."""
        return max(SMALLEST_HEIGHT, self._captions() + round(self._widest() * self._shape))

    def _shown(self) -> list[PreviewPicture]:
        return [picture for picture in self._pictures if not picture.isHidden()]

    def _captions(self) -> int:
        return self._pictures[0].caption_height

    def _widest(self) -> float:
        count = max(1, len(self._shown()))
        return (self.width() - GAP * (count - 1)) / count

    def _place(self) -> None:
        shown = self._shown()
        width = min(self._widest(), (self.height() - self._captions()) / self._shape)
        size = QSize(round(width), round(width * self._shape) + self._captions())
        left = (self.width() - len(shown) * size.width() - GAP * (len(shown) - 1)) // 2
        for number, picture in enumerate(shown):
            picture.setGeometry(QRect(QPoint(left + number * (size.width() + GAP), 0), size))
