"""The error for invalid settings, and checks that many settings share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from engine.errors import EngineError

Checks: TypeAlias = Iterable[tuple[bool, str]]
"""Conditions that must hold, each with the sentence for when it does not."""


class ConfigNotValid(EngineError):
    """A setting is unknown, missing or out of range."""

    kind = "configuration"


def one_of(key: str, value: str, names: Iterable[str]) -> tuple[bool, str]:
    """Returns the check that a value is one of some names; its sentence leaves out the empty name."""
    names = tuple(names)
    return value in names, f"{key} must be one of {', '.join(name for name in names if name)}."


def at_least(lowest: int, **values: float) -> Checks:
    """Yields the checks that numbers are not too small; "__" in a key stands for its dots."""
    for key, value in values.items():
        yield value >= lowest, f"{key.replace('__', '.')} must be at least {lowest}."
