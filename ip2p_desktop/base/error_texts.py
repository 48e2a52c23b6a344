"""Errors and warnings in the window's language.

A translation is found under the code of an error, in the context "Error": `image.not-found` for what happened
and `image.not-found.advice` for what to do. Without one, the English sentences are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from engine.errors import ErrorReport, Value

CONTEXT = "Error"
ADVICE = ".advice"
"""Ends the key of what to do."""


class ErrorText(NamedTuple):
    """What a person reads."""

    message: str
    advice: str

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


def error_text(report: ErrorReport) -> ErrorText:
    """The sentences in the window's language where they are translated, in English otherwise."""
    if not report.code:
        return ErrorText(report.message, report.advice)
    values = _worded(report.values)
    advice = _translated(report.code + ADVICE, values) if report.advice else ""
    return ErrorText(_translated(report.code, values) or report.message, advice or report.advice)


def _translated(key: str, values: Mapping[str, Value]) -> str:
    """Empty where there is no translation, or one that names a value the error does not have."""
    template = QCoreApplication.translate(CONTEXT, key)
    if template == key:
        return ""
    try:
        return template.format(**values)
    except (KeyError, IndexError, ValueError):
        return ""


def _worded(values: Mapping[str, Value]) -> dict[str, Value]:
    """Some values are words of the engine, such as "its header is invalid": these may be translated too."""
    return {
        name: QCoreApplication.translate(CONTEXT, value) if isinstance(value, str) and value else value
        for name, value in values.items()
    }
