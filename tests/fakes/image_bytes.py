"""Builds image files byte by byte: chunks, segments and directories as other programs write them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
STRUCT_OF_KIND = {3: "H", 4: "I"}
FRACTIONS = (5, 10)


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=file_format, **options)
    return buffer.getvalue()


def drawn(size: tuple[int, int] = (48, 32)) -> Image.Image:
    """Four quarters: red and lime above blue and white."""
    image = Image.new("RGB", size)
    half = size[0] // 2, size[1] // 2
    for colour, place in zip(
        ("red", "lime", "blue", "white"), ((0, 0), (half[0], 0), (0, half[1]), half), strict=True
    ):
        image.paste(colour, (*place, place[0] + half[0], place[1] + half[1]))
    return image


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(image: Image.Image, *chunks: bytes) -> bytes:
    """A PNG file with these chunks behind its header."""
    data = encoded(image, "PNG")
    header_end = len(PNG_SIGNATURE) + 25
    return data[:header_end] + b"".join(chunks) + data[header_end:]


def jpeg_segment(marker: int, body: bytes, length: int | None = None) -> bytes:
    """A segment; `length` may say something wrong."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2 if length is None else length) + body


def jpeg_with(image: Image.Image, *segments: bytes, quality: int = 95) -> bytes:
    """A JPEG file with these segments at its beginning."""
    data = encoded(image, "JPEG", quality=quality, subsampling=0)
    return data[:2] + b"".join(segments) + data[2:]


def webp_with(image: Image.Image, *chunks: tuple[bytes, bytes], flags: int) -> bytes:
    """A lossless WebP file with these chunks behind its pixels, announced by `flags`."""
    pixels = encoded(image, "WEBP", lossless=True)[12:]
    width, height = (struct.pack("<I", side - 1)[:3] for side in image.size)
    head = b"VP8X" + struct.pack("<II", 10, flags) + width + height
    body = b"WEBP" + head + pixels
    for kind, content in chunks:
        body += kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


Tags = Mapping[int, tuple[int, Sequence[int] | bytes]]
"""Types and values by tag."""


def tiff(*pages: tuple[NDArray[Any], Tags], order: str = "<", sub_pages: Sequence[int] = ()) -> bytes:
    """An uncompressed TIFF file of these pages, height × width (× channels), with more tags each.

    The pages whose numbers are in `sub_pages` lie in a sub-directory of the first.
    """
    file = bytearray((b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 0))
    next_at, sub_at = 4, 0
    for number, (pixels, more) in enumerate(pages):
        strip = len(file)
        file += pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
        file += bytes(len(file) % 2)
        tags = {**_pixel_tags(pixels, strip), **more}
        if number == 0 and sub_pages:
            tags[330] = (4, (0,))
        place, pointer = _add_directory(file, tags, order)
        if number in sub_pages:
            struct.pack_into(f"{order}I", file, sub_at, place)
            continue
        struct.pack_into(f"{order}I", file, next_at, place)
        next_at = place + 2 + 12 * len(tags)
        sub_at = pointer
    return bytes(file)


def _pixel_tags(pixels: NDArray[Any], strip: int) -> dict[int, tuple[int, Sequence[int] | bytes]]:
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    kind = {"u": 1, "i": 2, "f": 3}[pixels.dtype.kind]
    tags: dict[int, tuple[int, Sequence[int] | bytes]] = {
        256: (3, (pixels.shape[1],)),
        257: (3, (pixels.shape[0],)),
        258: (3, (8 * pixels.dtype.itemsize,) * channels),
        259: (3, (1,)),
        262: (3, (1 if channels < 3 else 2,)),
        273: (4, (strip,)),
        277: (3, (channels,)),
        278: (3, (pixels.shape[0],)),
        279: (4, (pixels.nbytes,)),
        339: (3, (kind,) * channels),
    }
    if channels in (2, 4):
        tags[338] = (3, (2,))
    return tags


def _add_directory(file: bytearray, tags: Tags, order: str) -> tuple[int, int]:
    """Where the directory begins, and where its pointer to sub-directories lies."""
    rows, pointer = [], 0
    place = len(file) + sum(_padded_size(value) for value in tags.values())
    for tag, (kind, values) in sorted(tags.items()):
        body = _packed(kind, values, order)
        count = len(values) // (8 if kind in FRACTIONS else 1)
        if tag == 330:
            pointer = place + 2 + 12 * len(rows) + 8
        if len(body) > 4:
            at = len(file)
            file += body + bytes(len(body) % 2)
            body = struct.pack(f"{order}I", at)
        rows.append(struct.pack(f"{order}HHI", tag, kind, count) + body.ljust(4, b"\0"))
    file += struct.pack(f"{order}H", len(rows)) + b"".join(rows) + bytes(4)
    return place, pointer


def _packed(kind: int, values: Sequence[int] | bytes, order: str) -> bytes:
    return (
        values
        if isinstance(values, bytes)
        else struct.pack(f"{order}{len(values)}{STRUCT_OF_KIND[kind]}", *values)
    )


def _padded_size(value: tuple[int, Sequence[int] | bytes]) -> int:
    size = len(_packed(*value, "<"))
    return size + size % 2 if size > 4 else 0


def as_pixels(image: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(image.convert("RGB"))
