"""Edits that depend on the position in the image: vignette, tilt-shift, frame."""

from __future__ import annotations

import numpy as np

from trainer.starter.data.edits import Edit
from trainer.starter.data.recipes.pixel_operations import Noise, Pixels, Plane, blurred, mix, ramp, vivid

FRAME = 20
"""Width of the white frame in pixels."""


def _rows_and_columns(pixels: Pixels) -> tuple[Plane, Plane]:
    """Returns the positions of the pixels' centres from -1 to 1: a column of rows and a row of columns."""
    height, width = pixels.shape[:2]
    rows = (np.arange(height, dtype=np.float32) + 0.5) * 2 / height - 1
    columns = (np.arange(width, dtype=np.float32) + 0.5) * 2 / width - 1
    return rows[:, None], columns[None]


def from_centre(pixels: Pixels) -> Plane:
    """Returns the elliptical distance of each pixel from the centre: 0 there, 1 in the corners."""
    rows, columns = _rows_and_columns(pixels)
    return np.asarray(np.hypot(rows, columns) / np.sqrt(2), dtype=np.float32)


def vignette(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Darkens the corners."""
    shade = min(0.62 * edit.strength, 0.93) * ramp(from_centre(pixels), 0.3, 0.95)
    return pixels * (1 - shade[..., None])


def tilt_shift(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Blurs all but a horizontal band in the middle, and brightens colours, as in photos of miniatures."""
    bright = vivid(pixels, 1.6) * np.float32(1.12)
    rows, _ = _rows_and_columns(pixels)
    away = np.broadcast_to(np.abs(rows), pixels.shape[:2])
    near = mix(bright, blurred(bright, 2.5), ramp(away, 0.18, 0.4))
    return mix(near, blurred(bright, 7), ramp(away, 0.35, 0.75))


def white_frame(pixels: Pixels, edit: Edit, noise: Noise) -> Pixels:
    """Paints a white frame over the borders."""
    framed = np.ones_like(pixels)
    framed[FRAME:-FRAME, FRAME:-FRAME] = pixels[FRAME:-FRAME, FRAME:-FRAME]
    return framed
