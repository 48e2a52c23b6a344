"""The photographs the starter model is trained and measured on."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Photo = NDArray[np.uint8]
"""One photograph, height x width x 3, sRGB, 0 to 255."""


def photo_paths(folder: Path, split: str) -> list[Path]:
    """Files of one split ("train" or "val") of a photo set with an `index.csv`, in its order."""
    with (folder / "index.csv").open(newline="", encoding="utf-8") as index:
        names = [row["file"] for row in csv.DictReader(index) if row["split"] == split]
    if not names:
        raise ValueError(f"{folder} has no photos of the split “{split}”.")
    return [folder / "images" / name for name in names]


def read_photo(path: Path) -> Photo:
    """The photo as an array of shape (height, width, 3)."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def scaled_to_long_side(photo: Photo, long_side: int) -> Photo:
    """The photo with its longer side at `long_side` pixels, aspect kept."""
    height, width = photo.shape[:2]
    scale = long_side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS))


def random_crop(photo: Photo, size: int, rng: np.random.Generator) -> Photo:
    """A square of `size` pixels from anywhere in the photo, mirrored half of the time.

    The photo is enlarged first if it is smaller than the square.
    """
    shortest = min(photo.shape[:2])
    if shortest < size:
        scale = size / shortest
        enlarged = (max(size, round(photo.shape[1] * scale)), max(size, round(photo.shape[0] * scale)))
        photo = np.asarray(Image.fromarray(photo).resize(enlarged, Image.Resampling.BICUBIC))
    top = int(rng.integers(photo.shape[0] - size + 1))
    left = int(rng.integers(photo.shape[1] - size + 1))
    crop = photo[top : top + size, left : left + size]
    return crop[:, ::-1] if rng.random() < 0.5 else crop


def evenly_spread(paths: list[Path], count: int) -> list[Path]:
    """`count` of the paths, from the first on at equal distances."""
    return [paths[index * len(paths) // count] for index in range(count)]
