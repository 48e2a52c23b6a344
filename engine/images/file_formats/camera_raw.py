"""Camera RAW files, which LibRaw develops where the optional package `rawpy` is installed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from PIL import Image

from engine.errors import ImageUnreadable

if TYPE_CHECKING:
    from numpy.typing import NDArray

RAW_SUFFIXES = (
    *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".iiq", ".kdc", ".mos", ".mrw", ".nef", ".nrw"),
    *(".orf", ".pef", ".raf", ".raw", ".rw2", ".sr2", ".srf", ".srw", ".x3f"),
)
MARKS: tuple[tuple[int, bytes], ...] = (
    (8, b"CR\x02"),  # Canon CR2
    (6, b"HEAPCCDR"),  # Canon CRW
    (4, b"ftypcrx "),  # Canon CR3
    (0, b"FUJIFILMCCD-RAW"),
    (0, b"IIRO"),  # Olympus
    (0, b"IIRS"),
    (0, b"MMOR"),
    (0, b"IIU\0"),  # Panasonic
    (0, b"FOVb"),  # Sigma
    (0, b"\0MRM"),  # Minolta
)
"""Places and bytes there; the other RAW files begin as TIFF files."""
SENSOR_PIXELS = (32803, 34892)
"""TIFF's photometric interpretations of a sensor's pixels: colour filter array, and linear."""
SENSOR_COMPRESSIONS = (32767, 32769, 32770, 34713, 65000, 65535)
"""TIFF's compressions that only cameras write."""


def is_raw(data: bytes) -> bool:
    """Whether a file that does not begin as a TIFF file is a camera RAW file."""
    return any(data[place : place + len(mark)] == mark for place, mark in MARKS)


def develop(data: bytes, name: str) -> Image.Image:
    """The developed photo: upright, sRGB, mode RGB. Raises `ImageUnreadable`."""
    return Image.fromarray(develop_values(data, name, bits=8))


def develop_values(data: bytes, name: str, *, bits: int) -> NDArray[Any]:
    """The values (H, W, 3) of the developed photo with 8 or 16 bits. Raises `ImageUnreadable`."""
    try:
        import rawpy  # an optional package
    except ImportError:
        raise ImageUnreadable(
            "image.camera-raw",
            "{file} is a camera RAW file, and the package rawpy, which develops these, is not installed.",
            "Export it as JPEG, PNG or TIFF first, or install the package.",
            file=name,
        ) from None
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            values: NDArray[Any] = raw.postprocess(use_camera_wb=True, output_bps=bits)
            return values
    except rawpy.LibRawError as error:
        raise ImageUnreadable(
            "image.camera-raw-unknown",
            "{file} is a camera RAW file that cannot be developed.",
            "Export it as JPEG, PNG or TIFF with the program of the camera.",
            file=name,
        ) from error
