"""Slips find the word that was meant, and words of the language stay."""

from __future__ import annotations

import pytest

from engine.instructions.language import english_words
from engine.instructions.spelling import Vocabulary, typing_distance, without_repeats
from engine.instructions.wordings import wordings_of

WORDS = (
    *("make", "it", "black", "and", "white", "add", "some", "fog", "night", "rain", "snow", "grain", "noise"),
    *("photograph", "blur", "blurry", "cartoon"),
)
COUNTS = {word: 100 - place for place, word in enumerate(WORDS)}


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary(COUNTS, lambda word: word in english_words())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("blakc", "black"),
        ("whte", "white"),
        ("nigth", "night"),
        ("snwo", "snow"),
        ("photograf", "photograph"),
        ("blurr", "blur"),
        ("lback", "black"),
        ("makeit", "make it"),
        ("blackandwhite", "black and white"),
        ("rian", "rain"),
    ],
)
def test_the_likeliest_word_comes_first(vocabulary: Vocabulary, typed: str, meant: str) -> None:
    assert vocabulary.candidates(typed)[0].text == meant


@pytest.mark.parametrize("word", ["black", "carton", "grin", "frog", "denoise", "xylophone", "a"])
def test_words_that_may_be_meant_have_no_candidates(vocabulary: Vocabulary, word: str) -> None:
    assert vocabulary.candidates(word) == []


def test_a_word_may_be_another_with_two_letters_swapped() -> None:
    vocabulary = Vocabulary({"angle": 3}, lambda word: word == "angel")
    assert [candidate.text for candidate in vocabulary.candidates("angel")] == ["angle"]


def test_swapped_neighbours_are_one_mistake() -> None:
    assert typing_distance("whiet", "white", 2) == 1
    assert typing_distance("white", "whit", 2) == 1
    assert typing_distance("black", "white", 2) == 3


def test_letters_repeated_for_emphasis_are_one(vocabulary: Vocabulary) -> None:
    assert without_repeats("foooog") == "foog"
    assert [each.instruction for each in wordings_of("foooog", vocabulary, vocabulary.__contains__)][
        1
    ] == "fog"


def test_the_wordings_begin_with_what_was_typed_and_keep_capitals_and_marks(vocabulary: Vocabulary) -> None:
    wordings = wordings_of("Blakc, and WHTE!", vocabulary, vocabulary.__contains__)
    assert wordings[0].instruction == "Blakc, and WHTE!"
    assert wordings[1].instruction == "Black, and WHITE!"
    assert wordings[1].cost > 0
