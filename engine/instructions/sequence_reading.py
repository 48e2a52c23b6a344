"""Reads an instruction for several edits, each of them on its own."""

from __future__ import annotations

from engine.instructions.reader import read_instruction
from engine.instructions.reading import InstructionReading
from engine.instructions.sequence import steps_for
from engine.library import ModelCard


def read_sequence(instruction: str, card: ModelCard) -> InstructionReading:
    """Reads an instruction for a model; one for several edits has the readings of all in `steps`.

    Its verdict and its nearest instructions are those of the first edit that is doubtful. May be called on
    any thread.
    """
    readings = tuple(read_instruction(step, card) for step in steps_for(instruction, card))
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
