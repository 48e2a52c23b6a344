"""XMP data: titles, keywords, ratings and more, copied from a photo to its result.

Source: XMP specification, part 3 (Adobe, 2020), for how each format stores it.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from PIL import Image

from engine.images.file_metadata.exif import raw_profile

XMP_KEY = "XML:com.adobe.xmp"
"""Keyword in PNG files."""
EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
"""Beginning of the further segments of a JPEG file, for data that is too long for one."""
LARGEST_JPEG_XMP = 65_502
SIZE_LIMIT = 16_000_000
NUMBER = re.compile(
    rb"((?:tiff|exif):(Orientation|ImageWidth|ImageLength|PixelXDimension|PixelYDimension)\s*"
    rb"(?:=\s*[\"']|>\s*))\d+"
)
"""Properties about the pixels, as attributes and as elements."""
THUMBNAILS = ((b"<xmp:Thumbnails", b"</xmp:Thumbnails>"), (b"<xap:Thumbnails", b"</xap:Thumbnails>"))
EXTENSION_NOTES = (
    re.compile(rb"\sxmpNote:HasExtendedXMP\s*=\s*(\"[^\"]*\"|'[^']*')"),
    re.compile(rb"<xmpNote:HasExtendedXMP>[^<]*</xmpNote:HasExtendedXMP>"),
)
PACKET_END = b"<?xpacket end"
OTHER_UNICODE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""Encodings by the first bytes of a packet that is not in UTF-8."""


def stored_xmp(image: Image.Image) -> bytes:
    """The XMP packet of an opened file, in UTF-8; empty if there is none, or if it is not XML."""
    found = image.info.get("xmp") or raw_profile(image, "xmp")
    if not isinstance(found, bytes) or len(found) > SIZE_LIMIT:
        return b""
    packet: bytes = found
    if encoding := OTHER_UNICODE.get(packet[:2]):
        packet = packet.decode(encoding, errors="replace").encode()
    packet = packet.rstrip(b"\0")
    try:
        expat.ParserCreate().Parse(packet.strip(), True)
    except (expat.ExpatError, ValueError):
        return b""
    return packet


def stored_extension(image: Image.Image) -> bytes:
    """The segments of a JPEG file that continue its XMP packet, whole; empty if there are none."""
    segments = [body for name, body in getattr(image, "applist", ()) if name == "APP1"]
    return b"".join(jpeg_segment(b"\xff\xe1", body) for body in segments if body.startswith(EXTENSION))


def jpeg_segment(marker: bytes, body: bytes) -> bytes:
    """A segment of a JPEG file."""
    return marker + (len(body) + 2).to_bytes(2, "big") + body


def output_xmp(packet: bytes, size: tuple[int, int], *, has_extension: bool = False) -> bytes:
    """The packet for an upright result of `size` (width, height): its numbers about the pixels are set.

    The thumbnail, which would show the photo, is removed, and without `has_extension` the note of one.
    """
    numbers = {
        b"Orientation": 1,
        b"ImageWidth": size[0],
        b"ImageLength": size[1],
        b"PixelXDimension": size[0],
        b"PixelYDimension": size[1],
    }
    packet = NUMBER.sub(lambda found: found[1] + str(numbers[found[2]]).encode(), packet)
    for start, end in THUMBNAILS:
        before, _, rest = packet.partition(start)
        packet = before + rest.partition(end)[2] if end in rest else packet
    for note in () if has_extension else EXTENSION_NOTES:
        packet = note.sub(b"", packet)
    return packet


def jpeg_xmp(packet: bytes) -> bytes:
    """The packet as it fits into a JPEG file, where needed without its padding; empty if it does not fit."""
    if len(packet) > LARGEST_JPEG_XMP:
        text, mark, end = packet.rpartition(PACKET_END)
        packet = text.rstrip() + b"\n" + mark + end
    return packet if len(packet) <= LARGEST_JPEG_XMP else b""
