"""Masks of the subjects of photos, which a teacher has stored, refined at the size of an edit.

`trainer.starter.teachers.subject_labels` writes them: `subjects/PHOTO.png`, for the whole photo, 0 to 255.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from trainer.starter.data.photos import Photo
from trainer.starter.data.recipes.pixel_operations import Plane, luma

FOLDER = "subjects"
"""Name of the folder in that of the teachers' files."""
LEAST_AREA, MOST_AREA = 0.04, 0.85
"""Share of the photo that a decisive subject has."""
MOST_UNSURE = 0.12
"""Share of the photo that is neither clearly the subject nor clearly not."""
UNSURE = (0.2, 0.8)
MOST_NOTHING = 0.01
"""Share of the photo that may be unsure or of the subject where there is none."""
EDGE_RADIUS, EDGE_EPSILON = 9, 1e-4
"""Of the guided filter at 512 px on the longer side; the radius is smaller for smaller images."""


def read_mask(path: Path) -> Plane:
    """Returns a stored mask, 0 to 1."""
    with Image.open(path) as image:
        return np.asarray(image.convert("L"), dtype=np.float32) / np.float32(255)


def is_decisive(mask: Plane) -> bool:
    """Returns whether a mask shows clearly one subject and a background."""
    unsure = float(((mask > UNSURE[0]) & (mask < UNSURE[1])).mean())
    return LEAST_AREA <= float((mask > 0.5).mean()) <= MOST_AREA and unsure < MOST_UNSURE


def is_empty(mask: Plane) -> bool:
    """Returns whether a mask shows that a photo has no subject."""
    return float((mask > UNSURE[0]).mean()) < MOST_NOTHING


def decisive_masks(folder: Path, photos: list[Path]) -> dict[Path, Path]:
    """Returns those of the photos with a decisive mask, and its file; none without such files."""
    return _masks_that(is_decisive, folder, photos)


def empty_masks(folder: Path, photos: list[Path]) -> dict[Path, Path]:
    """Returns those of the photos whose mask shows that they have no subject, and its file."""
    return _masks_that(is_empty, folder, photos)


def _masks_that(holds: Callable[[Plane], bool], folder: Path, photos: list[Path]) -> dict[Path, Path]:
    files = {photo: folder / FOLDER / f"{photo.stem}.png" for photo in photos}
    return {photo: mask for photo, mask in files.items() if mask.exists() and holds(read_mask(mask))}


def refined_mask(mask: Plane, photo: Photo) -> Plane:
    """Returns a mask of the photo's shape whose edges follow those of the photo."""
    height, width = photo.shape[:2]
    scaled = Image.fromarray(mask).resize((width, height), Image.Resampling.BICUBIC)
    light = luma(photo.astype(np.float32) / np.float32(255))
    radius = max(1, round(EDGE_RADIUS * max(height, width) / 512))
    refined = guided_filter(light, np.clip(np.asarray(scaled, dtype=np.float32), 0, 1), radius, EDGE_EPSILON)
    # a linear model of the luma leaves haze in flat areas far from the edge, where the mask itself is sure
    return np.asarray(np.clip(refined * 1.1 - 0.05, 0, 1), dtype=np.float32)


def guided_filter(guide: Plane, plane: Plane, radius: int, epsilon: float) -> Plane:
    """Returns the plane as a locally linear function of the guide (He, Sun, Tang 2013)."""
    mean_guide, mean_plane = box_mean(guide, radius), box_mean(plane, radius)
    variance = box_mean(np.square(guide), radius) - mean_guide * mean_guide
    covariance = box_mean(guide * plane, radius) - mean_guide * mean_plane
    slope = np.asarray(covariance / (variance + np.float32(epsilon)), dtype=np.float32)
    offset = np.asarray(mean_plane - slope * mean_guide, dtype=np.float32)
    return np.asarray(box_mean(slope, radius) * guide + box_mean(offset, radius), dtype=np.float32)


def box_mean(plane: Plane, radius: int) -> Plane:
    """Returns the mean of the square around each pixel; the plane is continued by its edges."""
    side = 2 * radius + 1
    padded = np.pad(plane.astype(np.float64), ((radius + 1, radius), (radius + 1, radius)), mode="edge")
    sums = padded.cumsum(0).cumsum(1)
    total = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return np.asarray(total / side**2, dtype=np.float32)
