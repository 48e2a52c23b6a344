"""What a model knows is written beside it, read leniently, and goes on to models trained from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.errors import ModelNotUsable
from engine.instructions.knowledge import (
    MAX_INSTRUCTIONS,
    Knowledge,
    KnownEdit,
    copy_knowledge,
    has_knowledge,
    knowledge_file,
    read_knowledge,
    write_knowledge,
)

KNOWLEDGE = Knowledge(
    edits=(KnownEdit("snowy", "make it snow"), KnownEdit("foggy")),
    vocabulary={"snow": 7, "fog": 2},
    other_words=frozenset({"hat"}),
    instructions=("zorbify it",),
    wordings=("let it snow", "bury it in snow"),
)


def test_knowledge_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_knowledge(tmp_path, KNOWLEDGE)
    assert read_knowledge(tmp_path) == KNOWLEDGE


def test_fields_may_be_missing_or_unknown(tmp_path: Path) -> None:
    knowledge_file(tmp_path).parent.mkdir()
    values = {"edits": [{"family": "snowy", "label": "Snow"}], "vocabulary": {"snow": 1}, "later": [1]}
    knowledge_file(tmp_path).write_text(json.dumps(values), encoding="utf-8")
    assert read_knowledge(tmp_path) == Knowledge(edits=(KnownEdit("snowy"),), vocabulary={"snow": 1})


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"edits": 3, "vocabulary": {}}', b"\xff\xfe"])
def test_damaged_knowledge_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    knowledge_file(tmp_path).parent.mkdir()
    knowledge_file(tmp_path).write_bytes(content)
    with pytest.raises(ModelNotUsable, match="cannot be read"):
        read_knowledge(tmp_path)


def test_a_model_trained_from_it_knows_its_new_edits_too(starter: Path, tmp_path: Path) -> None:
    copy_knowledge(starter, tmp_path, ("zorbify it", "zorbify it"), keeps_edits=True)
    before, after = read_knowledge(starter), read_knowledge(tmp_path)
    assert after.instructions == ("zorbify it",)
    assert (after.edits, after.vocabulary) == (before.edits, before.vocabulary)
    assert after.wordings == before.wordings != ()


def test_edits_that_may_be_forgotten_are_not_offered(starter: Path, tmp_path: Path) -> None:
    copy_knowledge(starter, tmp_path, ("zorbify it",), keeps_edits=False)
    knowledge = read_knowledge(tmp_path)
    assert {edit.example for edit in knowledge.edits} == {""}
    assert knowledge.wordings == ()


def test_a_model_of_very_many_instructions_says_nothing_of_what_it_knows(
    starter: Path, tmp_path: Path
) -> None:
    many = tuple(f"edit {number}" for number in range(MAX_INSTRUCTIONS + 1))
    copy_knowledge(starter, tmp_path, many, keeps_edits=True)
    assert not has_knowledge(tmp_path)
