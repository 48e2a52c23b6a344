"""Each recipe does what its name says to a real photo."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ip2p_desktop.paths import sample_photos
from trainer.starter.photos import Photo
from trainer.starter.recipes import RECIPES, apply_recipe


@pytest.fixture(scope="module")
def photo() -> Photo:
    with Image.open(sample_photos()[0]) as image:
        return np.asarray(image.convert("RGB").resize((160, 120)))


def edited(
    name: str, photo: Photo, strength: float = 1.0
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return apply_recipe(name, photo, strength, np.random.default_rng(0)).astype(np.float64)


def chroma(pixels: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    return float(np.mean(pixels.max(axis=2) - pixels.min(axis=2)))


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_keeps_shape_and_range_and_changes_the_photo(name: str, photo: Photo) -> None:
    result = apply_recipe(name, photo, 1.0, np.random.default_rng(0))
    assert result.shape == photo.shape
    assert result.dtype == np.uint8
    assert np.abs(result.astype(int) - photo).mean() > 2


def test_tones_go_where_their_names_say(photo: Photo) -> None:
    source = photo.astype(np.float64)
    assert chroma(edited("black and white", photo)) == 0
    assert chroma(edited("more colourful", photo)) > chroma(source)
    assert edited("brighter", photo).mean() > source.mean() > edited("darker", photo).mean()
    assert edited("darker", photo).mean() > edited("night", photo).mean()
    red_minus_blue = (source[..., 0] - source[..., 2]).mean()
    assert (edited("warmer", photo)[..., 0] - edited("warmer", photo)[..., 2]).mean() > red_minus_blue
    assert (edited("cooler", photo)[..., 0] - edited("cooler", photo)[..., 2]).mean() < red_minus_blue
    assert np.abs(edited("negative", photo) + source - 255).max() <= 1


@pytest.mark.parametrize(
    "name", ["warmer", "cooler", "brighter", "darker", "more colourful", "blurry", "snowy"]
)
def test_strength_scales_the_edit(name: str, photo: Photo) -> None:
    changes = [np.abs(edited(name, photo, strength) - photo).mean() for strength in (0.5, 1.0, 1.5)]
    assert changes == sorted(changes)
