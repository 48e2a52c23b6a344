"""Photos with 16 bits for each colour, as files, and a profile of wide colours."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

Values = NDArray[np.uint16]
GAMMA = 563 / 256
WIDE = np.array([[0.6097, 0.2053, 0.1492], [0.3111, 0.6257, 0.0632], [0.0195, 0.0609, 0.7446]])
"""Adobe RGB (1998) to XYZ of the white D50, by columns."""
SRGB = np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7142]])


def deep_scene(width: int = 240, height: int = 160) -> Values:
    """A soft scene, whose values lie between those of 8 bits."""
    down, right = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = [
        0.4 + 0.1 * np.sin(right / 37) + 0.05 * np.cos(down / 23),
        0.4 + 0.15 * right / width + 0.02 * np.sin(right / 3) * np.cos(down / 4),
        0.35 + 0.2 * down / height,
    ]
    return np.round(np.stack(planes, axis=2) * 65_535).astype(np.uint16)


def deep_tiff(path: Path, values: Values, **options: Any) -> Path:
    tifffile.imwrite(path, values, photometric="rgb", metadata=None, **options)
    return path


def deep_png_file(path: Path, values: Values) -> Path:
    """A PNG file without filters."""
    head = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, 2, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
            for name, content in chunks
        )
    )
    return path


def wide_profile() -> bytes:
    """An ICC profile with the colours and the gamma of Adobe RGB."""
    curve = b"curv" + struct.pack(">IIH", 0, 1, round(GAMMA * 256)) + b"\0\0"
    white = struct.pack(">3i", 63190, 65536, 54061)
    primaries = {
        name: b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65_536) for value in WIDE[:, column]))
        for column, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))
    }
    tags = {
        b"wtpt": b"XYZ \0\0\0\0" + white,
        **primaries,
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"desc": b"desc" + struct.pack(">II", 0, 5) + b"wide\0" + bytes(79),
    }
    table, body, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content
    head = struct.pack(">I4sI", start + len(body), b"lcms", 0x0210_0000) + b"mntrRGB XYZ " + bytes(12)
    return head + b"acsp" + bytes(28) + white + bytes(48) + table + body


def wide_to_srgb(values: Values) -> NDArray[np.float64]:
    """The levels of sRGB, 0 to 255 with fractions, of values in the colours of `wide_profile`."""
    light = (values / 65_535) ** GAMMA @ WIDE.T @ np.linalg.inv(SRGB).T
    light = light.clip(0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
