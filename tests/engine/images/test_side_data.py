"""Damaged or oversized metadata does not keep a photo from being opened; damaged pixels still do."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fakes.image_bytes import (
    as_pixels,
    drawn,
    encoded,
    jpeg_segment,
    jpeg_with,
    png_chunk,
    png_with,
    tiff,
    webp_with,
)
from PIL import Image, ImageCms, PngImagePlugin

from engine.edit_settings import EditSettings
from engine.errors import ImageUnreadable
from engine.images.edit_record import read_edit_record
from engine.images.image_files import decode_photo
from engine.images.image_saving import save_image
from engine.request import EditRequest

DRAWN = drawn()
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def packed(size: int) -> bytes:
    return zlib.compress(bytes(size), 1)


LONG_CHUNKS: dict[str, Callable[[], bytes]] = {
    "text that is long": lambda: png_chunk(b"zTXt", b"Comment\0\0" + packed(1_600_000)),
    "zTXt": lambda: png_chunk(b"zTXt", b"Comment\0\0" + packed(20_000_000)),
    "iTXt": lambda: png_chunk(b"iTXt", b"Comment\0\1\0\0\0" + packed(20_000_000)),
    "iCCP": lambda: png_chunk(b"iCCP", b"profile\0\0" + packed(20_000_000)),
    "tEXt": lambda: png_chunk(b"tEXt", b"Comment\0" + b"x" * 70_000_000),
    "many": lambda: 6 * png_chunk(b"zTXt", b"Comment\0\0" + packed(15_000_000)),
}


@pytest.mark.parametrize("name", LONG_CHUNKS)
def test_a_png_opens_however_long_its_texts_are(name: str) -> None:
    assert decode_photo(png_with(DRAWN, LONG_CHUNKS[name]()), "photo.png").tobytes() == DRAWN.tobytes()


def wrong_sum(chunk: bytes) -> bytes:
    return chunk[:-4] + bytes(byte ^ 0x55 for byte in chunk[-4:])


PNG_CHUNKS = {
    "zTXt that is no zlib": png_chunk(b"zTXt", b"Comment\0\0not compressed"),
    "iCCP of an unknown compression": png_chunk(b"iCCP", b"profile\0\7" + zlib.compress(SRGB)),
    "iCCP without a name": png_chunk(b"iCCP", b"x"),
    "short gAMA": png_chunk(b"gAMA", b"\0"),
    "short cHRM": png_chunk(b"cHRM", b"\0\0\1"),
    "empty sRGB": png_chunk(b"sRGB", b""),
    "short pHYs": png_chunk(b"pHYs", b"\0\0"),
    "short tRNS": png_chunk(b"tRNS", b"\0"),
    "short acTL": png_chunk(b"acTL", b"\0"),
    "broken fcTL": png_chunk(b"acTL", struct.pack(">II", 2, 0)) + png_chunk(b"fcTL", bytes(26)),
    "empty eXIf": png_chunk(b"eXIf", b""),
    "broken eXIf": png_chunk(b"eXIf", b"II*\0" + struct.pack("<IH", 8, 500) + b"\x12\x01"),
    "unknown chunk": png_chunk(b"ruBB", b"x" * 100),
    **{
        f"wrong sum of {kind.decode()}": wrong_sum(png_chunk(kind, body))
        for kind, body in {
            b"pHYs": struct.pack(">IIB", 2835, 2835, 1),
            b"tEXt": b"Comment\0hello",
            b"iCCP": b"profile\0\0" + zlib.compress(SRGB),
            b"tIME": bytes(7),
            b"bKGD": bytes(6),
            b"sBIT": bytes(3),
        }.items()
    },
}


@pytest.mark.parametrize("name", PNG_CHUNKS)
def test_a_png_opens_whatever_lies_beside_its_pixels(name: str) -> None:
    assert decode_photo(png_with(DRAWN, PNG_CHUNKS[name]), "photo.png").tobytes() == DRAWN.tobytes()


def test_what_is_valid_beside_a_broken_chunk_is_kept() -> None:
    resolution = png_chunk(b"pHYs", struct.pack(">IIB", 11811, 11811, 1))
    profile = png_chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(SRGB))
    text = png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x xmlns='y'/>")
    photo = decode_photo(png_with(DRAWN, profile, resolution, text, LONG_CHUNKS["zTXt"]()), "photo.png")
    assert photo.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert photo.info["xmp"] == b"<x xmlns='y'/>"
    assert "icc_profile" in photo.info


def test_a_transparent_colour_beside_a_broken_chunk_is_kept() -> None:
    clear = png_chunk(b"tRNS", struct.pack(">HHH", 255, 0, 0))
    photo = decode_photo(png_with(DRAWN, clear, PNG_CHUNKS["short gAMA"]), "photo.png")
    assert photo.getpixel((0, 0)) == (255, 255, 255)
    assert photo.getpixel((40, 0)) == (0, 255, 0)


def test_damaged_pixels_stay_damaged() -> None:
    data = bytearray(encoded(DRAWN, "PNG"))
    place = data.index(b"IDAT") + 12
    data[place] ^= 0xFF
    for broken in (bytes(data), bytes(data[: place + 4]), png_with(DRAWN)[:-40]):
        with pytest.raises(ImageUnreadable, match="damaged or incomplete"):
            decode_photo(broken, "photo.png")


def test_the_edit_record_is_read_beside_broken_chunks(tmp_path: Path) -> None:
    path = tmp_path / "edited.png"
    request = EditRequest(
        source_image=DRAWN, instruction="make it snow", model=Path("m"), settings=EditSettings()
    )
    save_image(DRAWN, path, request)
    data = path.read_bytes()
    path.write_bytes(data[:33] + LONG_CHUNKS["zTXt"]() + PNG_CHUNKS["wrong sum of tIME"] + data[33:])
    record = read_edit_record(path)
    assert record is not None
    assert record.instruction == "make it snow"


def thumbnail() -> bytes:
    return encoded(Image.new("RGB", (16, 12), "grey"), "JPEG")


EXIF = b"Exif\0\0II*\0" + struct.pack("<IHHHII", 8, 1, 0x0110, 2, 40, 26)
JPEG_SEGMENTS = {
    "truncated EXIF": jpeg_segment(0xE1, EXIF[:20]),
    "EXIF that points far away": jpeg_segment(0xE1, EXIF.replace(b"\x1a\0\0\0", b"\xff\xff\xff\x7f")),
    "EXIF of nothing": jpeg_segment(0xE1, b"Exif\0\0"),
    "EXIF without byte order": jpeg_segment(0xE1, b"Exif\0\0XX*\0" + bytes(20)),
    "empty JFIF": jpeg_segment(0xE0, b"JFIF"),
    "short JFIF": jpeg_segment(0xE0, b"JFIF\0\1"),
    "short Adobe": jpeg_segment(0xEE, b"Adobe\0"),
    "empty ICC": jpeg_segment(0xE2, b"ICC_PROFILE\0"),
    "ICC with a missing part": jpeg_segment(0xE2, b"ICC_PROFILE\0\1\3" + SRGB[:100]),
    "ICC that is no profile": jpeg_segment(0xE2, b"ICC_PROFILE\0\1\1" + b"x" * 300),
    "broken MPF": jpeg_segment(0xE2, b"MPF\0II*\0" + struct.pack("<IH", 8, 900) + b"\0\xb0"),
    "MPF without images": jpeg_segment(0xE2, b"MPF\0MM\0*" + struct.pack(">IHHHII", 8, 1, 0xB001, 4, 1, 7)),
    "broken image resources": jpeg_segment(0xED, b"Photoshop 3.0\x008BIM\x03\xed\0\0\0\0\0\x02\0\0"),
    "XMP that is no XML": jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta <<"),
    "segment longer than it is": jpeg_segment(0xE1, EXIF, length=len(EXIF) + 60),
    "segment shorter than it is": jpeg_segment(0xE1, EXIF + bytes(50), length=20),
    "thumbnail in a segment that is too long": jpeg_segment(0xE1, EXIF + thumbnail(), length=4000),
}


@pytest.mark.parametrize("name", JPEG_SEGMENTS)
def test_a_jpeg_opens_whatever_lies_beside_its_pixels(name: str) -> None:
    plain = decode_photo(jpeg_with(DRAWN), "plain.jpg")
    photo = decode_photo(jpeg_with(DRAWN, JPEG_SEGMENTS[name]), "photo.jpg")
    assert photo.tobytes() == plain.tobytes()


def test_the_thumbnail_does_not_stand_in_for_a_damaged_photo() -> None:
    data = jpeg_with(DRAWN, jpeg_segment(0xE1, EXIF + thumbnail()))
    frame = data.rindex(b"\xff\xc0")
    tables = data.rindex(b"\xff\xdb", 0, frame)
    for place in (frame, tables):
        broken = data[: place + 1] + b"\x07" + data[place + 2 :]
        with pytest.raises(ImageUnreadable):
            decode_photo(broken, "photo.jpg")


def test_a_jpeg_in_cmyk_keeps_its_colours_beside_broken_segments() -> None:
    cmyk = Image.new("CMYK", (32, 32), (0, 200, 200, 0))
    plain = encoded(cmyk, "JPEG", quality=95)
    broken = plain[:2] + JPEG_SEGMENTS["short JFIF"] + plain[2:]
    assert decode_photo(broken, "c.jpg").tobytes() == decode_photo(plain, "c.jpg").tobytes()


@pytest.mark.parametrize(
    "chunks",
    [
        ((b"EXIF", b"II*\0\xff\xff"),),
        ((b"EXIF", b""),),
        ((b"XMP ", b"<<<"),),
        ((b"ICCP", b"x" * 50),),
        ((b"EXIF", b"not EXIF"), (b"XMP ", b"\xff\xfe\xff")),
    ],
    ids=["truncated EXIF", "empty EXIF", "XMP that is no XML", "no profile", "several"],
)
def test_a_webp_opens_whatever_lies_beside_its_pixels(chunks: tuple[tuple[bytes, bytes], ...]) -> None:
    data = webp_with(DRAWN, *chunks, flags=0b0010_1100)
    assert decode_photo(data, "photo.webp").tobytes() == DRAWN.tobytes()


def test_a_webp_whose_last_chunk_is_cut_opens() -> None:
    data = webp_with(DRAWN, (b"EXIF", b"II*\0" + bytes(200)), flags=0b0000_1000)
    for length in (len(data) - 150, len(data) - 206):
        assert decode_photo(data[:length], "photo.webp").tobytes() == DRAWN.tobytes()


def test_a_tiff_opens_whatever_its_other_tags_are() -> None:
    far = struct.pack("<I", 2**31)
    pixels = as_pixels(DRAWN)
    file = tiff(
        (pixels, {270: (2, b"text\0\0"), 34675: (7, b"no profile"), 700: (1, b"<x"), 33723: (7, b"1")})
    )
    assert decode_photo(file, "photo.tif").tobytes() == DRAWN.tobytes()
    for tag in (270, 34675, 700):
        entry = file.index(struct.pack("<H", tag) + struct.pack("<H", {270: 2, 34675: 7, 700: 1}[tag]))
        broken = file[: entry + 4] + far + far + file[entry + 12 :]
        assert decode_photo(broken, "photo.tif").tobytes() == DRAWN.tobytes()
    assert np.array_equal(pixels, np.asarray(DRAWN))


def test_a_long_profile_still_converts_colours() -> None:
    padded = struct.pack(">I", len(SRGB) + 2_000_000) + SRGB[4:] + bytes(2_000_000)
    assert len(padded) > PngImagePlugin.MAX_TEXT_CHUNK // 10
    photo = decode_photo(encoded(DRAWN, "PNG", icc_profile=padded), "photo.png")
    assert photo.tobytes() == DRAWN.tobytes()
    assert "icc_profile" in photo.info
