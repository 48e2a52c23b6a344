"""Misspelt words and the words of a model's vocabulary that may have been meant."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
"""A word, with what follows an apostrophe."""
SHORT, LONG = 4, 9
"""Words of up to SHORT letters are corrected by one typing mistake, from LONG letters on by up to three."""
MAX_CANDIDATES = 4
CANDIDATE_RANGE = 0.8
"""Nothing is meant that takes this much more than the cheapest candidate."""
NEGATING = ("de", "un", "dis", "in", "non")
SPLIT_COST = 1.0
FIRST_LETTER_COST = 0.6
"""People rarely mistype how a word begins."""
RARITY_COST = 0.15
_DOUBLED = re.compile(r"(.)\1")


def plain(word: str) -> str:
    """A word as vocabularies have it: in lower case, with a plain apostrophe."""
    return word.lower().replace("’", "'")


def words_of(instruction: str) -> tuple[str, ...]:
    """The plain words of an instruction."""
    return tuple(plain(word) for word in WORD.findall(instruction))


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a misspelt word may have been meant to be."""

    text: str
    cost: float
    """About how many typing mistakes it takes; a rare word costs a little more."""


class Vocabulary:
    """The words of a model's language, and what to take a word for that is none of them."""

    def __init__(self, counts: Mapping[str, int], is_word: Callable[[str], bool]) -> None:
        """`counts` says how often each word occurs; `is_word` knows further words of the language."""
        most = max(counts.values(), default=1)
        self._rarity = {word: RARITY_COST * math.log10(most / count) for word, count in counts.items()}
        self.is_word = is_word
        self._by_length: dict[int, list[tuple[str, int]]] = {}
        for word in counts:
            self._by_length.setdefault(len(word), []).append((word, _letters(word)))

    def __contains__(self, word: str) -> bool:
        return word in self._rarity

    def candidates(self, word: str) -> list[Candidate]:
        """Cheapest first, at most MAX_CANDIDATES; none for a word of the vocabulary.

        `word` is in lower case. A word of the language at large may be a slip too, if two letters changed
        places.
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
                if is_word and not _is_slip(word, known):
                    continue
                distance = typing_distance(word, known, most)
                begins_alike = word[0] == known[0] or set(word[:2]) == set(known[:2])
                if distance <= (most if begins_alike else 1):
                    cost = (
                        distance
                        - _likelihood_bonus(word, known)
                        + (0.0 if begins_alike else FIRST_LETTER_COST)
                    )
                    yield Candidate(known, cost + self._rarity[known])

    def _splits(self, word: str) -> Iterator[Candidate]:
        """Two or three words without the spaces between them."""
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
        """Words with the spaces between them."""
        rarity = sum(self._rarity[word] for word in words)
        return Candidate(" ".join(words), SPLIT_COST * (len(words) - 1) + rarity)


def typing_distance(first: str, second: str, most: int) -> int:
    """Letters swapped with their neighbour, missing, too many or wrong; at least `most` + 1 beyond `most`."""
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
    """Without letters repeated for emphasis: "soooo" as "soo"."""
    return re.sub(r"(.)\1{2,}", r"\1\1", word)


def _is_slip(word: str, known: str) -> bool:
    """Whether one has the letters of the other in another order."""
    return sorted(word) == sorted(known)


def _likelihood_bonus(word: str, known: str) -> float:
    """How much likelier than a wrong letter a slip is: a doubled, swapped or missing letter."""
    if _DOUBLED.sub(r"\1", word) == _DOUBLED.sub(r"\1", known):
        return 0.4
    if sorted(word) == sorted(known):
        return 0.3
    return 0.1 if len(word) != len(known) else 0.0


def _is_negated(word: str, known: str) -> bool:
    """Whether one is the other with a syllable in front that turns its meaning round: "denoise"."""
    longer, shorter = (word, known) if len(word) > len(known) else (known, word)
    return longer in (prefix + shorter for prefix in NEGATING)


def _letters(word: str) -> int:
    """The different letters of a word as bits."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 32)
    return bits
