"""Edits that know where in the picture they are: corners, bands, borders."""

from __future__ import annotations

import numpy as np

from trainer.starter.data.edits import Edit
from trainer.starter.data.recipes.pixel_operations import Noise, Pixels, Plane, blurred, mix, ramp, vivid

FRAME = 20
"""Width of the white frame in pixels."""


def _rows_and_columns(pixels: Pixels) -> tuple[Plane, Plane]:
    """Places of the pixels' centres from -1 to 1: a column of rows and a row of columns."""
    height, width = pixels.shape[:2]
    rows = (np.arange(height, dtype=np.float32) + 0.5) * 2 / height - 1
    columns = (np.arange(width, dtype=np.float32) + 0.5) * 2 / width - 1
    return rows[:, None], columns[None]


def from_centre(pixels: Pixels) -> Plane:
    """Distance from the centre of the picture: 0 there, 1 in the corners, the same all round an ellipse."""
    rows, columns = _rows_and_columns(pixels)
    return np.asarray(np.hypot(rows, columns) / np.sqrt(2), dtype=np.float32)


def vignette(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Dark corners."""
    shade = min(0.62 * edit.strength, 0.93) * ramp(from_centre(pixels), 0.3, 0.95)
    return pixels * (1 - shade[..., None])


def tilt_shift(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """A toy town: sharp only in a band across the middle, and in brighter colours."""
    bright = vivid(pixels, 1.6) * np.float32(1.12)
    rows, _ = _rows_and_columns(pixels)
    away = np.broadcast_to(np.abs(rows), pixels.shape[:2])
    near = mix(bright, blurred(bright, 2.5), ramp(away, 0.18, 0.4))
    return mix(near, blurred(bright, 7), ramp(away, 0.35, 0.75))


def white_frame(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    framed = np.ones_like(pixels)
    framed[FRAME:-FRAME, FRAME:-FRAME] = pixels[FRAME:-FRAME, FRAME:-FRAME]
    return framed
