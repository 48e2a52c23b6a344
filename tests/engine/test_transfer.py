"""An edit carried up keeps the photo's own detail, and gets none where it has its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from engine import transfer
from engine.framing import plan_frame, source_region, to_frame
from engine.image_files import open_photo
from engine.request import Fit
from engine.transfer import carry_up

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
LANCZOS = Image.Resampling.LANCZOS
Change = Callable[[Image.Image], Image.Image]


@pytest.fixture(scope="module", params=["dog.jpg", "city-skyline.jpg"])
def source(request: pytest.FixtureRequest) -> Image.Image:
    photo = open_photo(SAMPLES / request.param)
    photo.thumbnail((603, 603), LANCZOS)
    return photo


def shrunk(photo: Image.Image, factor: float) -> Image.Image:
    return photo.resize((round(photo.width / factor), round(photo.height / factor)), LANCZOS)


def error(first: Image.Image, second: Image.Image) -> float:
    """Root mean square difference in levels."""
    difference = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    return float(np.sqrt(np.mean(difference**2)))


def black_and_white(photo: Image.Image) -> Image.Image:
    return photo.convert("L").convert("RGB")


def warm(photo: Image.Image) -> Image.Image:
    return photo.convert("RGB", (1.1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0.7, 0))


def swapped(photo: Image.Image) -> Image.Image:
    red, green, blue = photo.split()
    return Image.merge("RGB", (blue, red, green))


@pytest.mark.parametrize("change", [ImageOps.invert, black_and_white, warm, swapped])
@pytest.mark.parametrize("factor", [2, 3.3])
def test_an_edit_of_tones_has_the_detail_of_the_photo(
    source: Image.Image, change: Change, factor: float
) -> None:
    small = shrunk(source, factor)
    edited, wanted = change(small), change(source)
    carried = carry_up(source, small, edited)
    assert carried.size == source.size
    assert error(carried, wanted) < error(edited.resize(source.size, LANCZOS), wanted) / 3


def dark(photo: Image.Image) -> Image.Image:
    return photo.point([round(255 * (level / 255) ** 1.6) for level in range(256)] * 3)


def test_an_edit_by_a_curve_has_most_of_it(source: Image.Image) -> None:
    small = shrunk(source, 3)
    edited, wanted = dark(small), dark(source)
    enlarged = edited.resize(source.size, LANCZOS)
    assert error(carry_up(source, small, edited), wanted) < error(enlarged, wanted) * 0.6


def mosaic(photo: Image.Image) -> Image.Image:
    cells = photo.resize((photo.width // 16, photo.height // 16), Image.Resampling.BOX)
    return cells.resize(photo.size, Image.Resampling.NEAREST)


def blurred(photo: Image.Image) -> Image.Image:
    return photo.filter(ImageFilter.GaussianBlur(4))


def another_place(photo: Image.Image) -> Image.Image:
    return photo.rotate(180)


@pytest.mark.parametrize("change", [mosaic, blurred, another_place])
def test_an_edit_with_a_structure_of_its_own_gets_no_texture(source: Image.Image, change: Change) -> None:
    small = shrunk(source, 2)
    edited = change(small)
    texture = error(source, small.resize(source.size, LANCZOS))
    added = error(carry_up(source, small, edited), edited.resize(source.size, LANCZOS))
    assert added < texture / 4


def test_what_was_not_changed_comes_back(source: Image.Image) -> None:
    small = shrunk(source, 3)
    assert error(carry_up(source, small, small), source) < 0.5


def test_a_change_in_one_place_leaves_the_others_as_they_were(source: Image.Image) -> None:
    small = shrunk(source, 2)
    edited = small.copy()
    box = (40, 40, 140, 140)
    edited.paste(ImageEnhance.Brightness(edited.crop(box)).enhance(0.3), box)
    carried = carry_up(source, small, edited)
    untouched = (0, 320, source.width, source.height)
    assert error(carried.crop(untouched), source.crop(untouched)) < 0.5


def test_bands_leave_no_seams(source: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    small = shrunk(source, 2.7)
    edited = ImageOps.invert(small).rotate(1)
    whole = carry_up(source, small, edited)
    monkeypatch.setattr(transfer, "BAND_PIXELS", 20_000)
    extremes = ImageChops.difference(carry_up(source, small, edited), whole).getextrema()
    assert max(highest for _, highest in extremes) <= 1


def test_the_region_of_the_originals_rule_is_carried_up(source: Image.Image) -> None:
    frame = plan_frame(source.size, Fit.ORIGINAL, 256, 64)
    shown = source.crop(source_region(source.size, frame))
    small = to_frame(source, frame)
    carried = carry_up(shown, small, ImageOps.invert(small))
    assert carried.size == shown.size
    lanczos = ImageOps.invert(small).resize(shown.size, LANCZOS)
    assert error(carried, ImageOps.invert(shown)) < error(lanczos, ImageOps.invert(shown)) / 2


def test_a_photo_no_larger_than_its_edit_is_only_scaled(source: Image.Image) -> None:
    assert carry_up(source, source, ImageOps.invert(source)).tobytes() == ImageOps.invert(source).tobytes()
    large = source.resize((source.width * 2, source.height * 2), LANCZOS)
    assert carry_up(source, large, large).tobytes() == large.resize(source.size, LANCZOS).tobytes()


@pytest.mark.parametrize("size", [(2, 900), (900, 2), (3, 3)])
def test_a_photo_of_any_shape_can_be_carried_up(size: tuple[int, int]) -> None:
    photo = Image.effect_noise(size, 60).convert("RGB")
    small = photo.resize((max(1, size[0] // 3), max(1, size[1] // 3)), LANCZOS)
    assert carry_up(photo, small, ImageOps.invert(small)).size == size
