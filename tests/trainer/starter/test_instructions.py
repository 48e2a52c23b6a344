"""The grammar expresses edits in many ways, and never with a held-out sentence."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.starter.data.edits import (
    COLOURS,
    FAMILIES,
    PAINTED,
    PLACED,
    PLACED_MEANINGS,
    PLAIN_COLOURS,
    STRENGTHS,
    SWAPPABLE,
    UNCHANGED,
    WITH_STRENGTH,
    Edit,
)
from trainer.starter.data.held_out import (
    HELD_OUT,
    HELD_OUT_PAINTED,
    HELD_OUT_PAINTED_PAIRS,
    HELD_OUT_PAIRS,
    HELD_OUT_PLACED,
    UNKNOWN,
)
from trainer.starter.data.instructions import SUGGESTIONS, draw_instruction
from trainer.starter.data.instructions.frames import COMMANDS, STATEMENTS
from trainer.starter.data.instructions.grammar import COLOUR_NAMES, WORDS
from trainer.starter.data.instructions.slots import filled, slots_at
from trainer.starter.data.instructions.spelling_variants import (
    TYPO_SHARE,
    normalised,
    tidied,
    typed,
    with_typo,
)
from trainer.starter.data.instructions.wording_files import weighted
from trainer.starter.stages.language_training import random_edit, random_edits

NEW = (*HELD_OUT_PAINTED, *HELD_OUT_PLACED, *HELD_OUT_PAINTED_PAIRS)
MEASURED_WITH = {
    *(normalised(sentence.text) for sentence in (*HELD_OUT, *HELD_OUT_PAIRS, *NEW)),
    *map(normalised, UNKNOWN),
}


def an_edit(family: str, strength: float = 1.0) -> Edit:
    if family == "colour swap":
        return Edit(family, strength, "pink", "green")
    return Edit(family, strength, "blue" if family in ("tint", "duotone") else None)


def test_every_family_has_words_for_every_strength_it_has() -> None:
    assert set(WORDS) == {*FAMILIES, *PAINTED, *PLACED_MEANINGS, UNCHANGED}
    assert all(set(words.parts()) <= {*COMMANDS, *STATEMENTS} for words in WORDS.values())
    assert {*COLOUR_NAMES} == {*PLAIN_COLOURS}


@pytest.mark.parametrize("family", [*FAMILIES, *PAINTED, UNCHANGED])
def test_a_family_has_many_finished_sentences(family: str) -> None:
    rng = np.random.default_rng(0)
    for strength in STRENGTHS if family in WITH_STRENGTH else (1.0,):
        drawn = [draw_instruction((an_edit(family, strength),), rng) for _ in range(80)]
        assert len(set(drawn)) > 50
        assert not any(sign in text for text in drawn for sign in ("{", "}", "(", "|", "  ", "<"))
        assert not MEASURED_WITH & set(map(normalised, drawn))


@pytest.mark.parametrize("family", sorted(WITH_STRENGTH))
def test_sentences_contain_strengths(family: str) -> None:
    rng = np.random.default_rng(1)
    slightly, plainly, very = (
        {normalised(draw_instruction((an_edit(family, strength),), rng)) for _ in range(100)}
        for strength in STRENGTHS
    )
    shared = len(slightly & plainly) + len(very & plainly) + len(slightly & very)
    assert shared <= 5


@pytest.mark.parametrize("colour", COLOURS)
def test_colours_are_named(colour: str) -> None:
    """The plain name or its American or adjective form stands in most sentences; the rest use other names."""
    rng = np.random.default_rng(2)
    for family in ("tint", "duotone"):
        texts = [draw_instruction((Edit(family, colour=colour),), rng).lower() for _ in range(100)]
        assert sum(colour[:4] in text for text in texts) > 35


@pytest.mark.parametrize("swapped", SWAPPABLE)
def test_a_colour_swap_names_both_colours(swapped: str) -> None:
    rng = np.random.default_rng(3)
    colour = "red" if swapped != "red" else "blue"
    texts = [
        draw_instruction((Edit("colour swap", colour=colour, swapped=swapped),), rng).lower()
        for _ in range(100)
    ]
    assert sum(colour in text and swapped in text for text in texts) > 15


def test_a_sentence_for_two_edits_has_words_of_both() -> None:
    rng = np.random.default_rng(4)
    texts = [draw_instruction((Edit("snowy"), Edit("pixel art")), rng).lower() for _ in range(200)]
    about_snow = (
        *("snow", "winter", "wint", "blizzard", "december", "january", "christmas", "pole", "arctic"),
        *("flake", "lapland", "powder", "blanket"),
    )
    about_pixels = (
        *("pixel", "bit", "block", "game", "low res", "low-res", "resolution", "square", "sprite", "pixi"),
        *("minecraft", "console", "arcade", "mario", "pokemon", "invaders", "zelda", "monkey island"),
        *("point and click", "nintendo", " nes", "sega", "atari", "64"),
    )
    both = [
        any(word in text for word in about_snow) and any(word in text for word in about_pixels)
        for text in texts
    ]
    assert sum(both) > 185
    assert len(set(texts)) > 190


def test_no_sentence_kept_for_measuring_is_ever_drawn() -> None:
    rng = np.random.default_rng(5)
    edits = [*(sentence.edits for sentence in (*HELD_OUT, *HELD_OUT_PAIRS)), (Edit(UNCHANGED),)]
    edits += [sentence.edits for sentence in NEW]
    drawn = {normalised(draw_instruction(each, rng)) for each in edits for _ in range(12)}
    assert not MEASURED_WITH & drawn
    assert not MEASURED_WITH & set(map(normalised, SUGGESTIONS))


def test_unknown_instructions_hardly_repeat() -> None:
    rng = np.random.default_rng(6)
    assert len({draw_instruction((Edit(UNCHANGED),), rng) for _ in range(1000)}) > 900


def test_held_out_sentences_cover_every_family() -> None:
    known = [edit.family for sentence in HELD_OUT for edit in sentence.edits]
    assert all(known.count(family) >= 5 for family in FAMILIES)
    assert all(len(sentence.edits) == 2 for sentence in HELD_OUT_PAIRS)
    assert len(HELD_OUT_PAIRS) >= 20
    assert len(UNKNOWN) >= 30
    assert len(MEASURED_WITH) == len(HELD_OUT) + len(HELD_OUT_PAIRS) + len(UNKNOWN) + len(NEW)
    for edit in (edit for sentence in (*HELD_OUT, *HELD_OUT_PAIRS) for edit in sentence.edits):
        assert (edit.colour in COLOURS) == (edit.family in ("tint", "duotone", "colour swap"))
        assert (edit.swapped in SWAPPABLE) == (edit.family == "colour swap")
        assert edit.strength == 1.0 or edit.family in WITH_STRENGTH


def test_held_out_sentences_cover_painted_styles_and_places() -> None:
    painted = [sentence.edits for sentence in HELD_OUT_PAINTED]
    assert all(painted.count((Edit(style),)) >= 4 for style in PAINTED)
    placed = [sentence.edits[0].meaning for sentence in HELD_OUT_PLACED]
    assert all(placed.count(meaning) >= 4 for meaning in PLACED_MEANINGS)
    assert all(sentence.edits[0].family in PAINTED for sentence in HELD_OUT_PAINTED_PAIRS)


@pytest.mark.parametrize("place", PLACED)
def test_sentences_for_a_place_name_it(place: str) -> None:
    """Both places are named in some; what is behind or around the subject is the background."""
    rng = np.random.default_rng(11)
    about_background = ("backg", "behind", "around", "but", "except", "else", "apart", "bokeh", "splash")
    for family in PLACED[place]:
        colour = "blue" if family in ("plain", "tint") else None
        edit = Edit(family, colour=colour, place=place)
        texts = [draw_instruction((edit,), rng).lower() for _ in range(60)]
        share = np.mean([any(word in text for word in about_background) for text in texts])
        assert share > 0.6 if place == "background" else share < 0.5
        assert len(set(texts)) > 40


def test_typos_come_at_their_share() -> None:
    rng = np.random.default_rng(7)
    text = "turn it into a watercolour painting"
    plain = {text, text.replace("colour", "color")}
    mistyped = [normalised(typed(text, rng)) not in set(map(normalised, plain)) for _ in range(2500)]
    assert 0.6 * TYPO_SHARE < np.mean(mistyped) < 1.4 * TYPO_SHARE
    assert with_typo("b&w", rng) == "b&w"


def test_text_is_tidied_and_compared_without_its_looks() -> None:
    assert tidied("make  it a oil painting , a unicorn") == "make it an oil painting, a unicorn"
    assert (
        normalised("Don't  make the GREY colours warmer, please!")
        == "dont make the gray colors warmer please"
    )


def test_alternatives_and_slots_are_filled_in_until_none_is_left() -> None:
    rng = np.random.default_rng(8)
    drawn = {
        filled("(make|turn (all|most) of) {thing}", {"thing": ("a", "{other}"), "other": ("b",)}, rng)
        for _ in range(99)
    }
    assert drawn == {f"{verb} {thing}" for verb in ("make", "turn all of", "turn most of") for thing in "ab"}
    assert weighted(("often * 3", "once")) == ("often", "often", "often", "once")
    assert filled("{more}warmer", slots_at(1.0), rng) == "warmer"


def test_random_edits_are_reproducible_and_varied() -> None:
    drawn, again = ([random_edits(np.random.default_rng(9)) for _ in range(3)] for _ in range(2))
    assert drawn == again
    rng = np.random.default_rng(10)
    many = [random_edits(rng) for _ in range(2000)]
    assert {edit.family for edits in many for edit in edits} == {*FAMILIES, UNCHANGED}
    assert {random_edit("warmer", rng).strength for _ in range(50)} == set(STRENGTHS)
