"""Gives an edit, which was made of a photo on white, the alpha of its photo.

Where a photo is half transparent, an edit changes its colour and the white behind it. With the opacity a, the
photo's colour C and the white W, the model saw P = a C + (1 - a) W and made R of it. The change of the white
itself, B, is seen where the photo is fully transparent, and is spread from there. What remains is the change
of the photo's own colour: C + (R - P - (1 - a) B) / a. Of an edit that maps colours linearly, this is the one
of C.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.images.bands import bands
from engine.images.transparency import OPAQUE, flattened

Values = NDArray[Any]

COARSE_SIDE = 256
"""Longer side in pixels of the image on which the change of the white is spread."""
SPREADING = (1, 2, 4, 8, 16, 32, 64, 128)
"""Sides of the grids through which it is spread: near pixels count, far ones where there are no near ones."""
LEAST_OPACITY = 12 / 255
"""Opacity below which the change is not divided by less, as rounding would be seen."""
EMPTY = 1e-3
"""Share of transparent pixels below which a cell of a grid counts as having none."""


def with_alpha_of(photo: Image.Image, edited: Image.Image) -> Image.Image:
    """The edited image, mode "RGB", with the alpha of its photo, mode "RGBA"; other photos change nothing.

    Opaque pixels are those of the edited image. Unchanged and fully transparent pixels are those of the
    photo. A photo of another size is scaled.
    """
    if photo.mode != "RGBA":
        return edited
    if photo.size != edited.size:
        photo = photo.resize(edited.size, Image.Resampling.LANCZOS)
    of_white = _change_of_white(photo, edited)
    result = Image.new("RGBA", edited.size)
    for box in bands(edited.size):
        band = _restored(photo.crop(box), edited.crop(box), _enlarged(of_white, edited.size, box))
        result.paste(band, box)
    return result


def _restored(photo: Image.Image, edited: Image.Image, of_white: Values) -> Image.Image:
    pixels, seen, made = (np.asarray(image) for image in (photo, flattened(photo), edited))
    opacity = pixels[:, :, 3:].astype(np.float32) / OPAQUE
    change = made.astype(np.float32) - seen
    change -= (1 - opacity) * of_white
    change /= opacity.clip(LEAST_OPACITY)
    colours = (pixels[:, :, :3] + change).round().clip(0, OPAQUE)
    stays = (pixels[:, :, 3:] == 0) | (made == seen).all(axis=2, keepdims=True)
    result = pixels.copy()
    result[:, :, :3] = np.where(stays, pixels[:, :, :3], colours)
    return Image.fromarray(result)


def _change_of_white(photo: Image.Image, edited: Image.Image) -> Values:
    """The change of the white ground at each place (height, width, 3) of a small image, in levels."""
    scale = min(1.0, COARSE_SIDE / max(photo.size))
    size = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
    small = photo.resize(size, Image.Resampling.BOX)
    change = np.asarray(edited.resize(size, Image.Resampling.BOX), dtype=np.float32) - np.asarray(
        flattened(small), dtype=np.float32
    )
    alpha = np.asarray(small.getchannel("A"), dtype=np.float32)[:, :, None]
    is_clear = (alpha == 0).astype(np.float32)
    spread = np.zeros_like(change)
    for side in SPREADING:
        grid = (min(side, size[0]), min(side, size[1]))
        share = _resized(is_clear, grid, Image.Resampling.BOX)
        mean = _resized(change * is_clear, grid, Image.Resampling.BOX) / share.clip(EMPTY)
        before = _resized(spread, grid, Image.Resampling.BOX)
        spread = _resized(np.where(share > EMPTY, mean, before), size, Image.Resampling.BILINEAR)
    return np.where(is_clear > 0, change, spread)


def _enlarged(values: Values, size: tuple[int, int], box: tuple[int, int, int, int]) -> Values:
    """The part `box` of an image (h, w, 3) enlarged to a size, width and height."""
    height, width = values.shape[:2]
    down = height / size[1]
    part = (0.0, box[1] * down, float(width), box[3] * down)
    return _resized(values, (size[0], box[3] - box[1]), Image.Resampling.BILINEAR, part)


def _resized(
    values: Values,
    size: tuple[int, int],
    resampling: Image.Resampling,
    part: tuple[float, float, float, float] | None = None,
) -> Values:
    """Planes (h, w, C) of floats at another size, width and height."""
    planes = [
        np.asarray(Image.fromarray(np.ascontiguousarray(values[:, :, plane])).resize(size, resampling, part))
        for plane in range(values.shape[2])
    ]
    return np.stack(planes, axis=2)
