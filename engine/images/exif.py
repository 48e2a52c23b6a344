"""What a camera noted in its photo, brought over to the edited image; and a comment beside it."""

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
"""Tags about the photo. The others tell how its file was laid out, which a new file is not."""
STALE_CAMERA_TAGS = frozenset(
    {
        *(Base.ExifImageWidth, Base.ExifImageHeight),
        *(Base.ExifInteroperabilityOffset, Base.MakerNote),  # they point to places in the old file
    }
)
UPRIGHT, SRGB, INCHES = 1, 1, 2
ASCII_COMMENT = b"ASCII\0\0\0"
"""Begins a comment in ASCII (Exif 2.32, table 9)."""
LARGEST_BLOCK = 65_000
"""In bytes; a JPEG file has room for hardly more."""
DAMAGED = (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, SyntaxError, struct.error)
"""What Pillow raises for blocks that are not as they should be."""


def camera_exif(image: Image.Image) -> bytes:
    """The photo's EXIF block for an image made from it, which is upright and sRGB; empty if it has none.

    Camera, lens, exposure, date, place and authorship stay; thumbnail, maker's note and layout go. A
    block that is damaged or too large is left aside.
    """
    try:
        noted = image.getexif()
        kept = Image.Exif()
        for tag in KEPT_TAGS & set(noted):
            kept[tag] = noted[tag]
        camera = {
            tag: value for tag, value in noted.get_ifd(Ifd.Exif).items() if tag not in STALE_CAMERA_TAGS
        }
        place = dict(noted.get_ifd(Ifd.GPSInfo))
        if not (len(kept) or camera or place):
            return b""
        kept[Base.Orientation] = UPRIGHT
        if camera:
            kept[Ifd.Exif] = {**camera, int(Base.ColorSpace): SRGB}
        if place:
            kept[Ifd.GPSInfo] = place
        block = kept.tobytes()
        Image.Exif().load(block)
    except DAMAGED:
        return b""
    return block if len(block) <= LARGEST_BLOCK else b""


def output_exif(
    camera: bytes, *, software: str = "", comment: str = "", dpi: tuple[float, float] | None = None
) -> bytes:
    """The EXIF block of an output file: what `camera_exif` gave, and what is known beside that.

    `comment` is ASCII. Where both do not fit into a JPEG file, the comment stays.
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
    """The comment of `output_exif`; empty if there is none."""
    try:
        comment = image.getexif().get_ifd(Ifd.Exif).get(Base.UserComment, b"")
    except DAMAGED:
        return ""
    if not isinstance(comment, bytes) or not comment.startswith(ASCII_COMMENT):
        return ""
    return comment.removeprefix(ASCII_COMMENT).decode("ascii", errors="replace")
