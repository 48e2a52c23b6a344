"""An instruction in, a reading out: for the starter, models trained from it, and all others."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.instructions import Verdict
from engine.instructions.knowledge import copy_knowledge, knowledge_file
from engine.instructions.reader import read_instruction
from engine.library import ModelCard, read_model_card

SENTENCES = Path(__file__).resolve().parents[2] / "assets" / "instructions"
NEEDED_SHARE = 0.9


@pytest.fixture(scope="module")
def card(starter: Path) -> ModelCard:
    return read_model_card(starter)


def sentences(kind: str) -> list[dict[str, Any]]:
    files = sorted(SENTENCES.glob("*.toml"))
    return [entry for file in files for entry in tomllib.loads(file.read_text(encoding="utf-8"))[kind]]


@pytest.mark.parametrize("kind", ["known", "misspelt"])
def test_what_the_starter_knows_is_known_as_the_right_edit(card: ModelCard, kind: str) -> None:
    entries = sentences(kind)
    readings = [read_instruction(entry["instruction"], card) for entry in entries]
    right = [
        reading.verdict is Verdict.KNOWN and reading.families[0] in entry["families"]
        for entry, reading in zip(entries, readings, strict=True)
    ]
    assert sum(right) >= NEEDED_SHARE * len(entries)


def test_what_the_starter_does_not_know_is_doubtful(card: ModelCard) -> None:
    entries = sentences("unknown")
    doubtful = [read_instruction(entry["instruction"], card).verdict.is_doubtful for entry in entries]
    assert sum(doubtful) >= NEEDED_SHARE * len(entries)


@pytest.mark.parametrize(
    "instruction", ["make it night & remove the hat", "make it night and remove the hat"]
)
def test_a_second_command_that_is_not_known_is_noticed(card: ModelCard, instruction: str) -> None:
    assert read_instruction(instruction, card).verdict.is_doubtful


@pytest.mark.parametrize("instruction", ["make the ad sepia", "make it sepia in a tick"])
def test_a_word_of_the_language_is_not_replaced(card: ModelCard, instruction: str) -> None:
    assert read_instruction(instruction, card).instruction == instruction


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("knowledge/families.safetensors", b"no tensors"),
        ("knowledge/knowledge.json", b'{"edits": []}'),
        ("tokenizer/tokenizer.json", b"{}"),
        ("text_encoder/config.json", b'{"max_position_embeddings": 1000000000}'),
    ],
)
def test_a_model_with_damaged_knowledge_reads_everything_as_it_stands(
    starter: Path, tmp_path: Path, file: str, content: bytes
) -> None:
    model = tmp_path / "model"
    shutil.copytree(starter, model, ignore=shutil.ignore_patterns("unet", "vae", "*.jpg"))
    (model / file).write_bytes(content)
    reading = read_instruction("make it blakc and whte", read_model_card(model))
    assert (reading.instruction, reading.is_corrected) == ("make it blakc and whte", False)


def test_all_that_the_starter_offers_it_knows(card: ModelCard) -> None:
    for suggestion in card.suggestions:
        reading = read_instruction(suggestion, card)
        assert (reading.verdict, reading.instruction) == (Verdict.KNOWN, suggestion)


def test_slips_are_corrected_and_what_was_typed_is_kept(card: ModelCard) -> None:
    reading = read_instruction("  make it blakc and whte  ", card)
    assert (reading.typed, reading.instruction) == ("make it blakc and whte", "make it black and white")
    assert reading.families == ("black and white",)
    assert reading.is_corrected


@pytest.mark.parametrize("instruction", ["add a hat", "remove the car", "do not make it black and white"])
def test_unknown_instructions_stay_as_they_are(card: ModelCard, instruction: str) -> None:
    reading = read_instruction(instruction, card)
    assert reading.verdict.is_doubtful
    assert reading.instruction == instruction


def test_an_instruction_of_which_a_part_is_unknown_is_similar(card: ModelCard) -> None:
    reading = read_instruction("make it black and white and add a hat", card)
    assert reading.verdict is Verdict.SIMILAR
    assert "make it black and white" in reading.nearest


def test_the_contrary_is_not_offered(card: ModelCard) -> None:
    assert not any("fog" in nearest for nearest in read_instruction("remove the fog", card).nearest)
    assert "add some fog" in read_instruction("add a frog", card).nearest


def test_the_end_of_a_long_instruction_is_unread(card: ModelCard) -> None:
    long = "make it black and white " + "and really very nice " * 12 + "with a vignette"
    reading = read_instruction(long, card)
    assert reading.unread.endswith("with a vignette")
    assert reading.instruction[: reading.read_length] + " " + reading.unread == long


@pytest.mark.parametrize("instruction", ["", "   "])
def test_nothing_is_said_of_nothing(card: ModelCard, instruction: str) -> None:
    assert read_instruction(instruction, card).verdict is Verdict.NOT_JUDGED


def test_a_model_trained_from_the_starter_knows_its_new_edit(model_folder: Path, starter: Path) -> None:
    copy_knowledge(starter, model_folder, ("zorbify the photo",), keeps_edits=True)
    trained = read_model_card(model_folder)
    assert read_instruction("please zorbify my picture", trained).verdict is Verdict.KNOWN
    assert read_instruction("zorbfiy it", trained).instruction == "zorbify it"
    assert read_instruction("make it snow", trained).families == ("snowy",)
    assert read_instruction("add a hat", trained).verdict.is_doubtful


def test_without_its_knowledge_nothing_is_judged(model_folder: Path) -> None:
    knowledge_file(model_folder).write_text("damaged")
    reading = read_instruction("add a hta", read_model_card(model_folder))
    assert (reading.verdict, reading.instruction) == (Verdict.NOT_JUDGED, "add a hta")


def test_a_general_model_reads_everything_as_it_stands(tmp_path: Path) -> None:
    card = ModelCard(path=tmp_path / "general.safetensors", name="General", suggestions=("make it snow",))
    reading = read_instruction("put a hta on teh dog", card)
    assert (reading.verdict, reading.is_corrected, reading.unread) == (Verdict.NOT_JUDGED, False, "")


def test_a_card_that_lists_all_edits_tells_known_from_unknown(tmp_path: Path) -> None:
    suggestions = ("turn it into a postcard", "make it look like a stamp")
    card = ModelCard(path=tmp_path / "small.safetensors", name="Small", suggestions=suggestions)
    card = replace(card, lists_all_edits=True)
    assert read_instruction("please make this a postcard", card).families == ("turn it into a postcard",)
    assert read_instruction("a stamp with a hat", card).verdict is Verdict.SIMILAR
    unknown = read_instruction("remove the car", card)
    assert (unknown.verdict, len(unknown.nearest)) == (Verdict.UNKNOWN, 2)
    assert read_instruction("don't turn it into a postcard", card).verdict.is_doubtful
