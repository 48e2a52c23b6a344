"""What is judged is what an edit gives: the photo's own detail, with the trained look."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from fakes.looks import detailed_photo
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from engine.library import read_model_card
from engine.library.edit_looks import PLACES, EditLook, Grain
from engine.models.loading import Model, load_model
from engine.progress import CancelToken
from trainer.judging.model_edits import ModelEdits, Picture, read_picture

INSTRUCTION = "make it black and white"


@pytest.fixture(scope="module")
def model(starter: Path) -> Model:
    return load_model(starter, device=torch.device("cpu"), dtype=torch.float32)


@pytest.fixture(scope="module")
def picture(model: Model) -> Picture:
    card = read_model_card(model.path)
    assert INSTRUCTION in card.suggestions
    return read_picture(model, detailed_photo(160, 128), replace(card.recommended, resolution=160))


def edits(model: Model, *looks: EditLook) -> ModelEdits:
    return ModelEdits(model, torch.float32, CancelToken(), looks)


def levels(image: Image.Image) -> NDArray[np.float32]:
    return np.asarray(image.convert("L"), np.float32)


def sharpness(image: Image.Image) -> float:
    soft = image.filter(ImageFilter.GaussianBlur(1.5))
    return float((levels(image) - levels(soft)).std())


def test_the_result_has_the_detail_of_the_photo(model: Model, picture: Picture) -> None:
    painted, result = edits(model).edit(picture, INSTRUCTION), edits(model).result(picture, INSTRUCTION)
    assert result.size == painted.size == picture.image.size
    assert sharpness(result) > 1.2 * sharpness(painted)
    assert np.asarray(result, np.float32).std(axis=2).mean() < 4, "it is grey"


def test_grain_and_gains_are_in_the_result(model: Model, picture: Picture) -> None:
    gains = tuple(
        tuple((0.5 if row < PLACES // 2 else 1.0,) * 3 for _ in range(PLACES)) for row in range(PLACES)
    )
    plain = EditLook(instructions=(INSTRUCTION,), keeps_detail=True)
    dark = EditLook(instructions=(INSTRUCTION,), keeps_detail=True, gains=gains)
    grain = Grain(strength=12.0, size=0.0, is_grey=True)
    grainy = EditLook(instructions=(INSTRUCTION,), keeps_detail=True, grain=grain)
    other = EditLook(instructions=("make it night",), keeps_detail=True, gains=gains, grain=grain)
    before, darker, rough, same = (
        levels(edits(model, look).result(picture, INSTRUCTION)) for look in (plain, dark, grainy, other)
    )
    top, bottom = slice(0, 32), slice(96, None)
    assert darker[top].mean() == pytest.approx(before[top].mean() / 2, rel=0.1)
    assert darker[bottom].mean() == pytest.approx(before[bottom].mean(), rel=0.05)
    assert 8 < (rough - before).std() < 14
    without = levels(edits(model).result(picture, INSTRUCTION))
    assert np.array_equal(same, without), "that look is of another edit"
