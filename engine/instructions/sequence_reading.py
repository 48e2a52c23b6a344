"""Reads an instruction for several edits, each of them on its own."""

from __future__ import annotations

from engine.instructions.reader import read_instruction
from engine.instructions.reading import InstructionReading
from engine.instructions.sequence import split_sequence
from engine.library import ModelCard


def read_sequence(instruction: str, card: ModelCard) -> InstructionReading:
    """Reads an instruction for a model; one for several edits has the readings of all in `steps`.

    Its verdict and its nearest instructions are those of the first edit that is doubtful. May be called on
    any thread.
    """
    steps = split_sequence(instruction, at_and=card.separates_at_and(instruction))
    readings = tuple(read_instruction(step, card) for step in steps)
    return whole_reading(instruction, readings) if len(readings) > 1 else readings[0]


def whole_reading(instruction: str, steps: tuple[InstructionReading, ...]) -> InstructionReading:
    """The reading of an instruction from those of its edits; nothing of the whole is corrected or cut."""
    typed = instruction.strip()
    judged = next((step for step in steps if step.verdict.is_doubtful), steps[0])
    return InstructionReading(
        typed=typed,
        instruction=typed,
        verdict=judged.verdict,
        nearest=judged.nearest,
        read_length=len(typed),
        steps=steps,
    )
