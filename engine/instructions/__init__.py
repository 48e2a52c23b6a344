"""Reads instructions before an edit: corrects slips, and says whether the model knows what is asked for.

No torch; NumPy and the tokenizers load with `reader.py`, not with what is named here.
"""

from __future__ import annotations

from engine.instructions.reading import InstructionReading, Verdict

__all__ = ["InstructionReading", "Verdict"]
