"""Looks in cards, and the grain that they add."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.images.grain import GrainField
from engine.library import ModelCard, read_model_card, write_model_card
from engine.library.cards import CARD_NAME
from engine.library.edit_looks import PLACES, EditLook, Grain, look_of

LOOK = EditLook(
    instructions=("make it an old postcard", "like a postcard"),
    keeps_detail=True,
    grain=Grain(strength=9.5, size=0.001, is_grey=True),
)
GAINS = tuple(tuple((1.0, 0.9, 0.5) for _ in range(PLACES)) for _ in range(PLACES))


def test_a_card_keeps_its_looks(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    looks = LOOK, replace(LOOK, grain=None), replace(LOOK, gains=GAINS)
    write_model_card(ModelCard(path=tmp_path, name="Postcard", looks=looks))
    assert read_model_card(tmp_path).looks == looks


@pytest.mark.parametrize("gains", [[], "bright", [[[1, 1, 1]]], [[[1, 1, 1]] * PLACES] * (PLACES - 1) + [[]]])
def test_invalid_gains_are_none(tmp_path: Path, gains: object) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    write_model_card(ModelCard(path=tmp_path, name="Postcard", looks=(LOOK,)))
    card = json.loads((tmp_path / CARD_NAME).read_text())
    card["looks"][0]["gains"] = gains
    (tmp_path / CARD_NAME).write_text(json.dumps(card))
    assert read_model_card(tmp_path).looks == (LOOK,)


@pytest.mark.parametrize("strength", [-1, 0, 1e9, "strong", None])
def test_invalid_grain_is_no_grain(tmp_path: Path, strength: object) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    write_model_card(ModelCard(path=tmp_path, name="Postcard", looks=(LOOK,)))
    card = json.loads((tmp_path / CARD_NAME).read_text())
    card["looks"][0]["grain"]["strength"] = strength
    (tmp_path / CARD_NAME).write_text(json.dumps(card))
    assert read_model_card(tmp_path).looks[0].grain is None


def test_a_look_is_found_by_its_words() -> None:
    assert look_of([LOOK], "Like a postcard!") is LOOK
    assert look_of([LOOK], "make it snow") is None


@pytest.mark.parametrize("size", [0.0, 0.002, 0.01])
@pytest.mark.parametrize("is_grey", [True, False])
def test_grain_has_its_strength_and_does_not_depend_on_bands(size: float, is_grey: bool) -> None:
    field = GrainField(Grain(strength=9.0, size=size, is_grey=is_grey), (600, 400), seed=3)
    whole = field.rows(0, 400)
    assert whole.shape == (400, 600, 1 if is_grey else 3)
    assert whole.std() == pytest.approx(9, rel=0.1)
    assert abs(whole.mean()) < 1
    parts = np.concatenate([field.rows(0, 130), field.rows(130, 131), field.rows(131, 400)])
    assert np.abs(parts - whole).max() < 0.05
    assert not np.array_equal(GrainField(field._grain, (600, 400), seed=4).rows(0, 400), whole)
