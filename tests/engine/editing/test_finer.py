"""A finer edit is offered where the model painted, and what it brought is measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from engine.edit_settings import EditSettings
from engine.editing.finer import detail_kept, finer_gain, is_painted, next_resolution
from engine.library import ModelCard

SIZE = (1200, 800)
CARD = ModelCard(path=Path("model"), name="Small", recommended=EditSettings(resolution=512))


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    """Grain on a gradient, so that there is fine detail everywhere."""
    ground = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    return Image.blend(ground, Image.effect_noise(SIZE, 60).convert("RGB"), 0.5)


def painted(photo: Image.Image, resolution: int) -> Image.Image:
    """The negative as a model paints it at this resolution."""
    working = (resolution, resolution * SIZE[1] // SIZE[0])
    return ImageOps.invert(photo).resize(working).resize(SIZE)


@pytest.mark.parametrize(
    ("longest", "current", "expected"),
    [
        (4000, 512, 768),
        (4000, 768, 1024),
        (4000, 1024, None),
        (700, 512, None),
        (800, 512, 768),
        (4000, 256, 384),
    ],
)
def test_the_next_resolution_is_within_photo_and_model(
    longest: int, current: int, expected: int | None
) -> None:
    assert next_resolution((longest, longest // 2), CARD, current) == expected
    assert next_resolution((longest // 2, longest), CARD, current) == expected


@pytest.mark.parametrize(("family", "expected"), [("sd1", 768), ("sd2", 768), ("cosxl", 768), ("sdxl", 768)])
def test_a_full_size_model_is_used_up_to_its_limit(family: str, expected: int) -> None:
    card = replace(CARD, family=family)
    assert next_resolution((4000, 3000), card, 512) == expected
    assert next_resolution((4000, 3000), card, 768) == (None if family == "sd1" else 1024)


def test_edits_of_tone_are_not_painted(photo: Image.Image) -> None:
    for tone in (ImageOps.invert(photo), photo.point([value // 2 for value in range(256)] * 3), photo):
        assert not is_painted(photo, tone, 512)
        assert detail_kept(photo, tone, 512) > 0.99


def test_painted_edits_and_results_of_the_working_size_are(photo: Image.Image) -> None:
    assert is_painted(photo, painted(photo, 512), 512)
    assert is_painted(photo, photo.resize((512, 341)), 512)


def test_only_the_edited_part_counts(photo: Image.Image) -> None:
    half = photo.copy()
    half.paste(painted(photo, 512).crop((0, 0, 200, 800)), (0, 0))
    assert is_painted(photo, half, 512)


def test_what_a_higher_resolution_brought_is_measured(photo: Image.Image) -> None:
    coarse, fine = painted(photo, 512), painted(photo, 1024)
    gain = finer_gain(photo, coarse, fine, 512)
    assert gain.is_visible
    assert gain.detail > 1.5
    assert gain.kept_after > gain.kept_before
    same = finer_gain(photo, coarse, coarse, 512)
    assert not same.is_visible
    assert same.detail == pytest.approx(1.0)


def test_the_smallest_photos_are_compared_too() -> None:
    tiny = Image.new("RGB", (5, 3), "teal")
    assert not is_painted(tiny, ImageOps.invert(tiny), 512)
