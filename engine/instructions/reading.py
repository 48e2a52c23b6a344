"""The result of reading an instruction: its correction, and whether the model knows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Whether a model knows an instruction."""

    NOT_JUDGED = "not judged"
    """There is no knowledge of the model."""
    KNOWN = "known"
    SIMILAR = "similar"
    """Not known, but close to known edits."""
    UNKNOWN = "unknown"

    @property
    def is_doubtful(self) -> bool:
        """Whether the user should be informed before the edit."""
        return self in (Verdict.SIMILAR, Verdict.UNKNOWN)


@dataclass(frozen=True, kw_only=True, slots=True)
class InstructionReading:
    """An instruction as the engine encodes it, and whether the model knows it."""

    typed: str
    """The typed text without spaces around it."""
    instruction: str
    """The text to encode; spelling is corrected if the model then knows the instruction."""
    verdict: Verdict = Verdict.NOT_JUDGED
    families: tuple[str, ...] = ()
    """The families of edits of a known instruction, most certain first."""
    nearest: tuple[str, ...] = ()
    """Known instructions, closest first; only if `verdict` is doubtful."""
    read_length: int = 0
    """Number of characters of `instruction` that the model reads before its token limit."""

    @property
    def is_corrected(self) -> bool:
        """Whether the spelling was corrected."""
        return self.instruction != self.typed

    @property
    def unread(self) -> str:
        """The end of the instruction that the model does not read."""
        return self.instruction[self.read_length :].strip()
