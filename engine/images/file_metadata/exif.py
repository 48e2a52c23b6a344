"""EXIF data: the camera's data copied from a photo to its result, and our own comment.

Values are copied as they are, byte for byte: text in any encoding, numbers of any type.
"""

from __future__ import annotations

import re
import struct
from fractions import Fraction
from typing import Any

from PIL import ExifTags, Image

from engine.images.file_metadata.tiff_directories import (
    ASCII,
    UNDEFINED,
    Directory,
    TiffBlock,
    TiffEntry,
    long,
    only,
    rational,
    short,
    text,
    tiff_block,
)

Base, Ifd = ExifTags.Base, ExifTags.IFD
Info = dict[str | tuple[int, int], Any]
"""The `info` of a Pillow image."""

KEPT_TAGS = frozenset(
    {
        *(Base.Make, Base.Model, Base.DateTime, Base.HostComputer),
        *(Base.DocumentName, Base.ImageDescription, Base.Artist, Base.Copyright),
        *(Base.Rating, Base.RatingPercent),
        *(Base.XPTitle, Base.XPComment, Base.XPAuthor, Base.XPKeywords, Base.XPSubject),
    }
)
"""Tags about the photo. The other tags describe the layout of the file, which differs in a new file."""
SUBJECT_AREA = 0x9214
STALE_CAMERA_TAGS = frozenset(
    {
        *(Base.ExifImageWidth, Base.ExifImageHeight, SUBJECT_AREA, Base.SubjectLocation),
        Base.ExifInteroperabilityOffset,
    }
)
"""Tags about the pixels as they were stored, and a directory about the old file."""
PREFIX = b"Exif\0\0"
XMP_ORIENTATION = re.compile(rb"tiff:Orientation\s*(?:=\s*[\"']|>\s*)(\d)\b")
UPRIGHT, SRGB, INCHES = 1, 1, 2
ASCII_COMMENT = b"ASCII\0\0\0"
"""Prefix of a comment in ASCII (Exif 2.32, table 9)."""
LARGEST_BLOCK = 65_000
"""Size limit in bytes, slightly below that of JPEG files."""
FINEST_DPI = 1000
"""Largest denominator of a resolution."""
READ_ERRORS = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    SyntaxError,
    struct.error,
)
"""Exceptions that Pillow raises for damaged EXIF blocks."""


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation of an image, else that of its XMP packet; 1 to 8, 1 if there is none."""
    try:
        value = image.getexif().get(Base.Orientation)
    except READ_ERRORS:
        value = None
    packet = image.info.get("xmp")
    if value is None and isinstance(packet, bytes) and (found := XMP_ORIENTATION.search(packet)):
        value = int(found[1])
    return value if isinstance(value, int) and value in range(1, 9) else UPRIGHT


def camera_exif(image: Image.Image, file: bytes = b"", *, own_comment: str = "") -> bytes:
    """The photo's EXIF block for a result, which is upright and sRGB; empty if there is none.

    A TIFF image has its data in the bytes of its `file`. Camera, lens, exposure, date, place, author and the
    maker's note are kept; thumbnail, file layout and a comment that begins with `own_comment` are removed.
    Where the block would be too large it has no maker's note; it is empty if that does not help.
    """
    try:
        source = TiffBlock(_stored_block(image, file))
    except READ_ERRORS:
        return b""
    first, _ = source.directory(source.first)
    main = only(first, KEPT_TAGS)
    found = source.inner(first.get(Ifd.Exif))
    own = {
        tag for tag, comment in _comments(found).items() if own_comment and comment.startswith(own_comment)
    }
    camera = only(found, found.keys() - STALE_CAMERA_TAGS - own)
    location = source.inner(first.get(Ifd.GPSInfo))
    if not (main or camera or location):
        return b""
    order = source.order
    main[Base.Orientation] = short(order, UPRIGHT)
    inner = {int(Ifd.Exif): camera, int(Ifd.GPSInfo): only(location, location)}
    if camera:
        camera[Base.ColorSpace] = short(order, SRGB)
    return _smaller_block(order, main, inner)


def _stored_block(image: Image.Image, file: bytes) -> bytes:
    """The EXIF block as it is in the file; a TIFF file is one itself."""
    if image.format == "TIFF":
        return file
    if isinstance(block := image.info.get("exif"), bytes):
        while block.startswith(PREFIX):
            block = block.removeprefix(PREFIX)
        return block
    return raw_profile(image, "exif").removeprefix(PREFIX)


def raw_profile(image: Image.Image, name: str) -> bytes:
    """The metadata that ImageMagick stores as hexadecimal text in PNG files; empty if there is none."""
    lines = str(image.info.get(f"Raw profile type {name}", "")).split("\n")
    try:
        return bytes.fromhex("".join(lines[3:]))
    except ValueError:
        return b""


def _smaller_block(order: str, main: dict[int, TiffEntry], inner: dict[int, dict[int, TiffEntry]]) -> bytes:
    """The block, without the maker's note where that makes it too large; empty if it is so without it."""
    for is_note_kept in (True, False):
        if not is_note_kept and inner[Ifd.Exif].pop(Base.MakerNote, None) is None:
            break
        note = inner[Ifd.Exif].get(Base.MakerNote)
        if note is not None and not 8 <= note.place < LARGEST_BLOCK - len(note.value):
            continue
        block = PREFIX + _block(order, main, inner)
        if len(block) <= LARGEST_BLOCK:
            return block
    return b""


