"""Colours of the background take the place of the subject and its halo."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from engine.subject.background_fill import spread_background, with_halo


@pytest.mark.parametrize("size", [(61, 40), (450, 351)])
def test_nothing_of_the_subject_is_left_and_nothing_else_changes(size: tuple[int, int]) -> None:
    width, height = size
    image = Image.new("RGB", size, (20, 90, 200))
    image.paste((20, 200, 90), (width // 2, 0, width, height))
    box = (width // 3, height // 4, width * 2 // 3, height)
    image.paste((255, 0, 0), box)
    subject = Image.new("L", size)
    subject.paste(255, box)
    filled = np.asarray(spread_background(image, subject)).astype(int)
    outside = np.asarray(subject) == 0
    assert (filled[outside] == np.asarray(image)[outside]).all()
    assert filled[..., 0].max() <= 21
    left, right = filled[height - 2, width // 3 + 1], filled[height - 2, width * 2 // 3 - 2]
    assert left[2] > left[1]
    assert right[1] > right[2]


@pytest.mark.parametrize("level", [0, 255])
def test_an_image_without_or_full_of_a_subject_is_possible(level: int) -> None:
    image = Image.effect_noise((50, 40), 60).convert("RGB")
    filled = spread_background(image, Image.new("L", image.size, level))
    assert filled.size == image.size
    assert (filled.tobytes() == image.tobytes()) is (level == 0)


def test_the_halo_reaches_some_pixels_beyond_the_subject() -> None:
    subject = Image.new("L", (512, 320))
    subject.paste(9, (200, 100, 300, 200))
    assert with_halo(subject).getbbox() == (184, 84, 316, 216)
    assert with_halo(subject).getextrema() == (0, 255)
