"""What a result keeps of its photo's metadata, and how each format stores it."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

from engine.images.edit_record import METADATA_KEY, SOFTWARE, EditRecord, record_in_comment
from engine.images.file_formats.tiff_files import largest_page
from engine.images.file_metadata.exif import Info, camera_exif, output_exif
from engine.images.file_metadata.iptc import jpeg_iptc, png_iptc, stored_iptc
from engine.images.file_metadata.xmp import XMP_KEY, jpeg_xmp, output_xmp, stored_xmp
from engine.request import EditRequest

PHOTO_PROFILE = "photo_profile"
"""Name of the photo's own colour profile in `kept_metadata`, where it is one of RGB other than sRGB."""
BIT_DEPTH = "bit_depth"
"""Name of the bits for each colour in `kept_metadata`, where they are more than the 8 of a result."""
PNG_MARK, PNG_DEPTH_PLACE = b"\x89PNG\r\n\x1a\n", 24
XMP_TAG = 700
"""Of a TIFF file."""
LIKELY_DPI = (1, 100_000)
"""Lowest and highest plausible resolution of a photo."""


def kept_metadata(image: Image.Image, file: bytes) -> Info:
    """The metadata of an opened image for its result; `file` is what it was opened from.

    Where the file has them: the camera's "exif", the "xmp" packet with its "xmp_extension" of a JPEG file,
    the "iptc" resources, "dpi", as "icc_profile" that of sRGB if the file had a profile, and the file's own
    as `PHOTO_PROFILE`, and as `BIT_DEPTH` the bits for each colour if they are more than 8.
    """
    found = {
        "exif": camera_exif(image, file, own_comment=f"{METADATA_KEY} "),
        "xmp": stored_xmp(image),
        "xmp_extension": image.info.get("xmp_extension"),
        "iptc": stored_iptc(image, file),
        "dpi": _likely_dpi(image.info.get("dpi")),
        "icc_profile": _srgb_profile() if image.info.get("icc_profile") else b"",
        PHOTO_PROFILE: _own_profile(image.info.get("icc_profile")),
        BIT_DEPTH: _depth(image, file),
    }
    return {name: value for name, value in found.items() if value}


def _srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _depth(image: Image.Image, file: bytes) -> int:
    """The bits for each colour of a PNG or TIFF file if they are more than 8, else 0."""
    bits = 8
    if file.startswith(PNG_MARK):
        bits = file[PNG_DEPTH_PLACE]
    elif image.format == "TIFF" and (page := largest_page(file)) is not None:
        bits = page.bits
    return bits if bits > 8 else 0


def _own_profile(profile: bytes | None) -> bytes:
    """The profile if it is one of RGB colours other than sRGB; otherwise empty."""
    if not profile:
        return b""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        is_rgb = opened.profile.xcolor_space.strip() == "RGB"
        name = ImageCms.getProfileDescription(opened)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return b""
    return profile if is_rgb and "srgb" not in name.casefold() else b""


def _likely_dpi(dpi: object) -> tuple[float, float] | None:
    """Horizontal and vertical pixels per inch; None if the value in the file is not plausible."""
    try:
        x, y = (float(value) for value in dpi)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    lowest, highest = LIKELY_DPI
    return (x, y) if lowest < x < highest and lowest < y < highest else None


def output_metadata(
    kind: str, request: EditRequest, seed: int | None, size: tuple[int, int]
) -> dict[str, Any]:
    """Pillow's save options for edit record, camera data, XMP, IPTC, colour profile and dpi.

    `kind` is Pillow's name of the format, `size` the width and height of the result.
    """
    record = EditRecord.of(request, request.settings.seed if seed is None else seed)
    info = request.source_image.info
    options: dict[str, Any] = {name: info[name] for name in ("dpi", "icc_profile") if name in info}
    comment = "" if kind == "PNG" else record_in_comment(record)
    options["exif"] = output_exif(
        info.get("exif", b""), software=SOFTWARE, comment=comment, dpi=info.get("dpi"), size=size
    )
    extension = info.get("xmp_extension", b"") if kind == "JPEG" else b""
    packet = output_xmp(info.get("xmp", b""), size, has_extension=bool(extension))
    iptc = info.get("iptc", b"")
    match kind:
        case "PNG":
            options["pnginfo"] = _png_texts(record, packet, iptc)
        case "JPEG":
            options["xmp"] = jpeg_xmp(packet)
            options["extra"] = (jpeg_iptc(iptc) if iptc else b"") + extension
        case "WEBP":
            options["xmp"] = packet
        case "TIFF":
            options["exif"] = _tiff_tags(options["exif"], packet)
    return options


def _tiff_tags(block: bytes, packet: bytes) -> Image.Exif:
    """The tags of a TIFF file: those of an EXIF block, and an XMP packet."""
    tags = Image.Exif()
    tags.load(block)
    if packet:
        tags[XMP_TAG] = packet
    return tags


def _png_texts(record: EditRecord, packet: bytes, iptc: bytes) -> PngImagePlugin.PngInfo:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt(METADATA_KEY, record.to_json())
    texts.add_itxt("Description", record.lines())
    texts.add_text("Software", SOFTWARE)
    if packet:
        texts.add_itxt(XMP_KEY, packet)
    if iptc:
        texts.add_text("Raw profile type iptc", png_iptc(iptc), zip=True)
    return texts
