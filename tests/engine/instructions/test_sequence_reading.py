"""Each edit of a sequence is read on its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.edit_settings import EditArea
from engine.instructions import Verdict
from engine.instructions.reader import read_instruction
from engine.instructions.sequence_reading import read_sequence
from engine.library import read_model_card


def test_one_edit_is_read_as_ever(starter: Path) -> None:
    card = read_model_card(starter)
    assert read_sequence("make it blak and white", card) == read_instruction("make it blak and white", card)
    assert read_sequence("make it snow", card).edits == (read_instruction("make it snow", card),)


def test_each_edit_is_judged_and_corrected(starter: Path) -> None:
    card = read_model_card(starter)
    reading = read_sequence("make it fogy, then black and white", card)
    assert [step.instruction for step in reading.steps] == ["make it foggy", "make it black and white"]
    assert reading.verdict is Verdict.KNOWN
    assert not reading.is_corrected
    assert reading.edits == reading.steps
    doubtful = read_sequence("make it foggy, then add a unicorn riding a bicycle", card)
    assert doubtful.verdict is doubtful.steps[1].verdict
    assert doubtful.verdict.is_doubtful


def test_the_starter_makes_commands_joined_by_and_one_after_the_other(starter: Path) -> None:
    card = read_model_card(starter)
    text = "make it black and white and add some film grain"
    reading = read_sequence(text, card)
    assert [step.instruction for step in reading.steps] == ["make it black and white", "add some film grain"]
    assert reading.verdict is Verdict.KNOWN
    assert not read_sequence(text, replace(card, one_edit_at_a_time=False)).steps
    trained = replace(card, suggestions=("Make it black and white and add some film grain",))
    assert not read_sequence(text, trained).steps, "a model was trained on the whole instruction"


def test_both_places_of_a_sentence_are_found(starter: Path) -> None:
    card = read_model_card(starter)
    reading = read_sequence("blur the background and make the subject black and white", card)
    assert [step.area for step in reading.steps] == [EditArea.BACKGROUND, EditArea.SUBJECT]
    assert reading.verdict is Verdict.KNOWN
