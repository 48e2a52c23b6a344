"""Reads the values of photos with more than 8 bits for each colour: TIFF, PNG and camera RAW files."""

from __future__ import annotations

import io
import logging

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.images.file_formats.bit_depth import SIXTEEN_BITS, to_sixteen_bits
from engine.images.file_formats.camera_raw import develop_values, is_raw
from engine.images.file_formats.tiff_files import (
    ALPHA,
    MULTIPLIED_ALPHA,
    RGB,
    WHITE_IS_ZERO,
    TiffPage,
    largest_page,
    page_values,
)
from engine.images.metadata import PNG_DEPTH_PLACE, PNG_MARK

log = logging.getLogger(__name__)

HIGH_BYTES, LOW_BYTES = "RGB;16B", "RGB;16L"
"""Pillow's ways to make 8 bits of 16: by the first byte of each value, and by the second."""


def deep_values(data: bytes, name: str) -> NDArray[np.uint16] | None:
    """The values (H, W, 1) or (H, W, 3) of a file, upright, in the photo's own colours.

    None if the file has no more than 8 bits, is transparent, or is stored in a way that is read with 8 bits
    only. Raises `ImageUnreadable` for a RAW file that cannot be developed.
    """
    page = largest_page(data)
    if is_raw(data) or (page is not None and page.is_raw):
        return develop_values(data, name, bits=16)
    try:
        if page is not None:
            return _page_values(page)
        if data.startswith(PNG_MARK) and data[PNG_DEPTH_PLACE] == 16:
            return _png_values(data)
    except Exception as error:  # Pillow and tifffile raise nearly everything for damaged files
        log.info("%s is read with 8 bits only: %s", name, error)
    return None


def _page_values(page: TiffPage) -> NDArray[np.uint16] | None:
    if not page.is_deep or page.bits <= 8 or page.extra_sample in (MULTIPLIED_ALPHA, ALPHA):
        return None
    values = page_values(page)[:, :, : 3 if page.photometric == RGB else 1]
    deep = to_sixteen_bits(values, page.declared_white)
    if page.photometric == WHITE_IS_ZERO:
        np.subtract(np.uint16(SIXTEEN_BITS), deep, out=deep)
    return _upright(deep, page.orientation)


def _png_values(data: bytes) -> NDArray[np.uint16] | None:
    with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
        if "transparency" in image.info:
            return None
        if image.mode.startswith("I"):
            return to_sixteen_bits(np.asarray(image).astype(np.uint16), SIXTEEN_BITS)[:, :, None]
    high, low = (_decoded(data, raw_mode) for raw_mode in (HIGH_BYTES, LOW_BYTES))
    if high is None or low is None:
        return None
    values: NDArray[np.uint16] = high.astype(np.uint16) * np.uint16(256) + low
    return values


def _decoded(data: bytes, raw_mode: str) -> NDArray[np.uint8] | None:
    """The pixels of a PNG file of 16 bits and three colours, as Pillow makes them in this raw mode."""
    with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
        if image.mode != "RGB" or [tile.args for tile in image.tile] != [HIGH_BYTES]:
            return None
        image.tile = [image.tile[0]._replace(args=raw_mode)]
        return np.asarray(image)


def _upright(values: NDArray[np.uint16], orientation: int) -> NDArray[np.uint16]:
    """The values turned as EXIF's orientation says."""
    match orientation:
        case 2:
            return values[:, ::-1]
        case 3:
            return values[::-1, ::-1]
        case 4:
            return values[::-1]
        case 5:
            return values.transpose(1, 0, 2)
        case 6:
            return np.rot90(values, -1)
        case 7:
            return values[::-1, ::-1].transpose(1, 0, 2)
        case 8:
            return np.rot90(values)
    return values
