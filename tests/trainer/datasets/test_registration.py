"""Edited photos that were shifted, turned, scaled or cropped are found on their originals."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from ip2p_desktop.base.paths import sample_photos
from trainer.datasets.checking.inspection import PairFault, inspect_pair
from trainer.datasets.opening import open_pair
from trainer.datasets.pairs import Pair
from trainer.datasets.repairs.registration import PairNotAligned, register

Matrix = np.ndarray


@dataclass(frozen=True)
class MemoryImage:
    name: str
    data: bytes

    @property
    def location(self) -> tuple[Path, str]:
        return Path(self.name), ""

    def read(self) -> bytes:
        return self.data


def image_of(name: str, image: Image.Image) -> MemoryImage:
    file = io.BytesIO()
    image.save(file, "PNG")
    return MemoryImage(name, file.getvalue())


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    with Image.open(next(path for path in sample_photos() if path.stem == "dog")) as opened:
        photo = opened.convert("RGB")
    photo.thumbnail((640, 640))
    return photo


def moved(
    photo: Image.Image, degrees: float, scale: float, right: float, down: float
) -> tuple[Image.Image, Matrix]:
    """The photo turned, scaled and shifted by shares of its size; the map from that to the photo."""
    width, height = photo.size
    a, b = math.cos(math.radians(degrees)) / scale, -math.sin(math.radians(degrees)) / scale
    x = width / 2 - right * width - a * width / 2 - b * height / 2
    y = height / 2 - down * height + b * width / 2 - a * height / 2
    matrix = (a, b, x, -b, a, y)
    result = photo.transform(photo.size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
    return result, np.array(matrix).reshape(2, 3)


def pair_of(original: Image.Image, edited: Image.Image) -> Pair:
    return Pair(image_of("a.png", original), image_of("b.png", edited), ("x",), "pair 1")


@pytest.mark.parametrize(
    ("degrees", "scale", "right", "down"),
    [(0, 1, 0.06, -0.04), (4, 1, 0, 0), (-5, 1.1, 0.03, 0.02), (0, 1.3, 0.04, 0), (2, 0.85, 0, 0)],
)
def test_a_moved_negative_is_found(
    photo: Image.Image, degrees: float, scale: float, right: float, down: float
) -> None:
    edited, matrix = moved(ImageOps.invert(photo), degrees, scale, right, down)
    found = register(pair_of(photo, edited))
    left, top, right_side, bottom = found.alignment.shared_box()
    assert (right_side - left) * (bottom - top) > 0.4
    for x, y in ((left, top), (right_side, top), (left, bottom), (right_side, bottom)):
        u, v = found.alignment.at(x, y)
        place = matrix @ np.array([u * edited.width, v * edited.height, 1])
        assert math.dist(place, (x * photo.width, y * photo.height)) < 2
    assert found.after > found.before + 0.1


def test_after_the_alignment_the_check_finds_nothing(photo: Image.Image) -> None:
    edited, _ = moved(ImageOps.grayscale(photo).convert("RGB"), 0, 1, 0.08, 0.05)
    pair = pair_of(photo, edited)
    assert [finding.fault for finding in inspect_pair(pair).findings] == [PairFault.MISALIGNED]
    repaired = replace(pair, alignment=register(pair).alignment)
    assert inspect_pair(repaired).findings == ()
    one, other = (np.asarray(image.convert("L"), float) for image in open_pair(repaired))
    assert np.abs(one - other).mean() < 4


def test_a_crop_of_another_shape_is_found(photo: Image.Image) -> None:
    width, height = photo.size
    cropped = ImageOps.invert(photo).crop((0, height // 6, width, height))
    edited = cropped.resize((cropped.width * 3 // 4, cropped.height * 3 // 4))
    pair = pair_of(photo, edited)
    assert [finding.fault for finding in inspect_pair(pair).findings] == [PairFault.SHAPES]
    repaired = replace(pair, alignment=register(pair).alignment)
    assert inspect_pair(repaired).findings == ()
    assert open_pair(repaired)[0].height == pytest.approx(height * 5 / 6, abs=4)


def test_a_photo_that_lies_on_its_side_is_found(photo: Image.Image) -> None:
    assert photo.width != photo.height
    pair = pair_of(photo, ImageOps.invert(photo).transpose(Image.Transpose.ROTATE_90))
    repaired = replace(pair, alignment=register(pair).alignment)
    one, other = (np.asarray(image, float) for image in open_pair(repaired))
    assert np.abs(one - (255 - other)).mean() < 6


def test_what_lies_in_place_is_said(photo: Image.Image) -> None:
    with pytest.raises(PairNotAligned) as raised:
        register(pair_of(photo, ImageOps.invert(photo)))
    assert raised.value.code == "alignment.not-needed"


def test_photos_of_other_things_are_not_forced_onto_each_other(photo: Image.Image) -> None:
    with Image.open(next(path for path in sample_photos() if path.stem != "dog")) as other:
        pair = pair_of(photo, other.convert("RGB").resize(photo.size))
    with pytest.raises(PairNotAligned) as raised:
        register(pair)
    assert raised.value.code == "alignment.not-found"


def test_a_blank_image_is_not_aligned(photo: Image.Image) -> None:
    blank = Image.new("RGB", photo.size, "white")
    with pytest.raises(PairNotAligned):
        register(pair_of(photo, blank))
    dotted = Image.new("RGB", (8, 8))
    ImageDraw.Draw(dotted).point((3, 3), "white")
    with pytest.raises(PairNotAligned):
        register(pair_of(dotted, blank))
