"""Conversion between Pillow and Qt images.

A `DisplayImage` contains a photo and copies of half, a quarter and so on of its size, so that a large photo
is painted fast and smoothly at a small size. Creating one is slow and is done off the GUI thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from PIL import Image
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColorSpace, QImage

from engine.images.bands import bands
from engine.images.transparency import alpha_of, opaque

Image.core.set_block_size(64 * 1024**2)  # type: ignore[attr-defined]
"""Pillow allocates images in blocks of 1 MiB by default, which the C library keeps after they were freed:
after two edits of 100 megapixels 2.4 GiB. Larger blocks go back to the system."""
ROUNDING = 1e-6
SMALLEST_LEVEL = 512
"""The smallest copy has at least one side of this length."""


def to_qimage(image: Image.Image) -> QImage:
    """The image for Qt, in the format that it paints fastest.

    Converted in bands, as copying a large photo at once would block the GUI thread.
    """
    has_alpha = image.mode == "RGBA"
    formats = QImage.Format
    result = QImage(
        image.width, image.height, formats.Format_ARGB32_Premultiplied if has_alpha else formats.Format_RGB32
    )
    pixels, line = memoryview(result.bits()), result.bytesPerLine()
    for box in bands(image.size):
        _, top, _, bottom = box
        band = image.crop(box).convert("RGBa" if has_alpha else "RGBA")
        pixels[top * line : bottom * line] = band.tobytes("raw", "BGRa" if has_alpha else "BGRA")
    return result


def to_pillow(image: QImage) -> Image.Image:
    """The image for Pillow, sRGB, each of its pixels one: mode RGB, or RGBA if parts are transparent."""
    if image.format() == QImage.Format.Format_ARGB32_Premultiplied and not _has_opacity(image):
        image = QImage(image)
        image.reinterpretAsFormat(QImage.Format.Format_RGB32)
    if image.colorSpace().isValid():
        image = image.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    if image.hasAlphaChannel():
        copied = _copied(image.convertToFormat(QImage.Format.Format_RGBA8888), "RGBA", "RGBA")
        return opaque(copied) if alpha_of(copied) is None else copied
    # shares the pixels of an image that has this format, as all large ones do
    return _copied(image.convertToFormat(QImage.Format.Format_RGB32), "RGB", "BGRX")


def _has_opacity(image: QImage) -> bool:
    """Whether any pixel is not fully transparent."""
    opacity = image.convertToFormat(QImage.Format.Format_Alpha8)  # owns the bits while they are read
    return bool(bytes(opacity.constBits()).strip(b"\0"))


def _copied(image: QImage, mode: str, order: str) -> Image.Image:
    size = (image.width(), image.height())
    return Image.frombytes(mode, size, image.constBits(), "raw", order, image.bytesPerLine())


def _halved(image: Image.Image) -> Image.Image:
    """The image at half its size, computed in bands like `to_qimage`."""
    half = Image.new(image.mode, ((image.width + 1) // 2, (image.height + 1) // 2))
    for box in bands(image.size):
        half.paste(image.crop(box).reduce(2), (0, box[1] // 2))
    return half


@dataclass(frozen=True, eq=False, slots=True)
class DisplayImage:
    """An image with smaller copies, for painting at any size."""

    levels: tuple[QImage, ...]
    """The image, then its copies, each half the size of the one before."""

    @classmethod
    def of(cls, image: Image.Image) -> Self:
        """The image with its smaller copies. Slow: not for the GUI thread."""
        levels = [to_qimage(image)]
        while max(image.size) >= 2 * SMALLEST_LEVEL:
            image = _halved(image)
            levels.append(to_qimage(image))
        return cls(tuple(levels))

    @property
    def size(self) -> QSize:
        """The size of the image in pixels."""
        return self.levels[0].size()

    @property
    def has_alpha(self) -> bool:
        """Whether parts of the image are transparent."""
        return self.levels[0].hasAlphaChannel()

    @property
    def byte_count(self) -> int:
        """Bytes of memory of the image and its copies."""
        return sum(level.sizeInBytes() for level in self.levels)

    def level_at(self, scale: float) -> int:
        """The number of the smallest copy with enough pixels to be painted at `scale` of the image's size.

        Copy number n has 1 / 2**n of the width and height, rounded up.
        """
        number = 0
        while number + 1 < len(self.levels) and 2.0 ** -(number + 1) >= scale * (1 - ROUNDING):
            number += 1
        return number

    def thumbnail(self, side: int) -> QImage:
        """The middle of the image as a square of `side` pixels."""
        size = self.size.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        level = self.levels[self.level_at(size.width() / self.size.width())]
        scaled = level.scaled(
            size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        corner = QRect(0, 0, side, side)
        corner.moveCenter(scaled.rect().center())
        return scaled.copy(corner)
