"""The edits that are drawn for an image."""

from __future__ import annotations

from collections import Counter

import numpy as np

from trainer.starter.data.edit_draws import DRAWN, draw_edit, draw_edits
from trainer.starter.data.edits import COLOURS, FAMILIES, SWAPPABLE
from trainer.starter.data.recipes import apply_edits, noise_for


def test_swaps_are_of_colours_that_the_picture_holds() -> None:
    square = np.full((32, 32, 3), 128, dtype=np.uint8)
    square[:, :24] = COLOURS["green"]
    square[:, 24:28] = COLOURS["blue"]
    rng = np.random.default_rng(0)
    drawn = [draw_edit("colour swap", square, rng) for _ in range(200)]
    swapped = Counter(edit.swapped for edit in drawn)
    assert swapped["green"] > 120
    assert swapped["blue"] > 10
    assert swapped["green"] + swapped["blue"] > 190
    assert {edit.colour for edit in drawn} == set(SWAPPABLE)
    assert all(edit.colour != edit.swapped for edit in drawn)
    green_to_red = next(edit for edit in drawn if (edit.swapped, edit.colour) == ("green", "red"))
    red, green, _ = apply_edits((green_to_red,), square, noise_for((32, 32), rng))[0, 0]
    assert red > green


def test_swaps_of_a_grey_picture_are_drawn_too() -> None:
    square = np.full((16, 16, 3), 128, dtype=np.uint8)
    drawn = {draw_edit("colour swap", square, np.random.default_rng(seed)).swapped for seed in range(60)}
    assert len(drawn) > 4


def test_two_edits_do_not_draw_or_print_twice() -> None:
    square = np.full((16, 16, 3), 128, dtype=np.uint8)
    rng = np.random.default_rng(0)
    drawn = [draw_edits(square, rng, pairs=1.0) for _ in range(600)]
    pairs = [[edit.family for edit in edits] for edits in drawn if len(edits) == 2]
    assert len(pairs) > 500
    assert not any(first == second or {first, second} <= set(DRAWN) for first, second in pairs)
    assert {family for pair in pairs for family in pair} == set(FAMILIES)
    assert any(first in DRAWN for first, _ in pairs)
    assert any(second in DRAWN for _, second in pairs)
