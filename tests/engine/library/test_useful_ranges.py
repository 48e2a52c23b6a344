"""Useful ranges of a model: on its card, in the catalogue, and derived where nothing is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.edit_settings import EditSettings
from engine.library import ModelCard, read_model_card, write_model_card
from engine.library.cards import card_file
from engine.library.catalogue import find_entry, read_catalogue
from engine.library.useful_ranges import UsefulRanges, ValueRange

ORIGINAL = UsefulRanges(text_guidance_scale=ValueRange(6, 9), image_guidance_scale=ValueRange(1.2, 1.8))


@pytest.fixture
def card(tmp_path: Path) -> ModelCard:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model_index.json").write_text("{}")
    return ModelCard(path=folder, name="Model")


def test_the_original_has_the_ranges_of_its_own_randomisation() -> None:
    assert find_entry(read_catalogue(), "instruct-pix2pix").useful_ranges == ORIGINAL


def test_derived_ranges_agree_with_the_original_ones() -> None:
    derived = UsefulRanges().completed(EditSettings(text_guidance_scale=7.5, image_guidance_scale=1.5))
    assert (derived.text, derived.image) == (ValueRange(6, 9), ValueRange(1.2, 1.8))
    distilled = UsefulRanges().completed(EditSettings(text_guidance_scale=1, image_guidance_scale=1))
    assert distilled.text == distilled.image == ValueRange(0.8, 1.2)


def test_known_ranges_come_before_derived_ones() -> None:
    known = UsefulRanges(text_guidance_scale=ValueRange(0.5, 2))
    completed = known.completed(EditSettings(text_guidance_scale=7.5, image_guidance_scale=1.5))
    assert (completed.text, completed.image) == (ValueRange(0.5, 2), ValueRange(1.2, 1.8))


def test_a_card_keeps_ranges_and_seeded_edits(card: ModelCard) -> None:
    write_model_card(replace(card, useful_ranges=ORIGINAL, seeded_edits=("snowy",)))
    again = read_model_card(card.path)
    assert again.useful_ranges == ORIGINAL
    assert again.seeded_edits == ("snowy",)
    write_model_card(replace(again, useful_ranges=UsefulRanges(), seeded_edits=None))
    again = read_model_card(card.path)
    assert again.useful_ranges == UsefulRanges()
    assert again.seeded_edits is None


def test_fields_of_other_versions_are_kept(card: ModelCard) -> None:
    stored = {"useful_ranges": {"text_guidance_scale": [6, 9], "shift": [1, 2]}}
    card_file(card.path).write_text(json.dumps(stored))
    write_model_card(read_model_card(card.path))
    values = json.loads(card_file(card.path).read_text())
    assert values["useful_ranges"] == {"text_guidance_scale": [6, 9], "shift": [1, 2]}


@pytest.mark.parametrize(
    "values", [None, 3, [1], [2, 1], [-1, 2], ["1", "2"], [True, 2], [1, 1e400], [0, 51], [1, 2, 3]]
)
def test_a_damaged_range_counts_as_not_known(card: ModelCard, values: object) -> None:
    card_file(card.path).write_text(json.dumps({"useful_ranges": {"text_guidance_scale": values}}))
    assert read_model_card(card.path).useful_ranges == UsefulRanges()
    with pytest.raises(ValueError, match="useful ranges are invalid"):
        UsefulRanges.from_values({"text_guidance_scale": values})


def test_values_are_spread_over_a_range() -> None:
    assert ValueRange(6, 9).spread(3) == (6, 7.5, 9)
    assert ValueRange(6, 9).spread(1) == (7.5,)
    assert ValueRange(1, 1).spread(2) == (1, 1)
