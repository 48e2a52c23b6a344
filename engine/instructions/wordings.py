"""The possible wordings of an instruction, with misspelt words replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from engine.instructions.language import short_forms
from engine.instructions.spelling import WORD, Candidate, Vocabulary, plain, without_repeats, words_of

MAX_WORDINGS = 8
"""Most wordings of one instruction; encoding takes a few milliseconds each."""
MAX_MISSPELT = 8
"""Most words that are corrected; with more, the text is not in the model's language."""
KEPT_COST = 2.0
"""Cost of keeping a word that is not in the language."""
EASY_COST = 0.3
"""Cost of abbreviations, and of letters repeated for emphasis."""


@dataclass(frozen=True)
class Wording:
    """An instruction with some of its words replaced."""

    instruction: str
    cost: float = 0.0
    """About the number of typing mistakes that it corrects."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words in the form of the vocabulary."""
        return words_of(self.instruction)


def wordings_of(instruction: str, vocabulary: Vocabulary, is_certain: Callable[[str], bool]) -> list[Wording]:
    """The instruction as typed, then its possible corrections, cheapest first.

    Words for which `is_certain` is true are not corrected; it gets them in lower case.
    """
    beams = [("", 0.0)]
    end = misspelt = 0
    kept = 0.0
    for match in WORD.finditer(instruction):
        gap, end = instruction[end : match.start()], match.end()
        choices = [Candidate(match[0], 0.0)]
        word = plain(match[0])
        if misspelt < MAX_MISSPELT and not is_certain(word):
            choices = list(_choices(match[0], word, vocabulary))
            misspelt += 1
            kept += choices[0].cost
        longer = [
            (text + gap + choice.text, cost + choice.cost) for text, cost in beams for choice in choices
        ]
        beams = sorted(longer, key=lambda each: each[1])[:MAX_WORDINGS]
    made = [Wording(text + instruction[end:], cost) for text, cost in beams]
    return [Wording(instruction, kept), *(wording for wording in made if wording.instruction != instruction)]


def _choices(typed: str, word: str, vocabulary: Vocabulary) -> Iterator[Candidate]:
    short = without_repeats(word)
    easy = short_forms().get(word) or (short if short in vocabulary else "")
    found = [Candidate(easy, EASY_COST)] if easy else vocabulary.candidates(short)
    is_kept = not found or (vocabulary.is_word(word) and not easy)
    yield Candidate(typed, 0.0 if is_kept else KEPT_COST)
    for candidate in found:
        yield Candidate(_in_case_of(typed, candidate.text), candidate.cost)


def _in_case_of(typed: str, text: str) -> str:
    if len(typed) > 1 and typed.isupper():
        return text.upper()
    return text[:1].upper() + text[1:] if typed[:1].isupper() else text
