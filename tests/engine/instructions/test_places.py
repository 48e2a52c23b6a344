"""Words that name the subject or the background become the area of the edit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from engine.edit_settings import EditArea, EditSettings
from engine.instructions import InstructionReading, Verdict
from engine.instructions.knowledge import copy_knowledge
from engine.instructions.places import find_place
from engine.instructions.reader import read_instruction
from engine.library import ModelCard, read_model_card
from engine.request import EditRequest

BACKGROUND, SUBJECT = EditArea.BACKGROUND, EditArea.SUBJECT


@pytest.fixture(scope="module")
def card(starter: Path) -> ModelCard:
    return read_model_card(starter)


@pytest.fixture(scope="module")
def general() -> ModelCard:
    """A model that does not say what it knows."""
    return ModelCard(path=Path("general.safetensors"), name="General")


@pytest.mark.parametrize(
    ("instruction", "area", "read", "family"),
    [
        ("blur the background", BACKGROUND, "blur it", "blurry"),
        ("blur background", BACKGROUND, "blur it", "blurry"),
        ("background blur", BACKGROUND, "blur it", "blurry"),
        ("give it a slightly blurry background please", BACKGROUND, "make it slightly blurry", "blurry"),
        ("make the background of the photo darker", BACKGROUND, "make it darker", "darker"),
        ("give the background a blue tint", BACKGROUND, "give it a blue tint", "tint"),
        ("add fog to the background", BACKGROUND, "add fog", "foggy"),
        ("make it snow, but only in the background", BACKGROUND, "make it snow", "snowy"),
        ("blur everything behind him", BACKGROUND, "blur it", "blurry"),
        ("make everything but the dog sepia", BACKGROUND, "make it sepia", "sepia"),
        ("darken everything except the man", BACKGROUND, "darken it", "darker"),
        ("make it night, but not the old red car", BACKGROUND, "make it night", "night"),
        (
            "the subject in colour, everything else black and white",
            BACKGROUND,
            "make it black and white",
            "black and white",
        ),
        (
            "keep the girl in colour and make the rest black and white",
            BACKGROUND,
            "make it black and white",
            "black and white",
        ),
        (
            "make it black and white but leave the flower as it is",
            BACKGROUND,
            "make it black and white",
            "black and white",
        ),
        ("keep the dog, blur the background", BACKGROUND, "blur it", "blurry"),
        ("keep the dog and blur the rest", BACKGROUND, "blur it", "blurry"),
        ("make it snowy but keep the dog", BACKGROUND, "make it snowy", "snowy"),
        (
            "black and white background but the dog in colour",
            BACKGROUND,
            "make it black and white",
            "black and white",
        ),
        ("keep only the dog in colour", BACKGROUND, "make it black and white", "black and white"),
        ("blur behind the dog", BACKGROUND, "blur it", "blurry"),
        ("darken around the person", BACKGROUND, "darken it", "darker"),
        ("put fog behind the person", BACKGROUND, "put fog", "foggy"),
        ("blur the background and nothing else", BACKGROUND, "blur it", "blurry"),
        ("make the dog sepia only", SUBJECT, "make it sepia", "sepia"),
        ("sepia, only the dog", SUBJECT, "make it sepia", "sepia"),
        ("keep the background, make the person sepia", SUBJECT, "make it sepia", "sepia"),
        ("keep the background as it is, make the man sepia", SUBJECT, "make it sepia", "sepia"),
        ("make the man sepia, keep the background", SUBJECT, "make it sepia", "sepia"),
        ("make it sepia without changing the background", SUBJECT, "make it sepia", "sepia"),
        ("make the dog sepia, not the background", SUBJECT, "make it sepia", "sepia"),
        ("could you please make only the dog sepia", SUBJECT, "make it sepia", "sepia"),
        ("only the dog in colour", BACKGROUND, "make it black and white", "black and white"),
        ("make only the person black and white", SUBJECT, "make it black and white", "black and white"),
        ("turn the person into a pencil sketch", SUBJECT, "turn it into a pencil sketch", "pencil sketch"),
        ("make the foreground brighter", SUBJECT, "make it brighter", "brighter"),
        ("make everything except the background sepia", SUBJECT, "make it sepia", "sepia"),
        ("blur the backround", BACKGROUND, "blur it", "blurry"),
        ("make the background blakc and whte", BACKGROUND, "make it black and white", "black and white"),
    ],
)
def test_a_place_is_read_apart_from_the_edit(
    card: ModelCard, instruction: str, area: EditArea, read: str, family: str
) -> None:
    reading = read_instruction(instruction, card)
    assert (reading.area, reading.instruction) == (area, read)
    assert (reading.verdict, reading.families[0]) == (Verdict.KNOWN, family)
    assert reading.typed == instruction


@pytest.mark.parametrize(
    "instruction",
    [
        "make it black and white",
        "make the sky pink",
        "make the dog black and white",
        "make the face brighter",
        "add a background singer",
        "put the dog in the background of a beach",
        "add a mountain in the background",
        "change the background to a beach",
        "the background is too bright",
        "remove everything except the dog",
        "make everything but the dog's eyes dark",
        "make everything but the sky sepia",
        "make the person smile",
        "nothing but grey tones",
        "make the background music louder",
        "make it night but not too dark",
        "blur the background, then make it sepia",
        "make it sepia only",
        "only the dog",
        "keep the dog and make it sepia",
        "add a hat, keep the background",
        "add a hat without changing the background",
        "make the dog and the cat sepia only",
    ],
)
def test_other_words_stay_in_the_instruction(card: ModelCard, instruction: str) -> None:
    reading = read_instruction(instruction, card)
    assert (reading.area, reading.instruction) == (EditArea.AUTOMATIC, instruction)


def test_a_limit_counts_for_an_edit_that_is_not_known(card: ModelCard) -> None:
    reading = read_instruction("make only the dog a zebra", card)
    assert (reading.area, reading.instruction) == (SUBJECT, "make it a zebra")
    assert reading.verdict.is_doubtful


@pytest.mark.parametrize(
    ("instruction", "area", "read"),
    [
        ("change the background to a beach", BACKGROUND, "change the background to a beach"),
        ("make everything but the dog sepia", BACKGROUND, "make it sepia"),
        ("make only the person a robot", SUBJECT, "make it a robot"),
        ("give the person a hat", EditArea.AUTOMATIC, "give the person a hat"),
        ("add a mountain in the background", EditArea.AUTOMATIC, "add a mountain in the background"),
        ("remove everything except the dog", EditArea.AUTOMATIC, "remove everything except the dog"),
    ],
)
def test_a_model_that_is_not_judged_keeps_what_it_may_know(
    general: ModelCard, instruction: str, area: EditArea, read: str
) -> None:
    reading = read_instruction(instruction, general)
    assert (reading.area, reading.instruction) == (area, read)


def test_an_edit_that_was_learned_with_its_place_wins(model_folder: Path, starter: Path) -> None:
    copy_knowledge(starter, model_folder, ("blur the background",), keeps_edits=True)
    reading = read_instruction("blur the background", read_model_card(model_folder))
    assert (reading.area, reading.instruction) == (EditArea.AUTOMATIC, "blur the background")
    assert reading.verdict is Verdict.KNOWN


def test_a_model_with_a_list_reads_places_too(general: ModelCard) -> None:
    listed = replace(general, lists_all_edits=True, suggestions=("make it zorby",))
    reading = read_instruction("make the background zorby", listed)
    assert (reading.area, reading.instruction) == (BACKGROUND, "make it zorby")


def test_a_correction_is_told_from_a_place(card: ModelCard) -> None:
    assert not read_instruction("blur the background", card).is_corrected
    assert not read_instruction("blur the backround", card).is_corrected
    assert read_instruction("make the background blakc and whte", card).is_corrected


@pytest.mark.parametrize("area", [EditArea.AUTOMATIC, EditArea.EVERYTHING, EditArea.SUBJECT])
def test_a_chosen_area_is_kept(area: EditArea) -> None:
    request = EditRequest(
        source_image=Image.new("RGB", (8, 8)),
        instruction="blur the background",
        model=Path("model"),
        settings=EditSettings(area=area),
    )
    reading = InstructionReading(typed="blur the background", instruction="blur it", area=BACKGROUND)
    applied = reading.applied_to(request)
    assert applied.instruction == "blur it"
    assert applied.settings.area is (BACKGROUND if area is EditArea.AUTOMATIC else area)


def test_what_is_read_as_it_stands_changes_nothing() -> None:
    request = EditRequest(
        source_image=Image.new("RGB", (8, 8)),
        instruction="make it snow",
        model=Path("model"),
        settings=EditSettings(),
    )
    assert InstructionReading(typed="make it snow", instruction="make it snow").applied_to(request) is request


@pytest.mark.parametrize(
    "instruction", ["", "background", "only the dog", "except the man", "everything else"]
)
def test_a_place_alone_is_no_edit(card: ModelCard, instruction: str) -> None:
    place = find_place(instruction)
    assert place is None or all(place.wordings)
    assert read_instruction(instruction, card).typed == instruction
