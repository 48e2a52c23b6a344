"""An alpha channel that is 0 everywhere means nothing, whatever the format."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from fakes.image_bytes import drawn, encoded, tiff
from PIL import Image

from engine.images.image_files import decode_photo

DRAWN = drawn()


def unused_alpha(image: Image.Image = DRAWN) -> Image.Image:
    clear = image.convert("RGBA")
    clear.putalpha(0)
    return clear


def bmp_with_bit_fields(image: Image.Image) -> bytes:
    """A BMP file of 32 bits whose header of version 4 announces alpha."""
    pixels = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM).tobytes("raw", "BGRA")
    masks = (0x00FF0000, 0x0000FF00, 0x000000FF, 0xFF000000)
    header = struct.pack("<IiiHHIIiiII", 108, *image.size, 1, 32, 3, len(pixels), 2835, 2835, 0, 0)
    header += struct.pack("<4I", *masks) + b"BGRs" + bytes(48)
    return (
        b"BM" + struct.pack("<IHHI", 14 + len(header) + len(pixels), 0, 0, 14 + len(header)) + header + pixels
    )


FILES = {
    "bit fields.bmp": bmp_with_bit_fields,
    "photo.png": lambda image: encoded(image, "PNG"),
    "photo.tga": lambda image: encoded(image, "TGA"),
    "photo.webp": lambda image: encoded(image, "WEBP", lossless=True, exact=True),
    "photo.tif": lambda image: encoded(image, "TIFF"),
    "photo.ico": lambda image: encoded(image, "ICO", sizes=[image.size]),
}


@pytest.mark.parametrize("name", FILES)
def test_an_unused_channel_is_ignored(name: str) -> None:
    assert decode_photo(FILES[name](unused_alpha()), name).tobytes() == DRAWN.tobytes()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_colours_multiplied_by_an_unused_channel_are_shown(dtype: type) -> None:
    pixels = np.dstack([np.asarray(DRAWN), np.zeros((32, 48), np.uint8)]).astype(dtype)
    pixels *= np.iinfo(dtype).max // 255
    assert decode_photo(tiff((pixels, {338: (3, (1,))})), "p.tif").tobytes() == DRAWN.tobytes()
    pixels[:, :24] //= 2
    pixels[:, :24, 3] = np.iinfo(dtype).max // 2
    half = decode_photo(tiff((pixels, {338: (3, (1,))})), "p.tif")
    assert np.abs(np.subtract(half.getpixel((3, 3)), (255, 128, 128))).max() <= 2
    assert half.getpixel((40, 3)) == (255, 255, 255)


def test_opacity_written_as_1_is_ignored() -> None:
    opaque = DRAWN.convert("RGBA")
    opaque.putalpha(1)
    assert decode_photo(encoded(opaque, "PNG"), "photo.png").tobytes() == DRAWN.tobytes()


@pytest.mark.parametrize("colour", ["red", "white", "#010000"])
def test_an_unused_channel_is_ignored_in_one_colour_too(colour: str) -> None:
    plain = Image.new("RGB", (8, 8), colour)
    assert decode_photo(encoded(unused_alpha(plain), "PNG"), "plain.png").tobytes() == plain.tobytes()


def test_greys_and_sixteen_bits_with_an_unused_channel_are_shown() -> None:
    grey = DRAWN.convert("LA")
    grey.putalpha(0)
    assert (
        decode_photo(encoded(grey, "PNG"), "grey.png").tobytes() == grey.convert("L").convert("RGB").tobytes()
    )
    deep = np.dstack([np.asarray(DRAWN).astype(np.uint16) * 257, np.zeros((32, 48), np.uint16)])
    assert decode_photo(tiff((deep, {})), "deep.tif").tobytes() == DRAWN.tobytes()


@pytest.mark.parametrize("name", FILES)
def test_one_opaque_pixel_gives_the_channel_its_meaning(name: str) -> None:
    image = unused_alpha()
    image.putpixel((3, 3), (255, 0, 0, 255))
    photo = decode_photo(FILES[name](image), name)
    assert photo.getpixel((3, 3)) == (255, 0, 0)
    assert photo.getpixel((40, 3)) == (255, 255, 255)


def test_a_palette_that_is_all_transparent_is_shown() -> None:
    palette = DRAWN.convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    data = encoded(palette, "PNG", transparency=bytes(4))
    assert decode_photo(data, "palette.png").tobytes() == DRAWN.tobytes()


def test_half_of_a_palette_is_transparent() -> None:
    palette = DRAWN.convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    red = palette.getpixel((0, 0))
    data = encoded(palette, "PNG", transparency=red)
    photo = decode_photo(data, "palette.png")
    assert photo.getpixel((0, 0)) == (255, 255, 255)
    assert photo.getpixel((40, 0)) == (0, 255, 0)


def test_the_largest_picture_of_an_icon_is_opened() -> None:
    data = encoded(drawn((64, 64)).convert("RGBA"), "ICO", sizes=[(16, 16), (64, 64), (32, 32)])
    assert decode_photo(data, "icon.ico").tobytes() == drawn((64, 64)).tobytes()


def test_a_bitmap_without_a_file_header_is_opened() -> None:
    data = encoded(DRAWN, "DIB")
    assert decode_photo(data, "clipboard.dib").tobytes() == DRAWN.tobytes()
