"""IPTC data: captions, keywords and credits, copied byte for byte from a photo to its result.

They lie in Photoshop's image resources. Sources: IPTC-IIM 4.2; Adobe Photoshop File Formats (2019), "Image
resources"; for PNG the text chunk of ImageMagick, which ExifTool reads and writes too.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from PIL import Image

from engine.images.file_metadata.exif import raw_profile
from engine.images.file_metadata.tiff_directories import TiffBlock
from engine.images.file_metadata.xmp import jpeg_segment

SIGNATURE = b"8BIM"
RECORD_MARK = b"\x1c"
"""First byte of every record of IPTC."""
IPTC, COPYRIGHT_FLAG, URL, IPTC_DIGEST = 0x0404, 0x040A, 0x040B, 0x0425
KEPT = (IPTC, COPYRIGHT_FLAG, URL, IPTC_DIGEST)
"""Resources about the photo; others are previews, paths and the resolution."""
IPTC_TAG, RESOURCES_TAG = 33723, 34377
"""Tags of TIFF files."""
JPEG_HEADER = b"Photoshop 3.0\0"
LARGEST_SEGMENT = 65_533
PROFILE_LINE = 72
"""Hexadecimal digits in a line of a PNG file's profile."""


def stored_iptc(image: Image.Image, file: bytes) -> bytes:
    """The image resources of an opened file that are kept; empty if there are none.

    A TIFF image has them in the bytes of its `file`.
    """
    if image.format == "TIFF":
        found = _tiff_resources(file)
    elif isinstance(parsed := image.info.get("photoshop"), dict):
        found = {code: body for code, body in parsed.items() if isinstance(body, bytes)}
    else:
        profile = raw_profile(image, "iptc") or raw_profile(image, "8bim")
        found = {IPTC: profile} if profile.startswith(RECORD_MARK) else dict(_resources(profile))
    return b"".join(_resource(code, found[code]) for code in KEPT if found.get(code))


def _tiff_resources(file: bytes) -> dict[int, bytes]:
    try:
        block = TiffBlock(file)
    except ValueError:
        return {}
    entries, _ = block.directory(block.first)
    found = dict(_resources(entries[RESOURCES_TAG].value)) if RESOURCES_TAG in entries else {}
    if IPTC_TAG in entries:
        found[IPTC] = entries[IPTC_TAG].value
    return found


def _resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Codes and contents; ends where the data is damaged."""
    at = 0
    while data[at : at + 4] == SIGNATURE and at + 7 <= len(data):
        (code,) = struct.unpack_from(">H", data, at + 4)
        at += 6 + _even(1 + data[at + 6])
        if at + 4 > len(data):
            return
        (size,) = struct.unpack_from(">I", data, at)
        yield code, data[at + 4 : at + 4 + size]
        at += 4 + _even(size)


def _resource(code: int, body: bytes) -> bytes:
    """One resource, without a name."""
    return SIGNATURE + struct.pack(">HHI", code, 0, len(body)) + body + bytes(len(body) % 2)


def _even(size: int) -> int:
    return size + size % 2


def jpeg_iptc(resources: bytes) -> bytes:
    """The segment of a JPEG file; empty if the resources do not fit."""
    body = JPEG_HEADER + resources
    return jpeg_segment(b"\xff\xed", body) if len(body) <= LARGEST_SEGMENT else b""


def png_iptc(resources: bytes) -> str:
    """The text of a PNG file's chunk "Raw profile type iptc"."""
    digits = resources.hex()
    lines = (digits[at : at + PROFILE_LINE] for at in range(0, len(digits), PROFILE_LINE))
    return "\n".join(("", "iptc", f"{len(resources):8d}", *lines, ""))
