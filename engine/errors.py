"""The errors that are shown to users.

Every error has a code that is the same in all versions, and the values in its sentences, so that the window
can word it in another language. The English sentences are the default.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

Value: TypeAlias = str | int | float
"""A value that JSON can store."""


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error for the user: what happened, and what to do."""

    kind: str
    message: str
    advice: str = ""
    code: str = ""
    """Its kind and a name, for example "image.not-found"; empty if it has no translations."""
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)
    """The values in the sentences, by the names of their placeholders."""

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class Phrase(str):
    """An English phrase among the values of an error, such as a reason; it is translated by itself.

    Its placeholders are filled with values of its own, which become values of the error too.
    """

    template: str
    values: dict[str, Value]

    def __new__(cls, template: str, /, **values: object) -> Phrase:
        """The phrase `template` with its values."""
        phrase = super().__new__(cls, template.format(**values))
        phrase.template, phrase.values = template, plain_values(values)
        return phrase


class EngineError(Exception):
    """Base class of all errors that are shown to users."""

    kind: ClassVar[str] = "engine"
    is_wrong_input: ClassVar[bool] = False
    """Whether what the user gave is the cause; programs then end with another exit code."""

    def __init__(self, code: str, message: str, advice: str = "", /, **values: object) -> None:
        """`message` and `advice` are English sentences with a `{name}` for each of the values."""
        self.code = code
        self.values = plain_values(values)
        self.message = message.format(**values)
        self.advice = advice.format(**values)
        super().__init__(f"{self.message} {self.advice}".strip())

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles the error, for worker processes, with its finished sentences."""
        return _restored, (type(self), self.args, self.__dict__)

    def report(self) -> ErrorReport:
        """The error as a value for messages and files."""
        return ErrorReport(self.kind, self.message, self.advice, self.code, self.values)

    @staticmethod
    def unexpected(error: BaseException) -> UnexpectedError:
        """The error for any other exception; the log has the details."""
        return UnexpectedError(
            "unexpected.error",
            "Something unexpected went wrong ({error}).",
            "Try again; if it happens again, see the log file.",
            error=type(error).__name__,
        )


def plain_values(values: Mapping[str, object]) -> dict[str, Value]:
    """Values for JSON: finite numbers unchanged, phrases by their templates, all others as text."""
    plain: dict[str, Value] = {}
    for name, value in values.items():
        plain |= (
            {name: value.template, **value.values} if isinstance(value, Phrase) else {name: _plain(value)}
        )
    return plain


def _plain(value: object) -> Value:
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)


def _restored(kind: type[EngineError], arguments: tuple[object, ...], state: dict[str, Any]) -> EngineError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class InvalidRequest(EngineError):
    """A setting of the request is out of range."""

    kind = "request"
    is_wrong_input = True


class SubjectNotFound(EngineError):
    """An edit is limited to the subject or the background, and the photo does not show which is which."""

    kind = "subject"
    is_wrong_input = True


class ImageUnreadable(EngineError):
    """A file cannot be read as a photo."""

    kind = "image"
    is_wrong_input = True


class NewerVersion(EngineError):
    """A file was written by a newer version of the program, and this version would misread it."""

    kind = "version"
    is_wrong_input = True


class OutputNotWritable(EngineError):
    """A file or folder cannot be written."""

    kind = "output"


class PlaceNotUsable(OutputNotWritable):
    """A file or folder was chosen to write to that does not suit."""

    is_wrong_input = True


class ModelNotUsable(EngineError):
    """A file or folder is not an InstructPix2Pix model, or is damaged."""

    kind = "model"
    is_wrong_input = True


class UnsafeCheckpoint(ModelNotUsable):
    """A checkpoint names code that models do not need; nothing of it was run."""

    kind = "unsafe"


class DeviceNotUsable(EngineError):
    """The requested device or number type is not available."""

    kind = "device"
    is_wrong_input = True


class OutOfMemory(EngineError):
    """The edit needs more memory than is available."""

    kind = "memory"


class DownloadFailed(EngineError):
    """A file could not be downloaded; a valid partial file is kept."""

    kind = "download"


class UnexpectedError(EngineError):
    """Any other error."""

    kind = "unexpected"
