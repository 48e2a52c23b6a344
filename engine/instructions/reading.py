"""What an instruction is read as, and whether the model knows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Whether a model knows an instruction."""

    NOT_JUDGED = "not judged"
    """The model does not say which instructions it knows."""
    KNOWN = "known"
    SIMILAR = "similar"
    """Not known, though close to edits that are."""
    UNKNOWN = "unknown"

    @property
    def is_doubtful(self) -> bool:
        """Whether a person should be told before the edit."""
        return self in (Verdict.SIMILAR, Verdict.UNKNOWN)


@dataclass(frozen=True, kw_only=True, slots=True)
class InstructionReading:
    """An instruction as it is handed to the engine, and what the model makes of it."""

    typed: str
    """As it was typed, without spaces around it."""
    instruction: str
    """As it is to be encoded: slips corrected where that makes an instruction the model knows."""
    verdict: Verdict = Verdict.NOT_JUDGED
    families: tuple[str, ...] = ()
    """The families of edits that a known instruction asks for, the surest first."""
    nearest: tuple[str, ...] = ()
    """Instructions that the model knows, closest first; only where `verdict` is doubtful."""
    read_length: int = 0
    """How many characters of `instruction` the model reads; the rest is beyond its last token."""

    @property
    def is_corrected(self) -> bool:
        return self.instruction != self.typed

    @property
    def unread(self) -> str:
        """The end of the instruction that the model does not read."""
        return self.instruction[self.read_length :].strip()
