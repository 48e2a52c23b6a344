"""Variants of spelling: British or American, with or without apostrophes and capitals, and typos."""

from __future__ import annotations

import re

import numpy as np

from trainer.starter.data.instructions.slots import pick

TYPO_SHARE = 0.06
"""Share of sentences with a typo."""

_AMERICAN = {"colour": "color", "grey": "gray", "centre": "center", "favour": "favor", "analogue": "analog"}
_NO_LETTERS = re.compile(r"[^a-z0-9&' -]")
_ARTICLE = re.compile(r"\ba (?=(?!one\b|uni|ufo|used)[aeiou])")
_TYPED_WORD = re.compile(r"[A-Za-z]{4,}")


def in_american(text: str) -> str:
    """Returns the text in American spelling."""
    for british, american in _AMERICAN.items():
        text = text.replace(british, american)
    return text


def normalised(text: str) -> str:
    """Returns the text for comparison: lower case, American, single spaces, no punctuation or apostrophes."""
    words = _NO_LETTERS.sub(" ", in_american(text.lower())).replace("'", "").split()
    return " ".join(words)


def tidied(text: str) -> str:
    """Returns the text with single spaces, none before punctuation, and "an" before vowels."""
    text = re.sub(r"\s+([,.!?])", r"\1", " ".join(text.split()))
    return _ARTICLE.sub("an ", text)


def typed(text: str, rng: np.random.Generator) -> str:
    """Returns the text with random spelling, capitals, punctuation and typos."""
    if rng.random() < 0.5:
        text = in_american(text)
    if rng.random() < 0.2:
        text = text.replace("'", "")
    if rng.random() < TYPO_SHARE:
        text = with_typo(text, rng)
    if rng.random() < 0.2:
        text = text[:1].upper() + text[1:]
    if text[-1:].isalnum():
        text += pick(("",) * 14 + (".",) * 4 + ("!", "!!", "...", " :)", "?"), rng)
    return text


def with_typo(text: str, rng: np.random.Generator) -> str:
    """Returns the text with a typo in a long word: two letters swapped, one missing, doubled or wrong."""
    words = list(_TYPED_WORD.finditer(text))
    if not words:
        return text
    word = words[int(rng.integers(len(words)))]
    place = word.start() + int(rng.integers(1, len(word[0]) - 1))
    before, letter, after = text[:place], text[place], text[place + 1 :]
    mistakes = (
        f"{before}{after[0]}{letter}{after[1:]}",
        f"{before}{after}",
        f"{before}{letter}{letter}{after}",
        f"{before}{pick(tuple('abcdefghiklmnoprstuwy'), rng)}{after}",
    )
    return pick(mistakes, rng)
