"""Other wordings of an instruction: suggested by rules, typed, and used by the trainer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ip2p_desktop.training.wordings import (
    MOST_SUGGESTED,
    MOST_WORDINGS,
    suggested_wordings,
    typed_wordings,
)
from trainer.config import read_config
from trainer.datasets.training_pairs import find_training_pairs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("make it snow", "make the photo snow"),
        ("make it colder", "make the photo colder"),
        ("make it a mosaic", "turn it into a mosaic"),
        ("Turn it into a layered stencil.", "make it a layered stencil"),
        ("make it look like an oil painting", "turn it into an oil painting"),
        ("make it look like old film", "in the style of old film"),
        ("replace the sky with mountains", "change the sky to mountains"),
        ("remove the lamp", "take away the lamp"),
        ("add fog", "put fog in the photo"),
        ("put in some fog", "add some fog"),
        ("sharpen it", "sharpen the photo"),
        ("swap the seasons", "please swap the seasons"),
    ],
)
def test_other_wordings_ask_for_the_same(text: str, expected: str) -> None:
    suggested = suggested_wordings([text])
    assert expected in suggested
    assert text.casefold() not in [each.casefold() for each in suggested]
    assert expected not in suggested_wordings([text, expected])
    assert len(set(suggested)) == len(suggested) <= MOST_SUGGESTED


def test_nothing_is_suggested_for_nothing() -> None:
    assert suggested_wordings([]) == ()
    assert suggested_wordings(["", "   ", "∞"]) == ()


def test_lines_are_wordings_each_once() -> None:
    text = "  a  mosaic \n\nMake it a mosaic\nA MOSAIC\nmosaic it"
    assert typed_wordings(text, "make it a mosaic") == ("a mosaic", "mosaic it")
    assert len(typed_wordings("\n".join(map(str, range(100))), "")) == MOST_WORDINGS


def test_the_trainer_adds_wordings_to_all_pairs(pairs: Path) -> None:
    words = [f"data.data_path={json.dumps(str(pairs))}", 'data.wordings=["turn it negative", "invert it"]']
    found = find_training_pairs(read_config(words))
    own = "make it a photographic negative"
    assert {pair.instructions for pair in found.pairs} == {(own, "turn it negative", "invert it")}
    plain = find_training_pairs(read_config(words[:1]))
    assert {pair.instructions for pair in plain.pairs} == {(own,)}
