"""Colours of the background take the place of the subject."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from engine.subject.background_fill import without_subject


@pytest.mark.parametrize("size", [(61, 40), (900, 700)])
def test_nothing_of_the_subject_is_left_and_nothing_else_changes(size: tuple[int, int]) -> None:
    width, height = size
    photo = Image.new("RGB", size, (20, 90, 200))
    photo.paste((20, 200, 90), (width // 2, 0, width, height))
    box = (width // 3, height // 4, width * 2 // 3, height)
    photo.paste((255, 0, 0), box)
    subject = Image.new("L", size)
    subject.paste(255, box)
    filled = np.asarray(without_subject(photo, subject)).astype(int)
    outside = np.asarray(subject) == 0
    assert (filled[outside] == np.asarray(photo)[outside]).all()
    assert filled[..., 0].max() <= 25
    beside = filled[height - 2, width // 3 + 1], filled[height - 2, width * 2 // 3 - 2]
    assert beside[0][2] > beside[0][1]
    assert beside[1][1] > beside[1][2]


@pytest.mark.parametrize("level", [0, 255])
def test_a_photo_without_or_full_of_a_subject_is_possible(level: int) -> None:
    photo = Image.effect_noise((50, 40), 60).convert("RGB")
    filled = without_subject(photo, Image.new("L", photo.size, level))
    assert filled.size == photo.size
    assert (filled.tobytes() == photo.tobytes()) is (level == 0)
