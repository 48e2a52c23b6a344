"""Removes what an image can be decoded without: for files whose metadata is damaged or too large.

Sources: PNG specification (third edition), section 5; ITU-T T.81, annex B; RIFF container of WebP; TIFF 6.0.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress

from engine.images.file_metadata.tiff_directories import TiffBlock

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST_TEXT = 16_000_000
"""Most bytes of all texts and profiles of a PNG file, unpacked."""
LENGTHS = {b"pHYs": (9, 9), b"eXIf": (8, 2**31)}
"""Least and most bytes of the ancillary chunks that are kept."""
TRANSPARENT_LENGTHS = {0: (2, 2), 2: (6, 6), 3: (1, 256)}
"""Least and most bytes of tRNS by the colour type of the image; other types have none."""
COLOUR_TYPE_AT = 9

JPEG_START = b"\xff\xd8"
WITHOUT_LENGTH = (0x01, *range(0xD0, 0xD9))
FRAMES = (0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)
SCAN, COMMENT, ADOBE = 0xDA, 0xFE, 0xEE
APPLICATION = range(0xE0, 0xF0)
STRUCTURE = (*FRAMES, 0xC4, 0xCC, 0xDB, 0xDD, SCAN)
"""Markers of what the decoder needs."""
NO_SCAN = -1
FURTHEST = 70_000
"""Bytes behind a segment of wrong length in which the next one is searched."""

WEBP_CHUNKS = (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF")
WEBP_FLAGS = 0b0001_0010
"""Transparency and animation; the others announce profile, EXIF and XMP."""

TIFF_TAGS = frozenset(
    {
        *(254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 280, 281, 284, 292, 293, 317, 320),
        *(322, 323, 324, 325, 332, 338, 339, 347, 529, 530, 531, 532),
    }
)
"""Tags of the pixels, their order and their orientation."""


def without_side_data(data: bytes) -> bytes:
    """The same image without damaged metadata, in some formats without any; or else `data` itself."""
    with suppress(struct.error, IndexError, ValueError):
        if data.startswith(PNG_SIGNATURE):
            return b"".join((PNG_SIGNATURE, *_png_chunks(data)))
        if data.startswith(JPEG_START):
            return _jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        return _tiff(TiffBlock(data))
    return data


def _png_chunks(data: bytes) -> Iterator[bytes]:
    """The chunks that are critical, and of the others the valid ones that are used."""
    at, colour_type, room = len(PNG_SIGNATURE), 0, LARGEST_TEXT
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        chunk = data[at : at + 12 + length]
        at += 12 + length
        if kind == b"IHDR" and length > COLOUR_TYPE_AT:
            colour_type = body[COLOUR_TYPE_AT]
        if not kind[:1].islower():
            yield chunk
        elif struct.pack(">I", zlib.crc32(chunk[4:-4])) == chunk[-4:]:
            size = _text_size(kind, body, room)
            if _has_right_length(kind, body, colour_type) or 0 < size <= room:
                room -= size
                yield chunk
    yield data[at:]


def _has_right_length(kind: bytes, body: bytes, colour_type: int) -> bool:
    """Whether an ancillary chunk of fixed form is one that is used, and is as long as it must be."""
    lengths = LENGTHS.get(kind) or (TRANSPARENT_LENGTHS.get(colour_type) if kind == b"tRNS" else None)
    return lengths is not None and lengths[0] <= len(body) <= lengths[1]


def _text_size(kind: bytes, body: bytes, room: int) -> int:
    """Bytes of a text or profile, unpacked; 0 if it is neither, not valid, or longer than `room`."""
    keyword, _, rest = body.partition(b"\0")
    if not 1 <= len(keyword) <= 79:
        return 0
    if kind == b"tEXt":
        return len(body)
    if kind in (b"zTXt", b"iCCP") and rest[:1] == b"\0":
        return _unpacked_size(rest[1:], room)
    texts = rest[2:].split(b"\0", 2)
    if kind == b"iTXt" and len(texts) == 3:
        return len(body) if rest[:1] == b"\0" else _unpacked_size(texts[2], room)
    return 0


def _unpacked_size(packed: bytes, room: int) -> int:
    """Bytes of compressed text; 0 if it is damaged or longer than `room`."""
    unpacking = zlib.decompressobj()
    try:
        size = len(unpacking.decompress(packed, room))
    except zlib.error:
        return 0
    return size if unpacking.eof else 0


def _jpeg(data: bytes) -> bytes:
    """The file without the segments of programs and comments, but that of the colour transform."""
    kept, at = [JPEG_START], 2
    while True:
        marker, end = _segment(data, at)
        if marker == SCAN:
            return b"".join((*kept, data[at:]))
        is_colour = marker == ADOBE and data[at + 4 : at + 9] == b"Adobe" and end - at >= 16
        if marker in STRUCTURE or is_colour:
            kept.append(data[at:end])
        at = end if _is_marker(data, end) else _next_structure(data, at + 4)


def _segment(data: bytes, at: int) -> tuple[int, int]:
    """The marker of a segment and where it ends. Raises `IndexError`, `struct.error`."""
    while data[at + 1] == 0xFF:  # fill bytes
        at += 1
    if data[at + 1] in WITHOUT_LENGTH:
        return data[at + 1], at + 2
    return data[at + 1], at + 2 + struct.unpack_from(">H", data, at + 2)[0]


def _is_marker(data: bytes, at: int) -> bool:
    return data[at : at + 1] == b"\xff" and data[at + 1] not in (0x00, *range(0x02, 0xC0))


def _next_structure(data: bytes, start: int) -> int:
    """Where the segments go on behind one of wrong length: the largest image that begins there.

    A thumbnail in the broken segment is a file of its own, and none of its segments is meant. Raises
    `ValueError` if there is no other image.
    """
    known: dict[int, int] = {}
    places = range(start, min(start + FURTHEST, len(data) - 1))
    for place in places:
        if data.startswith(JPEG_START + b"\xff", place):
            _area_from(data, place + len(JPEG_START), known)
    others = [place for place in places if place not in known]
    areas = {place: area for place in others if (area := _area_from(data, place, known)) > 0}
    if not areas:
        raise ValueError("no image")
    return max(areas, key=lambda place: areas[place])


def _area_from(data: bytes, at: int, known: dict[int, int]) -> int:
    """The pixels of the image whose segments, from this place on, lead to a scan; NO_SCAN if they do not.

    `known` holds the answers for the places that were passed.
    """
    passed: list[tuple[int, int]] = []
    while at not in known:
        area, end = _step(data, at)
        passed.append((at, area))
        if end == 0:
            known[at] = area
        at = end or at
    result = known[at]
    for place, area in reversed(passed):
        result = max(result, area) if result != NO_SCAN else NO_SCAN
        known[place] = result
    return result


def _step(data: bytes, at: int) -> tuple[int, int]:
    """The pixels that a segment announces, and where the next begins; 0 after the last one or a wrong one."""
    try:
        marker, end = _segment(data, at)
        if data[at] != 0xFF or marker not in (*STRUCTURE, *APPLICATION, COMMENT):
            return NO_SCAN, 0
        if marker == SCAN:
            return 0, 0
        height, width = struct.unpack_from(">HH", data, at + 5) if marker in FRAMES else (0, 0)
        return height * width, end
    except (struct.error, IndexError):
        return NO_SCAN, 0


def _webp(data: bytes) -> bytes:
    """The file with the chunks of the pixels only."""
    kept, at = [], 12
    while at + 8 <= len(data):
        kind, (size,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        end = at + 8 + size + size % 2
        if kind == b"VP8X":
            kept.append(data[at : at + 8] + bytes([data[at + 8] & WEBP_FLAGS]) + data[at + 9 : end])
        elif kind in WEBP_CHUNKS:
            kept.append(data[at:end])
        at = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _tiff(block: TiffBlock) -> bytes:
    """The file with the entries of the pixels only in its first directory; their values stay in place."""
    order, file, place = block.order, bytearray(block.data), block.first
    if block.is_big:
        return block.data
    (count,) = struct.unpack_from(f"{order}H", file, place)
    rows = [bytes(file[place + 2 + 12 * row : place + 14 + 12 * row]) for row in range(count)]
    kept = [row for row in rows if struct.unpack(f"{order}H", row[:2])[0] in TIFF_TAGS]
    table = struct.pack(f"{order}H", len(kept)) + b"".join(kept) + bytes(4)
    file[place : place + len(table)] = table
    return bytes(file)
