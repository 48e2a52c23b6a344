"""How alike two instructions are by their words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from engine.instructions.language import function_words, negations
from engine.instructions.spelling import words_of

SAME = 0.8
"""From here on two instructions are taken to ask for the same."""
STEM = 5
"""Letters that words with different endings share."""
CONTRARY = 0.5
"""What the similarity is multiplied by if one of two instructions negates."""


def similarity(first: str, second: str) -> float:
    """The share of words that two instructions have in common, 0 to 1; function words do not count."""
    ours, theirs = _stems(first), _stems(second)
    if not ours or not theirs:
        return float(words_of(first) == words_of(second))
    share = 2 * len(ours & theirs) / (len(ours) + len(theirs))
    return share if _negates(first) == _negates(second) else CONTRARY * share


def is_contrary(first: str, second: str) -> bool:
    """Whether one of two instructions that name the same things negates."""
    return _negates(first) != _negates(second) and not _stems(first).isdisjoint(_stems(second))


def closest(instruction: str, known: Sequence[str]) -> list[tuple[float, str]]:
    """The known instructions with their similarity to this one, the closest first."""
    return sorted(((similarity(instruction, each), each) for each in known), key=lambda pair: -pair[0])


@lru_cache(maxsize=4096)
def _stems(instruction: str) -> frozenset[str]:
    return frozenset(word[:STEM] for word in words_of(instruction) if word not in function_words())


@lru_cache(maxsize=4096)
def _negates(instruction: str) -> bool:
    return not negations().isdisjoint(words_of(instruction))
