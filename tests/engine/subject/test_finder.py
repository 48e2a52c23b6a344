"""The shipped network finds the subject of photos, and its mask follows the photo's edges."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from engine.errors import SubjectNotFound
from engine.images.image_files import open_photo
from engine.progress import Cancelled, CancelToken
from engine.resources import resources_folder
from engine.subject.finder import SubjectFinder

SAMPLES = Path(__file__).resolve().parents[3] / "resources" / "samples"


@pytest.fixture(scope="module")
def finder() -> SubjectFinder:
    return SubjectFinder()


@pytest.fixture(scope="module")
def otter() -> Image.Image:
    """An otter on the bank of a river, 1365 × 768."""
    return open_photo(SAMPLES / "otter.jpg")


def share(mask: Image.Image, box: tuple[int, int, int, int]) -> float:
    return ImageStat.Stat(mask.crop(box)).mean[0] / 255


def test_an_animal_is_found_and_all_else_is_exactly_out(finder: SubjectFinder, otter: Image.Image) -> None:
    mask = finder.mask(otter)
    assert (mask.mode, mask.size) == ("L", otter.size)
    left, top, right, bottom = mask.point([255 * (value > 127) for value in range(256)]).getbbox() or ()
    middle = (left + right) // 2, (top + bottom) // 2
    assert share(mask, (middle[0] - 40, middle[1] - 40, middle[0] + 40, middle[1] + 40)) > 0.95
    assert share(mask, (0, 0, otter.width, 60)) == 0
    counts = mask.histogram()
    assert (counts[0] + counts[255]) / sum(counts) > 0.95


def test_a_large_photo_has_the_mask_of_a_small_one(finder: SubjectFinder, otter: Image.Image) -> None:
    small = otter.resize((683, 384), Image.Resampling.LANCZOS)
    large = otter.resize((2731, 1536), Image.Resampling.LANCZOS)
    masks = (finder.mask(photo).resize(small.size, Image.Resampling.BOX) for photo in (small, large))
    assert ImageStat.Stat(ImageChops.difference(*masks)).mean[0] < 2


def test_a_mask_is_computed_once_for_each_photo(finder: SubjectFinder, otter: Image.Image) -> None:
    worked: list[int] = []
    first = finder.mask(otter)
    again = finder.mask(otter.copy(), on_work=lambda: worked.append(1))
    assert again is first
    assert not worked
    changed = otter.copy()
    changed.putpixel((5, otter.height - 1), (255, 0, 0))
    finder.mask(changed, on_work=lambda: worked.append(1))
    assert worked == [1]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_where_nothing_stands_out_that_is_said(finder: SubjectFinder, mode: str) -> None:
    with pytest.raises(SubjectNotFound) as caught:
        finder.mask(Image.new(mode, (300, 200)))
    assert caught.value.message == "No subject was found in this photo."
    assert caught.value.advice


@pytest.mark.parametrize("size", [(2, 900), (900, 2), (3, 3)])
def test_photos_of_any_shape_have_an_answer(
    finder: SubjectFinder, otter: Image.Image, size: tuple[int, int]
) -> None:
    with suppress(SubjectNotFound):
        assert finder.mask(otter.resize(size)).size == size


def test_it_can_be_cancelled(finder: SubjectFinder, otter: Image.Image) -> None:
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        finder.mask(otter.rotate(180), cancel=cancel, on_work=cancel.cancel)


def test_the_network_comes_with_its_licence() -> None:
    folder = resources_folder() / "subject"
    assert "Apache License" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert "Qin" in (folder / "README.md").read_text(encoding="utf-8")
