"""The error for invalid settings, and checks that many settings share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from engine.errors import EngineError


class ConfigNotValid(EngineError):
    """A setting is unknown, missing or out of range."""

    kind = "configuration"
    is_wrong_input = True


Checks: TypeAlias = Iterable[tuple[bool, ConfigNotValid]]
"""Conditions that must hold, each with the error for when it does not."""


NOT_ONE_OF = "configuration.not-one-of"


def one_of(key: str, value: str, names: Iterable[str]) -> tuple[bool, ConfigNotValid]:
    """Returns the check that a value is one of some names; its error leaves out the empty name."""
    names = tuple(names)
    return value in names, ConfigNotValid(
        NOT_ONE_OF,
        "{setting} must be one of {known}.",
        setting=key,
        known=", ".join(name for name in names if name),
    )


def at_least(lowest: int, **values: float) -> Checks:
    """Yields the checks that numbers are not too small; "__" in a key stands for its dots."""
    for key, value in values.items():
        yield (
            value >= lowest,
            ConfigNotValid(
                "configuration.too-small",
                "{setting} must be at least {minimum}.",
                setting=key.replace("__", "."),
                minimum=lowest,
            ),
        )


def below(key: str, value: float, limit: float) -> tuple[bool, ConfigNotValid]:
    """The check that a number is below another."""
    return value < limit, ConfigNotValid(
        "configuration.too-large", "{setting} must be below {limit}.", setting=key, limit=limit
    )


def positive(key: str, value: float) -> tuple[bool, ConfigNotValid]:
    """The check that a number is above 0."""
    return value > 0, ConfigNotValid("configuration.not-positive", "{setting} must be above 0.", setting=key)


def fraction(key: str, value: float, *, or_zero: bool = False) -> tuple[bool, ConfigNotValid]:
    """The check that a number is below 1 and above 0, or not below it."""
    if or_zero:
        return 0 <= value < 1, ConfigNotValid(
            "configuration.not-a-share", "{setting} must be at least 0 and below 1.", setting=key
        )
    return 0 < value < 1, ConfigNotValid(
        "configuration.not-a-fraction", "{setting} must be above 0 and below 1.", setting=key
    )


def between(key: str, value: float, minimum: float, maximum: float) -> tuple[bool, ConfigNotValid]:
    """The check that a number is in a range, both ends included."""
    return minimum <= value <= maximum, ConfigNotValid(
        "configuration.out-of-range",
        "{setting} must be from {minimum} to {maximum}.",
        setting=key,
        minimum=minimum,
        maximum=maximum,
    )
