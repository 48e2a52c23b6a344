"""Conversion from Pillow to Qt and back."""

from __future__ import annotations

from PIL import Image
from PySide6.QtGui import QColor, QImage

from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow, to_qimage


def test_pixels_survive_the_way_there_and_back() -> None:
    image = Image.effect_mandelbrot((37, 23), (-2, -1, 1, 1), 50).convert("RGB")
    image.putpixel((3, 4), (1, 2, 3))
    assert to_pillow(to_qimage(image)).tobytes() == image.tobytes()


def test_transparency_is_laid_on_white() -> None:
    image = QImage(4, 4, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    assert to_pillow(image).getpixel((1, 1)) == (255, 255, 255)


def test_large_photos_get_smaller_levels() -> None:
    image = DisplayImage.of(Image.new("RGB", (4096, 1024), "red"))
    assert [level.width() for level in image.levels] == [4096, 2048, 1024, 512]
    assert image.level_for(900).width() == 1024
    assert image.level_for(9000).width() == 4096


def test_thumbnails_show_the_middle() -> None:
    image = Image.new("RGB", (300, 100), "red")
    image.paste("blue", (100, 0, 200, 100))
    thumbnail = DisplayImage.of(image).thumbnail(50)
    assert (thumbnail.width(), thumbnail.height()) == (50, 50)
    assert thumbnail.pixelColor(5, 25).blue() > 200
