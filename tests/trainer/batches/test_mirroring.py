"""Pairs whose instructions name a side, a turn or letters are never mirrored."""

from __future__ import annotations

import pytest

from trainer.batches.mirroring import may_be_mirrored


@pytest.mark.parametrize(
    "instruction",
    [
        "darken the Left side",
        "put a hat on the right-hand man",
        "the leftmost house",
        "move it rightwards",
        "a left-handed guitar",
        "the upper-left corner",
        "turn it clockwise",
        "rotate counter-clockwise",
        "turn it anticlockwise",
        "make the western sky red",
        "entferne den Mann links",
        "à gauche",
        "change the text to gold",
        "replace the lettering",
        "the sign should say OPEN",
        "write a word on it",
        "remove the watermark",
        'make it read "hello"',
        "ein Schild mit „Halt“",
        "put_it_left",
    ],
)
def test_fixed(instruction: str) -> None:
    assert not may_be_mirrored(["make it snow", instruction])


@pytest.mark.parametrize(
    "instruction",
    [
        "make it snow",
        "turn it into a painting",
        "a bright day",
        "add a cleft chin",
        "more contrast",
        "airport",
    ],
)
def test_free(instruction: str) -> None:
    assert may_be_mirrored([instruction])
