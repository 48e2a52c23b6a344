"""Photos as Pillow holds them, and as Qt paints them.

A `DisplayImage` keeps the photo and its halves, quarters and so on, so that painting a large photo
small is both quick and smooth. Making one takes time: do it off the GUI thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from PIL import Image
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter

BAND = 256
"""Lines of a photo that are converted at a time."""
SMALLEST_LEVEL = 512
"""No further halving once both sides are below this."""


def to_qimage(image: Image.Image) -> QImage:
    """The same pixels for Qt, in the layout it paints fastest.

    Done in bands: copying a large photo at once would keep the GUI thread from running.
    """
    result = QImage(image.width, image.height, QImage.Format.Format_RGB32)
    pixels, line = memoryview(result.bits()), result.bytesPerLine()
    for top in range(0, image.height, BAND):
        bottom = min(top + BAND, image.height)
        band = image.crop((0, top, image.width, bottom)).convert("RGBA")
        pixels[top * line : bottom * line] = band.tobytes("raw", "BGRA")
    return result


def to_pillow(image: QImage) -> Image.Image:
    """The same pixels for Pillow, mode RGB; transparency is laid on white."""
    if image.hasAlphaChannel():
        image = _on_white(image)
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    size = (plain.width(), plain.height())
    return Image.frombytes("RGB", size, bytes(plain.constBits()), "raw", "RGB", plain.bytesPerLine())


def _on_white(image: QImage) -> QImage:
    white = QImage(image.size(), QImage.Format.Format_RGB32)
    white.fill(Qt.GlobalColor.white)
    painter = QPainter(white)
    painter.drawImage(0, 0, image)
    painter.end()
    return white


@dataclass(frozen=True, eq=False, slots=True)
class DisplayImage:
    """A photo ready to be painted at any size."""

    levels: tuple[QImage, ...]
    """The photo, then ever smaller copies, each half the one before."""

    @classmethod
    def of(cls, image: Image.Image) -> Self:
        levels = [to_qimage(image)]
        while max(image.size) >= 2 * SMALLEST_LEVEL:
            image = image.reduce(2)
            levels.append(to_qimage(image))
        return cls(tuple(levels))

    @property
    def size(self) -> QSize:
        return self.levels[0].size()

    @property
    def byte_count(self) -> int:
        return sum(level.sizeInBytes() for level in self.levels)

    def level_for(self, width: float) -> QImage:
        """The smallest copy that need not be enlarged to be `width` pixels wide."""
        for level in reversed(self.levels):
            if level.width() >= width:
                return level
        return self.levels[0]

    def thumbnail(self, side: int) -> QImage:
        """The middle of the photo as a square of `side` pixels."""
        size = self.size.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        scaled = self.level_for(size.width()).scaled(
            size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        corner = QRect(0, 0, side, side)
        corner.moveCenter(scaled.rect().center())
        return scaled.copy(corner)
