"""Photos that their metadata turn are upright once: for the check, the buckets and training."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine.images.image_files import UPRIGHT
from trainer.batches.buckets import read_sizes
from trainer.check import check_pairs
from trainer.datasets import PairSet
from trainer.datasets.opening import open_pair

Find = Callable[[Path], PairSet]
ORIENTATIONS = range(1, 9)
SUFFIXES = (".tif", ".jpg", ".png", ".webp")


def save_turned(photo: Image.Image, path: Path, orientation: int) -> None:
    """Saves a photo as a camera does that was held otherwise, and writes how."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    back = next(turn for turn in (None, *Image.Transpose) if _restores(photo, orientation, turn))
    (photo if back is None else photo.transpose(back)).save(path, exif=exif, quality=95)


def _restores(photo: Image.Image, orientation: int, turn: Image.Transpose | None) -> bool:
    turned = photo if turn is None else photo.transpose(turn)
    again = turned.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else turned
    return again.size == photo.size and again.tobytes() == photo.tobytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_turned_photos_are_upright_once(
    tmp_path: Path, photos: list[Image.Image], find: Find, suffix: str
) -> None:
    lines = []
    for orientation, photo in zip(ORIENTATIONS, photos, strict=True):
        for side, image in (("a", photo), ("b", ImageOps.invert(photo))):
            save_turned(image, tmp_path / f"{orientation}-{side}{suffix}", orientation)
        names = {"original_image": f"{orientation}-a{suffix}", "edited_image": f"{orientation}-b{suffix}"}
        lines.append(json.dumps({**names, "edit_instruction": f"invert {orientation}"}))
    (tmp_path / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = find(tmp_path)
    report = check_pairs(found, workers=1)
    assert report.concerns == ()
    assert read_sizes(found.pairs) == [photo.size for photo in photos] == [(128, 96)] * 8
    assert [facts.size for facts in report.facts if facts] == [(128, 96)] * 8
    for pair, photo in zip(found.pairs, photos, strict=True):
        for image, expected in zip(open_pair(pair), (photo, ImageOps.invert(photo)), strict=True):
            assert image.size == expected.size
            assert np.abs(np.asarray(image, np.int16) - np.asarray(expected)).mean() < 6


@pytest.mark.parametrize("edited", SUFFIXES)
@pytest.mark.parametrize("original", SUFFIXES)
def test_one_turned_photo_fits_the_upright_other(
    tmp_path: Path, photos: list[Image.Image], find: Find, original: str, edited: str
) -> None:
    save_turned(photos[0], tmp_path / f"x_before{original}", 6)
    ImageOps.invert(photos[0]).save(tmp_path / f"x_after{edited}", quality=95)
    (tmp_path / "x.txt").write_text("invert", encoding="utf-8")
    found = find(tmp_path)
    report = check_pairs(found, workers=1)
    assert [concern.sentence for concern in report.concerns] == [
        "Images of which one is rotated by its EXIF data: 1 (x). Both turned upright."
    ]
    first, second = (np.asarray(image, np.int16) for image in open_pair(found.pairs[0]))
    assert np.abs(first + second - 255).mean() < 12
