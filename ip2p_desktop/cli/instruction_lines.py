"""How a model reads an instruction: as text for the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.edit_settings import EditArea
from engine.instructions import InstructionReading, Verdict
from engine.library import ModelCard


def reading_line(reading: InstructionReading, card: ModelCard) -> str:
    """A line if the instruction is unknown, corrected, too long or names a place; otherwise empty."""
    return " ".join(_sentences(reading, card))


def _sentences(reading: InstructionReading, card: ModelCard) -> Iterator[str]:
    if reading.area is not EditArea.AUTOMATIC:
        yield f"Only the {reading.area.value} is edited (--area everything edits all of it)."
    if reading.is_corrected:
        yield f"The instruction is read as “{reading.instruction}”."
    if reading.unread:
        yield f"It is too long; this is not read: “{reading.unread}”."
    if reading.verdict.is_doubtful:
        may = "may not know" if reading.verdict is Verdict.SIMILAR else "does not know"
        nearest = ", ".join(f"“{instruction}”" for instruction in reading.nearest)
        yield f"{card.name} {may} this edit{f'; closest: {nearest}' if nearest else ''}."


def describe_reading(reading: InstructionReading) -> dict[str, Any]:
    """The reading as `--json` prints it, beside the instruction that was used."""
    return {
        "reading": {
            "typed": reading.typed,
            "verdict": reading.verdict.value,
            "nearest": list(reading.nearest),
            "unread": reading.unread,
        }
    }
