"""Writing down what the starter knows."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from engine.instructions.classifier import FamilyClassifier
from engine.instructions.knowledge import KNOWLEDGE_FOLDER, read_knowledge
from ip2p_desktop.base.paths import starter_model
from trainer.starter.data.edits import FAMILIES, PAINTED
from trainer.starter.stages.knowledge_fit import (
    KnowledgeFit,
    examples,
    unknown_instructions,
    write_starter_knowledge,
)


def test_every_family_has_an_example() -> None:
    assert set(examples()) == {*FAMILIES, *PAINTED}


def test_unknown_instructions_are_filled_and_many() -> None:
    drawn = unknown_instructions(300, np.random.default_rng(0))
    assert not any(mark in text for text in drawn for mark in "{}|")
    assert len(set(drawn)) > 280


def test_the_knowledge_of_a_short_fit_is_read_by_the_engine(tmp_path: Path) -> None:
    model = tmp_path / "model"
    ignored = shutil.ignore_patterns(KNOWLEDGE_FOLDER, "unet", "vae")
    shutil.copytree(starter_model(), model, ignore=ignored)
    fit = KnowledgeFit(
        grammar_sentences=1500,
        subject_sentences=50,
        unknown_sentences=300,
        vocabulary_sentences=1500,
        other_style_sentences=300,
        epochs=6,
        styles=("stained glass", "woodcut"),
    )
    write_starter_knowledge(model, fit)
    knowledge = read_knowledge(model)
    families = [edit.family for edit in knowledge.edits]
    assert families == [*FAMILIES, "stained glass", "woodcut"]
    assert all(edit.example for edit in knowledge.edits)
    assert {"snow", "colour", "color", "woodcut"} <= set(knowledge.vocabulary)
    assert not any("woodcut" in wording for wording in knowledge.wordings)
    assert knowledge.other_words.isdisjoint(knowledge.vocabulary)
    texts = ["make it snow", "make it black and white", "turn it into a woodcut", "turn it into a tapestry"]
    logits = FamilyClassifier.load(model, len(families)).logits(texts)
    assert [families[place] for place in logits[:2, :-1].argmax(1)] == ["snowy", "black and white"]
    assert logits[:, families.index("woodcut")].argmax() == 2
    assert logits[:, -1].argmax() == 3, "a style that it was not trained on counts as none"
