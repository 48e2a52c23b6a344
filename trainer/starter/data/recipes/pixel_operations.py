"""Types and operations that many recipes share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from trainer.starter.data.edits import PLAIN_COLOURS, Edit

Plane = NDArray[np.float32]
"""One value per pixel, height x width, mostly 0 to 1."""

Pixels = NDArray[np.float32]
"""One image, height x width x 3, sRGB, 0 to 1; results of recipes may exceed this, and are clipped."""

Noise = NDArray[np.float32]
"""Normal noise with the shape of latents, channels x rows x columns, aligned with the image's top left
corner."""

Recipe = Callable[[Pixels, Edit, Noise], Pixels]


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenImages:
    """What teachers know about a photo, of its height and width."""

    subject: Plane | None = None
    """How much each pixel is of the subject, 0 to 1; None if the photo has no clear one."""
    painted: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    """The photo in some painted styles, 0 to 255."""


LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def rgb(red: float, green: float, blue: float) -> NDArray[np.float32]:
    """Returns three numbers as float32, so that pixels do not become float64."""
    return np.array([red, green, blue], dtype=np.float32)


def named_colour(edit: Edit) -> NDArray[np.float32]:
    """Returns the colour that an edit names, sRGB, 0 to 1. Raises `ValueError` without one."""
    if edit.colour is None:
        raise ValueError(f"The edit “{edit.family}” names no colour.")
    return np.array(PLAIN_COLOURS[edit.colour], dtype=np.float32) / np.float32(255)


def luma(pixels: Pixels) -> Plane:
    """Returns the Rec. 601 luma, height x width, 0 to 1."""
    return np.asarray(pixels @ LUMA, dtype=np.float32)


def highest(pixels: Pixels) -> Plane:
    """Returns the largest of each pixel's three values (much faster than `max(axis=2)`)."""
    largest = np.maximum(np.maximum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
    return np.asarray(largest, dtype=np.float32)


def lowest(pixels: Pixels) -> Plane:
    """Returns the smallest of each pixel's three values."""
    smallest = np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
    return np.asarray(smallest, dtype=np.float32)


def vivid(pixels: Pixels, amount: float) -> Pixels:
    """Returns the image with `amount` times its colour, clipped to 0 to 1."""
    return np.clip(mix(grey(pixels), pixels, amount), 0, 1)


def as_grey(plane: Plane) -> Pixels:
    """Returns a plane as an image without colour."""
    return np.repeat(plane[..., None].astype(np.float32), 3, axis=2)


def grey(pixels: Pixels) -> Pixels:
    """Returns the luma of an image as an image."""
    return as_grey(luma(pixels))


def mix(first: Pixels, second: Pixels, share: float | Plane) -> Pixels:
    """Interpolates from `first` (share 0) to `second` (share 1), and beyond; a plane has a share a pixel."""
    weight = share if isinstance(share, float | int) else share[..., None]
    return np.asarray(first + weight * (second - first), dtype=np.float32)


def ramp(values: Plane, low: float, high: float) -> Plane:
    """Returns 0 up to `low`, 1 from `high`, smooth between (the cubic 3x² - 2x³)."""
    share = np.clip((values - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), dtype=np.float32)


def graded(plane: Plane, colours: Sequence[NDArray[np.float32]]) -> Pixels:
    """Maps values from 0 to 1 to evenly spaced `colours`, interpolated linearly."""
    stops = np.linspace(0, 1, len(colours))
    channels = [np.interp(plane, stops, [colour[i] for colour in colours]) for i in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def with_contrast(values: Pixels, amount: float) -> Pixels:
    """Increases contrast around the middle: `amount` 0 changes nothing, 1 is a full cubic S curve."""
    clipped = np.clip(values, 0, 1)
    return np.asarray(clipped + amount * (clipped * clipped * (3 - 2 * clipped) - clipped), dtype=np.float32)


def blurred(plane: NDArray[np.float32], radius: float) -> NDArray[np.float32]:
    """Returns the Gaussian blur of an image or a plane, computed in 8 bits."""
    eight_bit = (np.clip(plane, 0, 1) * 255).astype(np.uint8)
    result = Image.fromarray(eight_bit).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(result, dtype=np.float32) / np.float32(255)


def slope(plane: Plane, rows: int, columns: int) -> Plane:
    """Returns half the difference between the values `rows`, `columns` ahead and behind; edges repeat."""
    reach = max(abs(rows), abs(columns))
    height, width = plane.shape
    padded = np.pad(plane, reach, mode="edge")
    ahead = padded[reach + rows : reach + rows + height, reach + columns : reach + columns + width]
    behind = padded[reach - rows : reach - rows + height, reach - columns : reach - columns + width]
    return np.asarray((ahead - behind) / 2, dtype=np.float32)


def edges(plane: Plane, radius: float = 1.0) -> Plane:
    """Returns the magnitude of the gradient of the slightly blurred plane: about 0.3 at a clear outline."""
    smooth = blurred(plane, radius)
    return np.asarray(np.hypot(slope(smooth, 1, 0), slope(smooth, 0, 1)), dtype=np.float32)


def tiled(tile: NDArray[np.float32], like: Plane | Pixels) -> NDArray[np.float32]:
    """Returns a tile repeated over the height and width of `like`, from the top left corner on."""
    height, width = like.shape[:2]
    rows, columns = np.arange(height) % tile.shape[0], np.arange(width) % tile.shape[1]
    return np.asarray(tile[rows[:, None], columns], dtype=np.float32)


def square_means(pixels: Pixels, side: int, shift: int = 0) -> Pixels:
    """Returns the image in squares of mean colour, from the top left corner or `shift` columns beside."""
    height, width = pixels.shape[:2]
    padding = ((0, -height % side), (shift, -(width + shift) % side), (0, 0))
    padded = np.pad(pixels, padding, mode="symmetric" if min(height, width) >= side else "edge")
    squares = padded.reshape(padded.shape[0] // side, side, padded.shape[1] // side, side, 3)
    means = squares.mean(axis=(1, 3), dtype=np.float32).repeat(side, axis=0).repeat(side, axis=1)
    return np.asarray(means[:height, shift : shift + width], dtype=np.float32)
