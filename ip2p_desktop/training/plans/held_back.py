"""Pairs that are held back from training, to judge the new model by."""

from __future__ import annotations

USUAL, SHARE, MOST = 2, 0.05, 50
"""Two pairs, a twentieth of many, and at most fifty."""
FEWEST_FOR_TWO, FEWEST_FOR_ONE = 8, 4


def held_back_by_default(pairs: int) -> int:
    """How many of so many pairs are held back unless the user says otherwise."""
    if pairs < FEWEST_FOR_ONE:
        return 0
    if pairs < FEWEST_FOR_TWO:
        return 1
    return min(MOST, max(USUAL, round(SHARE * pairs)))


def most_held_back(pairs: int) -> int:
    """The trainer holds back at most half of the pairs."""
    return pairs // 2


def held_back_settings(count: int) -> tuple[str, ...]:
    """The arguments of the trainer that hold back so many pairs, and no others for a test."""
    return ("data.split.val=0.0", "data.split.test=0.0", f"data.split.smallest_val={count}")
