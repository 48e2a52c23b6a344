"""The result of reading an instruction: its correction, and whether the model knows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from engine.edit_settings import EditArea
from engine.request import EditRequest


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
    area: EditArea = EditArea.AUTOMATIC
    """The place that the instruction names, SUBJECT or BACKGROUND; AUTOMATIC if it names none."""
    without_place: str = ""
    """The typed text without that place, before any correction; empty if the place is left in it."""
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
        return self.instruction != (self.without_place or self.typed)

    @property
    def unread(self) -> str:
        """The end of the instruction that the model does not read."""
        return self.instruction[self.read_length :].strip()

    def applied_to(self, request: EditRequest) -> EditRequest:
        """The request of the typed instruction as it is read: with its correction and its place.

        An area that was chosen stays; so does the request itself where the reading changes nothing.
        """
        settings = request.settings
        if settings.area is EditArea.AUTOMATIC and self.area is not EditArea.AUTOMATIC:
            settings = replace(settings, area=self.area)
        if (self.instruction, settings) == (request.instruction, request.settings):
            return request
        return replace(request, instruction=self.instruction, settings=settings)