def _block(order: str, main: dict[int, TiffEntry], inner: dict[int, dict[int, TiffEntry]]) -> bytes:
    filled = {tag: directory for tag, directory in inner.items() if directory}
    return tiff_block(order, main, filled, pinned=Base.MakerNote)


def output_exif(
    camera: bytes,
    *,
    software: str = "",
    comment: str = "",
    dpi: tuple[float, float] | None = None,
    size: tuple[int, int] | None = None,
) -> bytes:
    """The EXIF block of an output file: the result of `camera_exif` with the other arguments added.

    `comment` is ASCII; `size` is width and height in pixels, for camera data only. If both do not fit into a
    JPEG file, only the comment is kept.
    """
    order, main, inner = _read_again(camera)
    exif = inner[Ifd.Exif]
    if software:
        main[Base.Software] = text(software)
    if comment:
        encoded = ASCII_COMMENT + comment.encode("ascii")
        if _has_text(exif.get(Base.UserComment)):  # the photo keeps its own
            exif[Base.ImageHistory] = text(comment)
        else:
            exif[Base.UserComment] = TiffEntry(UNDEFINED, len(encoded), encoded)
    if size and camera and exif:
        exif[Base.ExifImageWidth], exif[Base.ExifImageHeight] = (long(order, side) for side in size)
    if dpi:
        for tag, value in zip((Base.XResolution, Base.YResolution), dpi, strict=True):
            share = Fraction(value).limit_denominator(FINEST_DPI)
            main[tag] = rational(order, share.numerator, share.denominator)
        main[Base.ResolutionUnit] = short(order, INCHES)
    if not (main or exif):
        return b""
    block = PREFIX + _block(order, main, inner)
    if len(block) <= LARGEST_BLOCK or not camera:
        return block
    if exif.pop(Base.MakerNote, None) is not None:
        block = PREFIX + _block(order, main, inner)
        if len(block) <= LARGEST_BLOCK:
            return block
    return output_exif(b"", software=software, comment=comment, dpi=dpi)


def _read_again(camera: bytes) -> tuple[str, dict[int, TiffEntry], dict[int, dict[int, TiffEntry]]]:
    """Byte order, main directory and inner directories of the result of `camera_exif`."""
    if not camera:
        return "<", {}, {int(Ifd.Exif): {}, int(Ifd.GPSInfo): {}}
    try:
        block = TiffBlock(camera.removeprefix(PREFIX))
    except ValueError:
        return _read_again(b"")
    main, _ = block.directory(block.first)
    inner = {int(tag): block.inner(main.pop(tag, None)) for tag in (Ifd.Exif, Ifd.GPSInfo)}
    return block.order, main, inner


def _has_text(comment: TiffEntry | None) -> bool:
    """Whether there is text after the name of the encoding, which takes eight bytes."""
    return comment is not None and bool(comment.value[len(ASCII_COMMENT) :].strip(b"\0 "))


def comment_of(image: Image.Image, beginning: str = "", file: bytes = b"") -> str:
    """The comment that `output_exif` wrote, if it begins so; empty if there is none.

    A TIFF image has it in the bytes of its `file`.
    """
    try:
        block = TiffBlock(_stored_block(image, file))
    except READ_ERRORS:
        return ""
    comments = _comments(block.inner(block.directory(block.first)[0].get(Ifd.Exif)))
    return next((found for found in comments.values() if found.startswith(beginning)), "")


def _comments(camera: Directory) -> dict[int, str]:
    """The comments in ASCII, by the tags that `output_exif` writes one to."""
    found: dict[int, str] = {}
    if (history := camera.get(Base.ImageHistory)) is not None and history.kind == ASCII:
        found[Base.ImageHistory] = history.value.rstrip(b"\0").decode("ascii", errors="replace")
    if (comment := camera.get(Base.UserComment)) is not None and comment.value.startswith(ASCII_COMMENT):
        plain = comment.value.removeprefix(ASCII_COMMENT)
        found[Base.UserComment] = plain.decode("ascii", errors="replace")
    return found
