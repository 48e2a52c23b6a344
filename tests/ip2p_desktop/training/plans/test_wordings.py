"""Other wordings of an instruction, and names of new models."""

from __future__ import annotations

import json
from pathlib import Path

from ip2p_desktop.training.plans.model_names import LONGEST_NAME, free_name, shortened
from ip2p_desktop.training.plans.wordings import MOST_WORDINGS, wordings_of
from trainer.config import read_config
from trainer.datasets.training_pairs import find_training_pairs


def test_lines_are_wordings_each_once() -> None:
    text = "  a  mosaic \n\nMake it a mosaic\nA MOSAIC\nmosaic it"
    assert wordings_of(text, "make it a mosaic") == ("a mosaic", "mosaic it")
    assert len(wordings_of("\n".join(map(str, range(100))), "")) == MOST_WORDINGS


def test_the_trainer_adds_wordings_to_all_pairs(pairs: Path) -> None:
    words = [f"data.data_path={json.dumps(str(pairs))}", 'data.wordings=["turn it negative", "invert it"]']
    found = find_training_pairs(read_config(words))
    own = "make it a photographic negative"
    assert {pair.instructions for pair in found.pairs} == {(own, "turn it negative", "invert it")}
    plain = find_training_pairs(read_config(words[:1]))
    assert {pair.instructions for pair in plain.pairs} == {(own,)}


def test_a_free_name_has_a_number_and_is_not_too_long() -> None:
    assert free_name("Mosaic", ["Starter"]) == "Mosaic"
    assert free_name("Mosaic", ["mosaic", "MOSAIC 2"]) == "Mosaic 3"
    long = "x" * LONGEST_NAME
    assert free_name(long, [long]) == f"{'x' * (LONGEST_NAME - 2)} 2"


def test_a_long_name_ends_with_a_word() -> None:
    assert shortened("Mosaic") == "Mosaic"
    long = "Photographs of a folder whose name goes on, and on until it is too long"
    assert shortened(long) == "Photographs of a folder whose name goes on, and on until it"
    assert shortened("word" * 20) == ("word" * 20)[:LONGEST_NAME]
