"""The photo in a TIFF file is its largest page; a camera's RAW file is developed or refused by name."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from fakes.image_bytes import Tags, as_pixels, drawn, encoded, tiff
from numpy.typing import NDArray
from PIL import Image

from engine.errors import ImageUnreadable
from engine.images.file_formats.tiff_files import largest_page
from engine.images.image_files import decode_photo

SMALL, LARGE = as_pixels(drawn((24, 16))), as_pixels(drawn((96, 64)))
REDUCED: Tags = {254: (4, (1,))}
TRANSPARENCY_MASK: Tags = {254: (4, (4,)), 262: (3, (4,))}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("sub_pages", [(), (1,)], ids=["second page", "sub-directory"])
def test_a_thumbnail_before_the_photo_is_passed_over(order: str, sub_pages: tuple[int, ...]) -> None:
    file = tiff((SMALL, REDUCED), (LARGE, {}), order=order, sub_pages=sub_pages)
    assert decode_photo(file, "photo.tif").tobytes() == drawn((96, 64)).tobytes()


def test_the_first_of_equal_pages_and_no_mask_is_taken() -> None:
    blue = np.zeros_like(SMALL)
    mask = np.zeros((200, 300), np.uint8)
    file = tiff((SMALL, {}), (blue, {}), (mask, TRANSPARENCY_MASK))
    assert decode_photo(file, "pages.tif").tobytes() == drawn((24, 16)).tobytes()


def test_the_orientation_of_the_file_turns_its_sub_page_once() -> None:
    turned = np.rot90(LARGE)
    for first, second in (
        ({274: (3, (6,))}, {}),
        ({274: (3, (6,))}, {274: (3, (6,))}),
        ({}, {274: (3, (6,))}),
    ):
        file = tiff((SMALL, {**REDUCED, **first}), (turned, second), sub_pages=(1,))
        assert decode_photo(file, "turned.tif").tobytes() == drawn((96, 64)).tobytes()


def test_a_deep_sub_page_is_found() -> None:
    file = tiff((SMALL, REDUCED), (LARGE.astype(np.uint16) * 257, {}), sub_pages=(1,))
    assert decode_photo(file, "deep.tif").tobytes() == drawn((96, 64)).tobytes()


def test_pages_in_a_circle_end() -> None:
    file = bytearray(tiff((SMALL, {}), (LARGE, {})))
    first = struct.unpack_from("<I", file, 4)[0]
    count = struct.unpack_from("<H", file, first)[0]
    second = struct.unpack_from("<I", file, first + 2 + 12 * count)[0]
    count = struct.unpack_from("<H", file, second)[0]
    struct.pack_into("<I", file, second + 2 + 12 * count, first)
    assert decode_photo(bytes(file), "circle.tif").size == (96, 64)


def test_pillows_own_files_of_several_pages_open() -> None:
    pages = [Image.new("RGB", (40, 30), "red"), Image.new("RGB", (80, 60), "blue")]
    data = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    assert decode_photo(data, "pages.tif").getcolors() == [(4800, (0, 0, 255))]
    big = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], big_tiff=True)
    assert decode_photo(big, "big.tif").getcolors() == [(4800, (0, 0, 255))]


COLOUR_MATRIX = (32405, -15371, -4985, -9693, 18760, 416, 556, -2040, 10572)
"""From XYZ to linear sRGB, in ten thousandths: the sensor sees those colours."""


def sensor(width: int = 96, height: int = 64) -> NDArray[np.uint16]:
    """The pixels of a Bayer sensor, RGGB, before an orange wall that lies in the shade at the left."""
    pixels = np.full((height, width), 16_000, np.uint16)
    pixels[::2, ::2], pixels[1::2, 1::2] = 32_000, 6_000
    pixels[:, : width // 2] //= 20
    return pixels


def dng() -> bytes:
    """A DNG file with a small preview, and the sensor's pixels in a sub-directory."""
    first: Tags = {
        **REDUCED,
        271: (2, b"Lumen\0"),
        272: (2, b"Lumen One\0"),
        50706: (1, bytes((1, 4, 0, 0))),
        50708: (2, b"Lumen One\0"),
        50721: (10, struct.pack("<18i", *(value for share in COLOUR_MATRIX for value in (share, 10_000)))),
        50728: (5, struct.pack("<6I", *(1, 1) * 3)),
    }
    pixels: Tags = {262: (3, (32803,)), 33421: (3, (2, 2)), 33422: (1, bytes((0, 1, 1, 2)))}
    return tiff((SMALL, first), (sensor(), pixels), sub_pages=(1,))


def test_a_raw_file_is_refused_by_name_without_its_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)
    for data in (dng(), b"FUJIFILMCCD-RAW 0201" + bytes(200), b"\0\0\0\x18ftypcrx \0\0\0\1" + bytes(200)):
        with pytest.raises(ImageUnreadable) as refusal:
            decode_photo(data, "IMG_1.dng")
        assert refusal.value.code == "image.camera-raw"
        assert str(refusal.value).startswith("IMG_1.dng is a camera RAW file, and the package rawpy")


def test_a_raw_file_is_developed() -> None:
    pytest.importorskip("rawpy")
    photo = decode_photo(dng(), "IMG_1.dng")
    assert photo.size == (96, 64)
    dark, bright = photo.getpixel((20, 32)), photo.getpixel((76, 32))
    assert dark[0] > dark[1] > dark[2] > 0
    assert min(bright) > max(dark)
    assert b"Lumen One" in photo.info["exif"]


def test_a_raw_file_that_cannot_be_developed_is_refused() -> None:
    pytest.importorskip("rawpy")
    with pytest.raises(ImageUnreadable) as refusal:
        decode_photo(b"FUJIFILMCCD-RAW 0201" + bytes(2000), "IMG_2.raf")
    assert refusal.value.code == "image.camera-raw-unknown"


def test_what_is_no_tiff_has_no_pages(tmp_path: Path) -> None:
    assert largest_page(b"II*\0") is None
    assert largest_page(b"II*\0\xff\xff\xff\xff" + bytes(40)) is None
    assert largest_page(encoded(drawn(), "PNG")) is None
