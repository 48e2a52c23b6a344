"""EXIF data: the camera's data copied from a photo to its result, and our own comment."""

from __future__ import annotations

import struct
from typing import Any

from PIL import ExifTags, Image

Base, Ifd = ExifTags.Base, ExifTags.IFD

KEPT_TAGS = frozenset(
    {
        *(Base.Make, Base.Model, Base.DateTime, Base.HostComputer),
        *(Base.ImageDescription, Base.Artist, Base.Copyright, Base.Rating, Base.RatingPercent),
        *(Base.XPTitle, Base.XPComment, Base.XPAuthor, Base.XPKeywords, Base.XPSubject),
    }
)
"""Tags about the photo. The other tags describe the layout of the file, which differs in a new file."""
STALE_CAMERA_TAGS = frozenset(
    {
        *(Base.ExifImageWidth, Base.ExifImageHeight),
        *(Base.ExifInteroperabilityOffset, Base.MakerNote),  # they hold offsets into the old file
    }
)
UPRIGHT, SRGB, INCHES = 1, 1, 2
ASCII_COMMENT = b"ASCII\0\0\0"
"""Prefix of a comment in ASCII (Exif 2.32, table 9)."""
LARGEST_BLOCK = 65_000
"""Size limit in bytes, slightly below that of JPEG files."""
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


def camera_exif(image: Image.Image) -> bytes:
    """The photo's EXIF block for a result, which is upright and sRGB; empty if there is none.

    Camera, lens, exposure, date, place and author are kept; thumbnail, maker's note and file layout are
    removed. Empty also for a block that is damaged or too large.
    """
    try:
        source = image.getexif()
        kept = Image.Exif()
        for tag in KEPT_TAGS & set(source):
            kept[tag] = source[tag]
        camera = {
            tag: value for tag, value in source.get_ifd(Ifd.Exif).items() if tag not in STALE_CAMERA_TAGS
        }
        place = dict(source.get_ifd(Ifd.GPSInfo))
        if not (len(kept) or camera or place):
            return b""
        kept[Base.Orientation] = UPRIGHT
        if camera:
            kept[Ifd.Exif] = {**camera, int(Base.ColorSpace): SRGB}
        if place:
            kept[Ifd.GPSInfo] = place
        block = kept.tobytes()
        Image.Exif().load(block)
    except READ_ERRORS:
        return b""
    return block if len(block) <= LARGEST_BLOCK else b""


def output_exif(
    camera: bytes, *, software: str = "", comment: str = "", dpi: tuple[float, float] | None = None
) -> bytes:
    """The EXIF block of an output file: the result of `camera_exif` with the other arguments added.

    `comment` is ASCII. If both do not fit into a JPEG file, only the comment is kept.
    """
    exif = Image.Exif()
    exif.load(camera)
    inner: dict[int, Any] = dict(exif.get_ifd(Ifd.Exif))
    if software:
        exif[Base.Software] = software
    if comment:
        inner[Base.UserComment] = ASCII_COMMENT + comment.encode("ascii")
    if inner:
        exif[Ifd.Exif] = inner
    if dpi:
        exif[Base.XResolution], exif[Base.YResolution] = dpi
        exif[Base.ResolutionUnit] = INCHES
    if not len(exif):
        return b""
    block = exif.tobytes()
    if camera and len(block) > LARGEST_BLOCK:
        return output_exif(b"", software=software, comment=comment, dpi=dpi)
    return block


def comment_of(image: Image.Image) -> str:
    """The comment that `output_exif` wrote; empty if there is none."""
    try:
        comment = image.getexif().get_ifd(Ifd.Exif).get(Base.UserComment, b"")
    except READ_ERRORS:
        return ""
    if not isinstance(comment, bytes) or not comment.startswith(ASCII_COMMENT):
        return ""
    return comment.removeprefix(ASCII_COMMENT).decode("ascii", errors="replace")
