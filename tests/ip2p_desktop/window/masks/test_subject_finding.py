"""The subject of a sample photo, found by the shipped network."""

from __future__ import annotations

from PIL import Image

from ip2p_desktop.base import paths
from ip2p_desktop.window.masks.subject_finding import find_subject


def test_a_mask_of_the_size_of_the_photo_is_found() -> None:
    file = next(path for path in paths.sample_photos() if "skyline" not in path.stem)
    with Image.open(file) as opened:
        photo = opened.convert("RGB")
    mask = find_subject(photo)
    assert (mask.mode, mask.size) == ("L", photo.size)
    marked = sum(mask.histogram()[128:]) / (photo.width * photo.height)
    assert 0.01 < marked < 0.9
