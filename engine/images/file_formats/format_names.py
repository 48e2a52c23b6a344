"""Names of the formats that this program does not open, recognised by their first bytes."""

from __future__ import annotations

import re

BESIDE, POINTER = "what macOS keeps beside a file", "a pointer of Git LFS"
WEB_PAGE, XML = "HTML (a web page)", "XML"
WITHOUT_PHOTO = (BESIDE, POINTER, WEB_PAGE, XML)
"""What copying and downloading leaves in place of a photo."""
BEGINNINGS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
    (0, b"8BPS", "Photoshop (PSD)"),
    (0, b"gimp xcf", "GIMP (XCF)"),
    (0, b"%PDF", "PDF"),
    (0, b"%!PS", "PostScript"),
    (0, b"\xc5\xd0\xd3\xc6", "PostScript"),
    (0, b"\x76\x2f\x31\x01", "OpenEXR"),
    (0, b"#?RADIANCE", "Radiance HDR"),
    (0, b"#?RGBE", "Radiance HDR"),
    (0, b"PF\n", "PFM"),
    (0, b"DDS ", "DDS"),
    (0, b"icns", "ICNS"),
    (0, b"II\xbc\x01", "JPEG XR"),
    (0, b"BPG\xfb", "BPG"),
    (0, b"qoif", "QOI"),
    (0, b"\xd7\xcd\xc6\x9a", "Windows metafile"),
    (0, b"SIMPLE  =", "FITS"),
    (128, b"DICM", "DICOM"),
    (0, b"\x1aE\xdf\xa3", "Matroska or WebM video"),
    (8, b"AVI ", "AVI video"),
    (0, b"FLV\x01", "Flash video"),
    (0, b"\0\0\x01\xba", "MPEG video"),
    (0, b"\0\0\x01\xb3", "MPEG video"),
    (4, b"moov", "QuickTime video"),
    (4, b"mdat", "QuickTime video"),
    (4, b"ftypqt", "QuickTime video"),
    (4, b"ftyp", "MP4 video"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"Rar!", "RAR"),
    (0, b"7z\xbc\xaf", "7-Zip"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"CSFCHUNK", "Clip Studio Paint"),
    (0, b"\0\xffKA", "Affinity"),
    (0, b"\0\x05\x16\x07", BESIDE),
    (0, b"version https://git-lfs", POINTER),
)
"""Place, bytes there, and name."""
HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
"""Main brands of still images in files that begin like MP4."""
ZIP_NAMES = (("Krita (KRA)", b"application/x-krita"), ("OpenRaster (ORA)", b"image/openraster"))
MARKUP = re.compile(rb"<(svg|(?:!doctype\s+)?html)\b", re.IGNORECASE)
MARKUP_NAMES = {b"svg": "SVG"}
STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"GIF8", b"BM")
"""First bytes of formats that this program opens."""
SEARCHED = 4096
"""Bytes in which the mark of a text format is searched."""


def begins_as_photo(data: bytes) -> bool:
    """Whether a file begins as a photo in a supported format does, even if the rest is missing."""
    is_heif = data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS
    return is_heif or data.startswith(STARTS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def format_name(data: bytes) -> str:
    """The name of the format of a file that is not a readable photo; empty if it is not known."""
    for place, mark, name in BEGINNINGS:
        if data[place : place + len(mark)] == mark:
            if mark == b"ftyp" and data[8:12] in HEIF_BRANDS:
                return ""
            if name == "ZIP":
                return next((known for known, kind in ZIP_NAMES if kind in data[:SEARCHED]), name)
            return name
    start = data[:SEARCHED].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<?xml") and not MARKUP.search(start):
        return XML
    if start[:1] == b"<" and (found := MARKUP.search(start)):
        return MARKUP_NAMES.get(found[1].lower(), WEB_PAGE)
    return ""
