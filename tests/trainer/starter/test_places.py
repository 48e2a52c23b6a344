"""Edits of the background or the subject alone, and the masks for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trainer.starter.data.edits import COLOURS, PLACED, PLAIN_COLOURS, Edit
from trainer.starter.data.photos import Photo, photo_paths, read_photo
from trainer.starter.data.recipes import GivenImages, apply_edits, noise_for
from trainer.starter.data.recipes.pixel_operations import Plane
from trainer.starter.data.subject_masks import (
    decisive_masks,
    guided_filter,
    is_decisive,
    read_mask,
    refined_mask,
)

SIZE = (96, 128)
EVERY = [(family, place) for place, families in PLACED.items() for family in families]


@pytest.fixture(scope="module")
def photo(photo_set: Path) -> Photo:
    photo = read_photo(photo_paths(photo_set, "train")[0])
    return np.asarray(Image.fromarray(photo).resize(SIZE[::-1]))


@pytest.fixture(scope="module")
def left_half() -> Plane:
    mask = np.zeros(SIZE, dtype=np.float32)
    mask[:, :64] = 1
    return mask


def edited(edit: Edit, photo: Photo, subject: Plane) -> Photo:
    noise = noise_for(SIZE, np.random.default_rng(0))
    return apply_edits((edit,), photo, noise, GivenImages(subject=subject))


@pytest.mark.parametrize(("family", "place"), EVERY)
def test_only_the_place_changes(family: str, place: str, photo: Photo, left_half: Plane) -> None:
    colour = "blue" if family in ("plain", "tint") else None
    result = edited(Edit(family, colour=colour, place=place), photo, left_half)
    inside = left_half > 0.5 if place == "subject" else left_half < 0.5
    assert np.array_equal(result[~inside], photo[~inside])
    assert np.abs(result[inside].astype(int) - photo[inside]).mean() > 1


def test_a_blurred_background_has_no_colour_of_the_subject() -> None:
    green = np.full((*SIZE, 3), (30, 200, 40), dtype=np.uint8)
    green[:, :64] = (220, 20, 20)
    subject = np.zeros(SIZE, dtype=np.float32)
    subject[:, :64] = 1
    result = edited(Edit("blurry", 1.5, place="background"), green, subject)
    assert np.abs(result.astype(int) - green).max() <= 4


def test_plain_fills_with_every_colour_it_knows(photo: Photo, left_half: Plane) -> None:
    assert {*COLOURS} < {*PLAIN_COLOURS}
    for name, value in PLAIN_COLOURS.items():
        result = edited(Edit("plain", colour=name, place="background"), photo, left_half)
        assert np.abs(result[:, 64:].astype(int) - value).max() <= 1


def test_a_place_needs_a_mask_and_a_painted_style_its_image(photo: Photo) -> None:
    noise = noise_for(SIZE, np.random.default_rng(0))
    with pytest.raises(ValueError, match="no mask"):
        apply_edits((Edit("sepia", place="subject"),), photo, noise)
    with pytest.raises(KeyError):
        apply_edits((Edit("woodcut"),), photo, noise)
    given = GivenImages(painted={"woodcut": 255 - photo})
    assert np.array_equal(apply_edits((Edit("woodcut"),), photo, noise, given), 255 - photo)
    with pytest.raises(KeyError):
        apply_edits((Edit("sepia"), Edit("woodcut")), photo, noise, given)
    both = apply_edits((Edit("woodcut"), Edit("black and white")), photo, noise, given)
    assert np.ptp(both, axis=2).max() <= 1


def test_only_clear_masks_are_decisive() -> None:
    mask = np.zeros((50, 50), dtype=np.float32)
    assert not is_decisive(mask)
    mask[10:40, 10:40] = 1
    assert is_decisive(mask)
    mask[:, 40:48] = 0.5
    assert not is_decisive(mask)


def test_a_refined_mask_follows_the_edge_of_the_photo() -> None:
    photo = np.full((288, 384, 3), 40, dtype=np.uint8)
    photo[:, 188:] = 220
    rough = np.zeros((16, 16), dtype=np.float32)
    rough[:, 8:] = 1  # four pixels beside the edge of the photo
    mask = refined_mask(rough, photo)
    assert mask.shape == (288, 384)
    assert mask[:, :160].max() < 0.05
    assert mask[:, 220:].min() > 0.95
    steps = np.diff(mask[144])
    assert steps.argmax() == 187
    assert steps.max() > 3 * np.partition(steps, -2)[-2]


def test_the_guided_filter_keeps_a_constant() -> None:
    guide = np.random.default_rng(0).random(SIZE, dtype=np.float32)
    assert np.allclose(guided_filter(guide, np.full(SIZE, 0.3, np.float32), 4, 1e-4), 0.3, atol=1e-4)


def test_files_of_teachers_are_found_for_their_photos(photo_set: Path, teacher_files: Path) -> None:
    train = photo_paths(photo_set, "train")
    masks = decisive_masks(teacher_files, train)
    assert list(masks) == train
    assert read_mask(masks[train[0]])[160, 160] == 1
    assert not decisive_masks(teacher_files / "nothing", train)
