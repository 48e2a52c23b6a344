"""The one way from an instruction as it is typed to what the engine is handed.

A mapping from other languages would stand here, before the judge.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from engine.instructions.classifier import FamilyClassifier
from engine.instructions.judge import FamilyJudge, Judge, ListJudge
from engine.instructions.knowledge import knowledge_file, read_knowledge
from engine.instructions.reading import InstructionReading
from engine.instructions.token_limit import read_length
from engine.library import ModelCard

log = logging.getLogger(__name__)


def read_instruction(instruction: str, card: ModelCard) -> InstructionReading:
    """What a model makes of an instruction; a few milliseconds, more where the model is read first.

    Models that do not say what they know read every instruction as it stands. May be called on any thread.
    """
    typed = instruction.strip()
    judge = _judge_of(card) if typed else None
    reading = judge.read(typed) if judge else InstructionReading(typed=typed, instruction=typed)
    return replace(reading, read_length=read_length(reading.instruction, card.path))


def _judge_of(card: ModelCard) -> Judge | None:
    with suppress(OSError):
        written = knowledge_file(card.path).stat().st_mtime_ns
        return _family_judge(card.path, written)
    return ListJudge(card.suggestions) if card.lists_all_edits and card.suggestions else None


@lru_cache(maxsize=4)
def _family_judge(model: Path, written: int) -> Judge | None:
    """The judge of a model whose knowledge was `written` at that time; None if it cannot be read."""
    try:
        knowledge = read_knowledge(model)
        judge = FamilyJudge(knowledge, FamilyClassifier.load(model, len(knowledge.edits)))
        judge.read("make it black and white")  # what is damaged shows here, and not while somebody types
        return judge
    except Exception as error:  # files of strangers can be wrong in any way, and are no more than a help
        log.warning("Instructions are not judged: %s", error)
        return None
