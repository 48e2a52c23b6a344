"""Spelling correction with the words of a model's vocabulary."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
"""A word, including an ending after an apostrophe."""
SHORT, LONG = 4, 9
"""Up to SHORT letters, one typing mistake is corrected, from LONG letters on up to three, between two."""
MAX_CANDIDATES = 4
CANDIDATE_RANGE = 0.8
"""Candidates that cost this much more than the cheapest are dropped."""
NEGATING = ("de", "un", "dis", "in", "non")
SPLIT_COST = 1.3
"""A missing space is rarer than a missing letter."""
FIRST_LETTER_COST = 0.6
"""The first letter of a word is rarely mistyped."""
RARITY_COST = 0.15
_DOUBLED = re.compile(r"(.)\1")


def plain(word: str) -> str:
    """A word in the form of the vocabulary: lower case, with a straight apostrophe."""
    return word.lower().replace("’", "'")


def words_of(instruction: str) -> tuple[str, ...]:
    """The words of an instruction in the form of the vocabulary."""
    return tuple(plain(word) for word in WORD.findall(instruction))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible correction of a misspelt word."""

    text: str
    cost: float
    """About the number of typing mistakes; a rare word costs a little more."""


class Vocabulary:
    """The words of a model's vocabulary, and corrections for other words."""

    def __init__(self, counts: Mapping[str, int], is_word: Callable[[str], bool]) -> None:
        """`counts` maps words to their frequency; `is_word` recognises further words of the language."""
        most = max(counts.values(), default=1)
        self._rarity = {word: RARITY_COST * math.log10(most / count) for word, count in counts.items()}
        self.is_word = is_word
        self._by_length: dict[int, list[tuple[str, int]]] = {}
        for word in counts:
            self._by_length.setdefault(len(word), []).append((word, _letters(word)))

    def __contains__(self, word: str) -> bool:
        return word in self._rarity

    def candidates(self, word: str) -> list[Candidate]:
        """Corrections, cheapest first, at most MAX_CANDIDATES; none for a word of the vocabulary.

        `word` is in lower case. A word of the language that is not in the vocabulary is only corrected if its
        letters are in another order.
        """
        if word in self or len(word) < 2:
            return []
        is_word = self.is_word(word)
        found = [*self._close(word, is_word=is_word)]
        if not is_word:
            found += self._splits(word)
        best: dict[str, float] = {}
        for candidate in found:
            best[candidate.text] = min(candidate.cost, best.get(candidate.text, candidate.cost))
        ordered = sorted(best.items(), key=lambda each: each[1])
        return [
            Candidate(text, cost)
            for text, cost in ordered[:MAX_CANDIDATES]
            if cost <= ordered[0][1] + CANDIDATE_RANGE
        ]

    def _close(self, word: str, *, is_word: bool) -> Iterator[Candidate]:
        most = 1 if is_word or len(word) <= SHORT else 3 if len(word) >= LONG else 2
        letters = _letters(word)
        for length in range(max(2, len(word) - most), len(word) + most + 1):
            for known, known_letters in self._by_length.get(length, ()):
                if (letters ^ known_letters).bit_count() > 2 * most or _is_negated(word, known):
                    continue
                if is_word and not _is_anagram(word, known):
                    continue
                distance = typing_distance(word, known, most)
                has_same_start = word[0] == known[0] or set(word[:2]) == set(known[:2])
                if distance <= (most if has_same_start else 1):
                    cost = distance - _discount(word, known) + (0.0 if has_same_start else FIRST_LETTER_COST)
                    yield Candidate(known, cost + self._rarity[known])

    def _splits(self, word: str) -> Iterator[Candidate]:
        """Splits a word into two or three words of the vocabulary, for missing spaces."""
        for place in range(1, len(word)):
            first, second = word[:place], word[place:]
            if not self._is_piece(first):
                continue
            if self._is_piece(second):
                yield self._joined(first, second)
            for end in range(place + 1, len(word)):
                if self._is_piece(word[place:end]) and self._is_piece(word[end:]):
                    yield self._joined(first, word[place:end], word[end:])

    def _is_piece(self, word: str) -> bool:
        return word in self and (len(word) > 1 or word == "a")

    def _joined(self, *words: str) -> Candidate:
        """The candidate of words joined by spaces."""
        rarity = sum(self._rarity[word] for word in words)
        return Candidate(" ".join(words), SPLIT_COST * (len(words) - 1) + rarity)


def typing_distance(first: str, second: str, most: int) -> int:
    """Number of swapped, missing, additional or wrong letters; at least `most` + 1 if more than `most`."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        earlier, before = before, row
        row = [i]
        for j, other in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def without_repeats(word: str) -> str:
    """The word with at most two equal letters in a row: "soooo" becomes "soo"."""
    return re.sub(r"(.)\1{2,}", r"\1\1", word)


def _is_anagram(word: str, known: str) -> bool:
    """Whether two words have the same letters in another order."""
    return sorted(word) == sorted(known)


def _discount(word: str, known: str) -> float:
    """The discount for mistakes more likely than a wrong letter: doubled, swapped or missing letters."""
    if _DOUBLED.sub(r"\1", word) == _DOUBLED.sub(r"\1", known):
        return 0.4
    if sorted(word) == sorted(known):
        return 0.3
    return 0.1 if len(word) != len(known) else 0.0


def _is_negated(word: str, known: str) -> bool:
    """Whether one word is the other with a prefix that reverses its meaning, as in "denoise"."""
    longer, shorter = (word, known) if len(word) > len(known) else (known, word)
    return longer in (prefix + shorter for prefix in NEGATING)


def _letters(word: str) -> int:
    """The set of letters of a word as bits."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 32)
    return bits
