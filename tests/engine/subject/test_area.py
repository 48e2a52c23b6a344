"""The area of an edit: subject or background, and what is painted."""

from __future__ import annotations

import pytest
from PIL import Image

from engine.edit_settings import EditArea
from engine.errors import SubjectNotFound
from engine.subject.area import area_mask, needs_subject


@pytest.fixture
def subject() -> Image.Image:
    """The subject is the left half of 4 × 2 pixels, with a soft column."""
    mask = Image.new("L", (4, 2), 0)
    mask.paste(255, (0, 0, 1, 2))
    mask.paste(128, (1, 0, 2, 2))
    return mask


def rows(mask: Image.Image) -> list[int]:
    return [mask.getpixel((x, 0)) for x in range(4)]  # type: ignore[misc]


def test_the_background_is_what_the_subject_is_not(subject: Image.Image) -> None:
    assert rows(area_mask(EditArea.SUBJECT, subject, None)) == [255, 128, 0, 0]
    assert rows(area_mask(EditArea.BACKGROUND, subject, None)) == [0, 127, 255, 255]


def test_painted_and_area_must_both_allow_an_edit(subject: Image.Image) -> None:
    painted = Image.new("L", (4, 2), 0)
    painted.paste(255, (1, 0, 3, 2))
    assert rows(area_mask(EditArea.SUBJECT, subject, painted)) == [0, 128, 0, 0]
    assert rows(area_mask(EditArea.BACKGROUND, subject, painted)) == [0, 127, 255, 0]


def test_paint_beside_the_area_is_refused(subject: Image.Image) -> None:
    painted = Image.new("L", (4, 2), 0)
    painted.paste(255, (3, 0, 4, 2))
    with pytest.raises(SubjectNotFound, match="outside the part"):
        area_mask(EditArea.SUBJECT, subject, painted)


def test_a_photo_that_is_all_subject_has_no_background() -> None:
    whole = Image.new("L", (4, 2), 255)
    with pytest.raises(SubjectNotFound, match="no background"):
        area_mask(EditArea.BACKGROUND, whole, None)
    assert area_mask(EditArea.SUBJECT, whole, None).getextrema() == (255, 255)


def test_only_these_two_need_a_subject() -> None:
    assert [area for area in EditArea if needs_subject(area)] == [EditArea.SUBJECT, EditArea.BACKGROUND]
