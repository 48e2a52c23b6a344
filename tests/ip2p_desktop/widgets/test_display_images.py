"""Conversion from Pillow to Qt and back."""

from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QColorSpace, QImage

from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow, to_qimage


def test_pixels_survive_the_way_there_and_back() -> None:
    image = Image.effect_mandelbrot((37, 23), (-2, -1, 1, 1), 50).convert("RGB")
    image.putpixel((3, 4), (1, 2, 3))
    assert to_pillow(to_qimage(image)).tobytes() == image.tobytes()


def test_transparency_is_kept() -> None:
    image = QImage(4, 4, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    image.setPixelColor(2, 1, QColor(255, 0, 0, 128))
    photo = to_pillow(image)
    assert photo.getpixel((1, 1)) == (0, 0, 0, 0)
    assert photo.getpixel((2, 1)) == (255, 0, 0, 128)


def test_transparent_pixels_are_painted_with_their_opacity() -> None:
    image = Image.new("RGBA", (4, 3), (200, 100, 50, 255))
    image.putpixel((1, 0), (255, 0, 0, 128))
    image.putpixel((2, 0), (255, 255, 255, 0))
    shown = DisplayImage.of(image)
    assert shown.has_alpha
    assert [shown.levels[0].pixelColor(x, 0).getRgb() for x in range(3)] == [
        (200, 100, 50, 255),
        (255, 0, 0, 128),
        (0, 0, 0, 0),
    ]


FORMATS = (
    QImage.Format.Format_ARGB32,
    QImage.Format.Format_ARGB32_Premultiplied,
    QImage.Format.Format_RGBA8888,
    QImage.Format.Format_RGBA64,
    QImage.Format.Format_RGB32,
    QImage.Format.Format_RGB888,
)


@pytest.mark.parametrize("image_format", FORMATS, ids=lambda image_format: image_format.name)
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_the_device_pixel_ratio_shrinks_nothing(image_format: QImage.Format, ratio: float) -> None:
    image = QImage(37, 23, image_format)
    image.fill(QColor("blue"))
    for x, y in ((0, 0), (36, 0), (0, 22), (36, 22), (18, 11)):
        image.setPixelColor(x, y, QColor("red"))
    image.setDevicePixelRatio(ratio)
    photo = to_pillow(image)
    assert photo.size == (37, 23)
    assert [photo.getpixel(place) for place in ((0, 0), (36, 0), (0, 22), (36, 22), (18, 11))] == [
        (255, 0, 0)
    ] * 5
    assert sorted(photo.getcolors()) == [(5, (255, 0, 0)), (37 * 23 - 5, (0, 0, 255))]


@pytest.mark.parametrize("image_format", [QImage.Format.Format_ARGB32, QImage.Format.Format_RGBA8888])
def test_a_pasted_picture_whose_alpha_is_unused_is_opaque(image_format: QImage.Format) -> None:
    image = QImage(20, 10, image_format)
    for x in range(20):
        for y in range(10):
            image.setPixelColor(x, y, QColor(12 * x, 100, 20 * y, 0))
    photo = to_pillow(image)
    assert photo.getpixel((5, 3)) == (60, 100, 60)
    assert photo.getpixel((19, 9)) == (228, 100, 180)


def test_an_unused_alpha_of_premultiplied_colours_is_ignored() -> None:
    pixels = b"\x40\x60\xa0\0" * 16  # as programs copy them that leave the fourth byte 0
    pasted = QImage(pixels, 4, 4, QImage.Format.Format_ARGB32_Premultiplied)
    assert to_pillow(pasted).getcolors() == [(16, (0xA0, 0x60, 0x40))]


def test_colours_of_another_space_become_srgb() -> None:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor(200, 100, 50))
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3))
    red, green, blue = to_pillow(image).getpixel((1, 1))
    assert red > 206
    assert green < 100
    assert blue < 50


def test_large_photos_get_smaller_levels() -> None:
    image = DisplayImage.of(Image.new("RGB", (4096, 1024), "red"))
    assert [level.width() for level in image.levels] == [4096, 2048, 1024, 512]
    assert [image.level_at(scale) for scale in (4, 1, 0.51, 0.5, 0.26, 0.01)] == [0, 0, 0, 1, 1, 3]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_levels_are_means_of_four_pixels(mode: str) -> None:
    image = Image.effect_noise((1501, 1033), 90).convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    expected = to_qimage(image.reduce(2))
    assert DisplayImage.of(image).levels[1] == expected


def test_thumbnails_show_the_middle() -> None:
    image = Image.new("RGB", (300, 100), "red")
    image.paste("blue", (100, 0, 200, 100))
    thumbnail = DisplayImage.of(image).thumbnail(50)
    assert (thumbnail.width(), thumbnail.height()) == (50, 50)
    assert thumbnail.pixelColor(5, 25).blue() > 200
