"""What can go wrong, in sentences for the person who asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error as a person reads it: what happened, and what to try."""

    kind: str
    message: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class EngineError(Exception):
    """Base of all errors that are shown to people."""

    kind: ClassVar[str] = "engine"

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(f"{message} {advice}".strip())
        self.message = message
        self.advice = advice

    def report(self) -> ErrorReport:
        return ErrorReport(self.kind, self.message, self.advice)

    @staticmethod
    def unexpected(error: BaseException) -> UnexpectedError:
        """Any other exception, worded; the log holds the details."""
        return UnexpectedError(
            f"Something unexpected went wrong ({type(error).__name__}).",
            "Try again; if it happens again, the log file says more.",
        )


class InvalidRequest(EngineError):
    """A setting of the request is out of range."""

    kind = "request"


class ImageUnreadable(EngineError):
    """A file that should be a photo is not one that can be read."""

    kind = "image"


class NewerVersion(EngineError):
    """A file was written by a newer version of the program, in a way that this one would misread."""

    kind = "version"


class OutputNotWritable(EngineError):
    """A result could not be written where it was asked to go."""

    kind = "output"


class ModelNotUsable(EngineError):
    """A folder is not an InstructPix2Pix model, or its files are damaged."""

    kind = "model"


class UnsafeCheckpoint(ModelNotUsable):
    """A checkpoint asks for code that no model needs; nothing of it was run."""

    kind = "unsafe"


class DeviceNotUsable(EngineError):
    """The asked device or number type is not available here."""

    kind = "device"


class OutOfMemory(EngineError):
    """The edit needs more memory than there is."""

    kind = "memory"


class DownloadFailed(EngineError):
    """A file could not be fetched; what has arrived of it is kept where that makes sense."""

    kind = "download"


class UnexpectedError(EngineError):
    """Anything no other class has a name for."""

    kind = "unexpected"
