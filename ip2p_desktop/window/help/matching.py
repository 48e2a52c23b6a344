"""Finds the entries of the command palette that a search means, the best first."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

Entry = TypeVar("Entry")

AT_START, AT_WORD, INSIDE, IN_DETAIL, SCATTERED = 0, 1, 2, 3, 6
"""Costs of a search word by where it is found; the lower, the better."""


def best_matches(
    entries: Iterable[Entry], search: str, texts: Callable[[Entry], tuple[str, str]]
) -> list[Entry]:
    """The entries in which every word of the search occurs; all of them for an empty search.

    `texts` gives the title and the detail of an entry. A word may also stand for letters of the title in
    their order, such as "zin" for "Zoom in", if nothing else fits. Case and accents do not count.
    """
    words = _folded(search).split()
    ranked = [
        (cost, place, entry)
        for place, entry in enumerate(entries)
        if (cost := _cost(words, *map(_folded, texts(entry)))) is not None
    ]
    ranked.sort(key=lambda each: each[:2])
    return [entry for _, _, entry in ranked]


def _cost(words: list[str], title: str, detail: str) -> int | None:
    total = 0
    for word in words:
        cost = _word_cost(word, title, detail)
        if cost is None:
            return None
        total += cost
    return total


def _word_cost(word: str, title: str, detail: str) -> int | None:
    if title.startswith(word):
        return AT_START
    if any(part.startswith(word) for part in title.split()):
        return AT_WORD
    if word in title:
        return INSIDE
    if word in detail:
        return IN_DETAIL
    letters = iter(title)
    is_scattered = len(word) > 1 and title[:1] == word[:1] and all(letter in letters for letter in word)
    return SCATTERED if is_scattered else None


def _folded(text: str) -> str:
    """The text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
