"""What can go wrong, in sentences for people.

Every error has a code that stays the same from version to version, and the values in its sentences, so that
the window can say it in another language. The English sentences are the default.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

Value: TypeAlias = str | int | float
"""What JSON holds as it is."""


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error as a person reads it: what happened, and what to do."""

    kind: str
    message: str
    advice: str = ""
    code: str = ""
    """Its kind and a name, for example "image.not-found"; empty where no other wording can be looked up."""
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)
    """What the sentences name, by the names of their placeholders."""

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class EngineError(Exception):
    """Base of all errors that are shown to people."""

    kind: ClassVar[str] = "engine"

    def __init__(self, code: str, message: str, advice: str = "", /, **values: object) -> None:
        """`message` and `advice` are English sentences with a `{name}` for each of the values."""
        self.code = code
        self.values = plain_values(values)
        self.message = message.format(**values)
        self.advice = advice.format(**values)
        super().__init__(f"{self.message} {self.advice}".strip())

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors of worker processes are pickled; the sentences are not made again."""
        return _restored, (type(self), self.args, self.__dict__)

    def report(self) -> ErrorReport:
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
    """Values as JSON holds them: finite numbers as they are, all else as text."""
    return {name: _plain(value) for name, value in values.items()}


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
