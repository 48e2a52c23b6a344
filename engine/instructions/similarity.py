"""Similarity of two instructions by their words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from engine.instructions.language import function_words, negations
from engine.instructions.spelling import words_of

SAME = 0.8
"""From this similarity on, two instructions count as the same."""
STEM = 5
"""Number of letters that are compared, so that endings do not matter."""
CONTRARY = 0.5
"""Factor of the similarity if only one of two instructions contains a negation."""


def similarity(first: str, second: str) -> float:
    """The share of common words of two instructions, 0 to 1; function words do not count."""
    stems, others = _stems(first), _stems(second)
    if not stems or not others:
        return float(words_of(first) == words_of(second))
    share = 2 * len(stems & others) / (len(stems) + len(others))
    return share if _negates(first) == _negates(second) else CONTRARY * share


def is_contrary(first: str, second: str) -> bool:
    """Whether two instructions share words and only one contains a negation."""
    return _negates(first) != _negates(second) and not _stems(first).isdisjoint(_stems(second))


def closest(instruction: str, known: Sequence[str]) -> list[tuple[float, str]]:
    """The known instructions with their similarity to this one, closest first."""
    return sorted(((similarity(instruction, each), each) for each in known), key=lambda pair: -pair[0])


@lru_cache(maxsize=4096)
def _stems(instruction: str) -> frozenset[str]:
    return frozenset(word[:STEM] for word in words_of(instruction) if word not in function_words())


@lru_cache(maxsize=4096)
def _negates(instruction: str) -> bool:
    return not negations().isdisjoint(words_of(instruction))
