"""The photographs for training and measuring the starter model."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Photo = NDArray[np.uint8]
"""One photograph, height x width x 3, sRGB, 0 to 255."""


def photo_paths(folder: Path, split: str) -> list[Path]:
    """Returns the files of one split ("train" or "val") of a photo set with an `index.csv`, in its order.

    Raises `ValueError` if the split is empty.
    """
    with (folder / "index.csv").open(newline="", encoding="utf-8") as index:
        names = [row["file"] for row in csv.DictReader(index) if row["split"] == split]
    if not names:
        raise ValueError(f"{folder} has no photos of the split “{split}”.")
    return [folder / "images" / name for name in names]


def read_photo(path: Path) -> Photo:
    """Returns the photo as an array (height, width, 3)."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def scaled_to_long_side(photo: Photo, long_side: int) -> Photo:
    """Returns the photo with its longer side scaled to `long_side` pixels, with the same aspect ratio."""
    height, width = photo.shape[:2]
    scale = long_side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS))


def random_crop(photo: Photo, size: int, rng: np.random.Generator) -> Photo:
    """Returns a random square of `size` pixels of the photo, mirrored half of the time.

    A photo that is smaller than the square is enlarged first.
    """
    return random_part(photo, (size, size), rng)


def random_part(
    photo: Photo, shape: tuple[int, int], rng: np.random.Generator, *, mirrors: bool = True
) -> Photo:
    """Returns a random part of this height and width, mirrored half of the time if it may be.

    Any channels may be stacked. A photo that is smaller is enlarged first.
    """
    scale = max(1.0, shape[0] / photo.shape[0], shape[1] / photo.shape[1])
    if scale > 1:
        enlarged = (
            max(shape[1], round(photo.shape[1] * scale)),
            max(shape[0], round(photo.shape[0] * scale)),
        )
        photo = np.asarray(Image.fromarray(photo).resize(enlarged, Image.Resampling.BICUBIC))
    top = int(rng.integers(photo.shape[0] - shape[0] + 1))
    left = int(rng.integers(photo.shape[1] - shape[1] + 1))
    crop = photo[top : top + shape[0], left : left + shape[1]]
    return crop[:, ::-1] if mirrors and rng.random() < 0.5 else crop


def scaled_to_cover(photo: Photo, shape: tuple[int, int], zoom: float = 1.0) -> Photo:
    """Returns the photo scaled so that it is `zoom` times as large as the smallest that covers a shape."""
    scale = zoom * max(shape[0] / photo.shape[0], shape[1] / photo.shape[1])
    size = (max(shape[1], round(photo.shape[1] * scale)), max(shape[0], round(photo.shape[0] * scale)))
    return np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS))


def evenly_spread(paths: list[Path], count: int) -> list[Path]:
    """Returns `count` of the paths, evenly spread from the first on."""
    return [paths[index * len(paths) // count] for index in range(count)]
