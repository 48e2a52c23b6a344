"""Names of new models."""

from __future__ import annotations

from ip2p_desktop.training.plans.model_names import LONGEST_NAME, free_name, shortened


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
