"""PNG files with 16 bits for each colour, which Pillow does not write.

Source: PNG specification (third edition), sections 5 and 9.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PIL import Image

from engine.images.bands import bands
from engine.images.metadata import PNG_MARK

if TYPE_CHECKING:
    from engine.images.deep_images.deep_pixels import Deep

HEADER, PIXELS = b"IHDR", b"IDAT"
RGB, DEPTH = 2, 16
DIFFERENCE_TO_LEFT = 1
"""The filter that stores each byte as its difference to that of the pixel at its left."""
PIXEL_BYTES = 6


def deep_png(deep: Deep, options: dict[str, Any]) -> bytes:
    """A PNG file of values (H, W, 3); `options` are those that Pillow would save it with."""
    height, width = deep.shape[:2]
    small = io.BytesIO()
    Image.new("RGB", (1, 1)).save(small, format="PNG", **options)
    head = struct.pack(">IIBBBBB", width, height, DEPTH, RGB, 0, 0, 0)
    parts = [PNG_MARK]
    for name, content in _chunks(small.getvalue()):
        parts.append(_chunk(name, {HEADER: head}.get(name, content) if name != PIXELS else _pixels(deep)))
    return b"".join(parts)


def _chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(PNG_MARK)
    while place < len(file):
        (length,) = struct.unpack_from(">I", file, place)
        yield file[place + 4 : place + 8], file[place + 8 : place + 8 + length]
        place += length + 12


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _pixels(deep: Deep) -> bytes:
    import numpy as np  # delays the start of the window

    packer, parts = zlib.compressobj(), []
    for _, top, width, bottom in bands((deep.shape[1], deep.shape[0])):
        rows = deep[top:bottom].astype(">u2").view(np.uint8).reshape(bottom - top, width * PIXEL_BYTES)
        filtered = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
        filtered[:, 0] = DIFFERENCE_TO_LEFT
        filtered[:, 1 : 1 + PIXEL_BYTES] = rows[:, :PIXEL_BYTES]
        filtered[:, 1 + PIXEL_BYTES :] = rows[:, PIXEL_BYTES:] - rows[:, :-PIXEL_BYTES]  # modulo 256
        parts.append(packer.compress(filtered.tobytes()))
    return b"".join([*parts, packer.flush()])
