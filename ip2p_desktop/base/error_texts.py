"""Errors and warnings in the window's language.

A translation has the code of the error as its key, in the context "Error": `image.not-found` for the message
and `image.not-found.advice` for the advice. Without a translation, the English sentences are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from engine.errors import ErrorReport, Value

CONTEXT = "Error"
ADVICE = ".advice"
"""Suffix of the key of the advice."""


class ErrorText(NamedTuple):
    """The message and the advice in the window's language."""

    message: str
    advice: str

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


def error_text(report: ErrorReport) -> ErrorText:
    """The translated sentences of an error; those without a translation in English."""
    if not report.code:
        return ErrorText(report.message, report.advice)
    values = _translated_values(report.values)
    advice = _translated(report.code + ADVICE, values) if report.advice else ""
    return ErrorText(_translated(report.code, values) or report.message, advice or report.advice)


def _translated(key: str, values: Mapping[str, Value]) -> str:
    """The translation with its values; empty if there is none, or if it uses a value that the error lacks."""
    template = QCoreApplication.translate(CONTEXT, key)
    if template == key:
        return ""
    try:
        return template.format(**values)
    except (KeyError, IndexError, ValueError):
        return ""


def _translated_values(values: Mapping[str, Value]) -> dict[str, Value]:
    """The values of an error; those that are phrases, such as "its header is invalid", are translated."""
    return {name: _translated_value(value, values) for name, value in values.items()}


def _translated_value(value: Value, values: Mapping[str, Value]) -> Value:
    """A value; a phrase is translated and filled with its own values, which are among those of the error."""
    if not isinstance(value, str) or not value:
        return value
    text = QCoreApplication.translate(CONTEXT, value)
    with suppress(KeyError, IndexError, ValueError):
        return text.format(**values) if "{" in text else text
    return text
