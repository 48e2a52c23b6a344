"""Photos and results with 16 bits for each colour, beside their images with 8.

A photo is shown, compared and edited by the model with 8 bits. What the edit changes is computed for the
16 bits too, so that a result can be exported with them. The values are sRGB, arrays (H, W, 3), 0 to 65535.
"""

from __future__ import annotations

import io
import logging
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from engine.errors import EngineError
from engine.files.atomic import atomic_write
from engine.images.bands import bands
from engine.images.cells import CELL, enlarged, regression, transformed
from engine.images.deep_images.deep_reading import deep_values
from engine.images.image_files import read_image_file

log = logging.getLogger(__name__)

Deep = NDArray[np.uint16]

STEP = 257
"""Values of 16 bits for one level of 8 bits: 65535 / 255."""
RADIUS, RIDGE, LARGEST_GAIN = 2, 0.05, 4.0
"""Of the maps from one colour space to another: windows of 20 × 20 pixels, a variance in squared levels of
about the rounding, and the largest gain."""
CONVERSION = 1.0
"""Levels by which a conversion with 8 bits is off at most: half by rounding, half by its own tables."""
BAND_CELLS, MARGIN_CELLS = 64, 2 * RADIUS + 1
"""Rows of cells that are converted at a time, and those beside them that their maps depend on."""
LARGEST_DIFFERENCE = 2
"""Levels between a photo with 8 bits and one with 16 above which they are not the same."""


def from_deep(values: Deep) -> Tensor:
    """Levels (3, H, W), 0 to 255 with fractions."""
    return torch.from_numpy(values.astype(np.float32)).permute(2, 0, 1) / STEP


def to_deep(levels: Tensor) -> Deep:
    """Values (H, W, 3) of levels (3, H, W); the levels are changed."""
    values = levels.mul_(STEP).round_().clamp_(0, 255 * STEP)
    return values.permute(1, 2, 0).numpy().astype(np.uint16)


def read_deep_photo(path: Path, photo: Image.Image) -> Deep | None:
    """The photo in a file with 16 bits, upright, in sRGB.

    `photo` is the same with 8 bits, as `open_photo` returns it. None if the file has no more than 8 bits, is
    another photo meanwhile, or is transparent. Slow.
    """
    if photo.mode != "RGB":
        return None
    try:
        found = deep_values(read_image_file(path), path.name)
    except EngineError as error:
        log.warning("%s is not read with 16 bits: %s", path.name, error)
        return None
    if found is None or found.shape[:2] != (photo.height, photo.width):
        return None
    values = np.broadcast_to(found, (*found.shape[:2], 3)) if found.shape[2] == 1 else found
    if photo.info.get("icc_profile"):
        values = in_colours_of(values, photo)
    return values if _is_same(values, photo) else None


def _is_same(values: Deep, photo: Image.Image) -> bool:
    for box in bands(photo.size):
        rounded = (values[box[1] : box[3]].astype(np.int32) + STEP // 2) // STEP
        if np.abs(rounded - np.asarray(photo.crop(box))).max(initial=0) > LARGEST_DIFFERENCE:
            return False
    return True


def blended_deep(photo: Deep, result: Deep, opacity: float) -> Deep:
    """The result over its photo with an opacity from 0 to 1."""
    blend = np.empty_like(result)
    for top in range(0, len(result), BAND_CELLS):
        rows = slice(top, top + BAND_CELLS)
        made = photo[rows] + (result[rows].astype(np.float32) - photo[rows]) * np.float32(opacity)
        blend[rows] = made.round()
    return blend


def composite_deep(source: Deep, edited: Deep, mask: Image.Image) -> Deep:
    """The edited image over the source through a mask, mode "L", like `denoising.masking.composite`."""
    result = source.copy()
    for box in bands(mask.size):
        rows, weight = slice(box[1], box[3]), np.asarray(mask.crop(box), np.float32)[:, :, None] / 255
        made = source[rows] + (edited[rows].astype(np.float32) - source[rows]) * weight
        result[rows] = np.where(weight == 0, source[rows], made.round())
    return result


def scaled_deep(values: Deep, size: tuple[int, int]) -> Deep:
    """The values at another size, width and height."""
    planes = [
        np.asarray(
            Image.fromarray(values[:, :, channel].astype(np.float32)).resize(size, Image.Resampling.LANCZOS)
        )
        for channel in range(values.shape[2])
    ]
    return np.stack(planes, axis=2).round().clip(0, 255 * STEP).astype(np.uint16)


def write_deep(file: Path, values: Deep) -> None:
    """Writes values as a TIFF file without compression, atomically. Raises `OSError`."""
    import tifffile  # rarely needed, and delays the start of the window

    with atomic_write(file) as temporary:
        tifffile.imwrite(temporary, values, photometric="rgb", metadata=None)


def read_deep(file: Path) -> Deep | None:
    """The values in a file that `write_deep` wrote; None if there is none, or it is damaged."""
    import tifffile  # rarely needed, and delays the start of the window

    if not file.is_file():
        return None
    try:
        values = tifffile.imread(io.BytesIO(file.read_bytes()))
    except Exception as error:  # tifffile raises nearly everything for damaged files
        log.warning("%s cannot be read: %s", file, error)
        return None
    is_deep = values.dtype == np.uint16 and values.ndim == 3 and values.shape[2] == 3
    return values if is_deep else None


def in_colours_of(values: Deep, image: Image.Image) -> Deep:
    """Values in another colour space, that of the same image with 8 bits, mode RGB.

    By local linear maps: Pillow's colour management converts 8 bits only. A window of a photo has few
    colours, between which the conversion is nearly linear. It is as exact as that of Pillow on the average of
    a window, but has no steps.
    """
    result = np.empty((*values.shape[:2], 3), np.uint16)
    for top in range(0, len(values), BAND_CELLS * CELL):
        bottom = min(top + BAND_CELLS * CELL, len(values))
        result[top:bottom] = _band_in_colours(values, image, (top, bottom))
    return result


def _band_in_colours(values: Deep, image: Image.Image, rows: tuple[int, int]) -> Deep:
    margin = MARGIN_CELLS * CELL
    top, bottom = max(0, rows[0] - margin), min(len(values), rows[1] + margin)
    # in double precision, as channels that hardly differ make the fit nearly singular
    own = torch.from_numpy(values[top:bottom].astype(np.float64) / STEP).permute(2, 0, 1)
    part = image.crop((0, top, image.width, bottom))
    rounded = torch.from_numpy(np.asarray(part, np.float64)).permute(2, 0, 1)
    gains, offsets = regression(own, rounded, RADIUS, RIDGE, largest_gain=LARGEST_GAIN)
    inside = rows[0] - top, rows[1] - top
    size, grid = (own.shape[2], own.shape[1]), (own.shape[2] / CELL, own.shape[1] / CELL)
    gains, offsets = (enlarged(planes, size, inside, grid).double() for planes in (gains, offsets))
    own, rounded = own[:, slice(*inside)], rounded[:, slice(*inside)]
    mapped = transformed(gains, own) + offsets
    return to_deep(torch.minimum(torch.maximum(mapped, rounded - CONVERSION), rounded + CONVERSION))
