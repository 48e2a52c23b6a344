"""How a mistake in the settings is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from engine.errors import EngineError

Checks: TypeAlias = Iterable[tuple[bool, str]]
"""What must hold, and the sentence for when it does not."""


class ConfigNotValid(EngineError):
    """A setting is unknown, missing or out of range."""

    kind = "configuration"


def one_of(key: str, value: str, names: Iterable[str]) -> tuple[bool, str]:
    """The check that a value is among some names; the empty one is not told."""
    names = tuple(names)
    return value in names, f"{key} must be one of {', '.join(name for name in names if name)}."


def at_least(lowest: int, **values: float) -> Checks:
    """The checks that numbers are not too small; "__" in a key stands for its dots."""
    for key, value in values.items():
        yield value >= lowest, f"{key.replace('__', '.')} must be at least {lowest}."
