"""Reads instructions before an edit: corrects spelling, and decides whether the model knows them.

Does not load torch. NumPy and the tokenizers are loaded with `reader.py`, not with this package.
"""

from __future__ import annotations

from engine.instructions.reading import InstructionReading, Verdict

__all__ = ["InstructionReading", "Verdict"]
