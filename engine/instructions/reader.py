"""Converts a typed instruction to the instruction of a request; the only place that does so.

A translation from other languages would be added here, before the judge.
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
from engine.instructions.place_reading import with_place
from engine.instructions.reading import InstructionReading
from engine.instructions.token_limit import read_length
from engine.library import ModelCard

log = logging.getLogger(__name__)


def read_instruction(instruction: str, card: ModelCard) -> InstructionReading:
    """Reads an instruction for a model: corrections, place, verdict, and the length that the model reads.

    Takes a few milliseconds, more for the first instruction of a model. Without knowledge of a model, nothing
    is corrected or judged, and only places that are certain are read. May be called on any thread.
    """
    typed = instruction.strip()
    judge = _judge_of(card) if typed else None
    reading = judge.read(typed) if judge else InstructionReading(typed=typed, instruction=typed)
    reading = with_place(reading, judge)
    return replace(reading, read_length=read_length(reading.instruction, card.path))


def _judge_of(card: ModelCard) -> Judge | None:
    with suppress(OSError):
        written = knowledge_file(card.path).stat().st_mtime_ns
        return _family_judge(card.path, written)
    return ListJudge(card.suggestions) if card.lists_all_edits and card.suggestions else None


@lru_cache(maxsize=4)
def _family_judge(model: Path, written: int) -> Judge | None:
    """The judge of a model; None if its knowledge cannot be read. `written` is the time of the file."""
    try:
        knowledge = read_knowledge(model)
        judge = FamilyJudge(knowledge, FamilyClassifier.load(model, len(knowledge.edits)))
        judge.read("make it black and white")  # reports a damaged file now instead of while the user types
        return judge
    except Exception as error:  # damaged files raise any exception, and edits do not need the judge
        log.warning("Instructions are not judged: %s", error)
        return None
