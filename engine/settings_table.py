"""Declarations of the settings of an edit: range, default, label and help, once, beside the field.

Validation, saved records, the command line and the window's controls read the declarations. Labels and
help are English; `QT_TRANSLATE_NOOP` marks them, so that the window can word them in another language.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias, TypeVar

from engine.errors import InvalidRequest

T = TypeVar("T")
SettingValue: TypeAlias = int | float | str
"""Truth values are whole numbers to Python, and choices are text."""

CONTEXT = "Setting"
"""The Qt translation context of labels and help."""
DECLARATION = "setting"
"""Key of the declaration in the metadata of a dataclass field."""


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """Returns the text unchanged; Qt's tools find texts to translate by the name of this function."""
    return text


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedRange:
    """The part of a setting's range that a control offers first; a value outside widens it."""

    minimum: float
    maximum: float
    step: float = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """The declaration of one setting."""

    name: str
    """Name of the dataclass field."""
    default: SettingValue
    key: str
    """Its name in saved records."""
    noun: str
    """The term in a sentence, for example “number of steps”."""
    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    offered: OfferedRange | None = None
    choices: Mapping[Any, str] = field(default_factory=dict)
    """Values to choose from in the order of a menu, and the label of each; empty where the unit is enough."""
    flags: tuple[str, ...]
    """Options of the command line; errors name the first."""
    is_list: bool = False
    """Whether the command line takes several values, and computes every combination."""
    command_note: str = ""
    """What differs on the command line, such as another default."""

    @property
    def kind(self) -> type[SettingValue]:
        """`int`, `float`, `bool`, `str` or a `StrEnum`."""
        return type(self.default)

    def check(self, value: float) -> None:
        """Raises `InvalidRequest` for a number out of range."""
        if self.minimum is None or self.maximum is None:
            return
        if not (math.isfinite(value) and self.minimum <= value <= self.maximum):
            unit = f" {self.unit}" if self.unit else ""
            raise InvalidRequest(
                "request.out-of-range",
                "The {setting} must be from {minimum} to {maximum}{unit}, not {value}.",
                setting=self.noun,
                minimum=_number(self.minimum),
                maximum=_number(self.maximum),
                unit=unit,
                value=_number(value),
            )


def setting(
    default: T,
    *,
    noun: str,
    label: str,
    help: str,
    flags: tuple[str, ...],
    key: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    unit: str = "",
    offered: OfferedRange | None = None,
    choices: Mapping[Any, str] | None = None,
    is_list: bool = False,
    command_note: str = "",
) -> T:
    """Returns a dataclass field that declares a setting."""
    declared = {name: value for name, value in locals().items() if name != "choices"}
    return field(default=default, metadata={DECLARATION: declared | {"choices": choices or {}}})


def settings_of(owner: type[Any]) -> tuple[Setting, ...]:
    """The settings that a dataclass declares, in the order of its fields."""
    declared = [(each.name, each.metadata[DECLARATION]) for each in fields(owner) if each.metadata]
    return tuple(
        Setting(**(values | {"name": name, "key": values["key"] or name})) for name, values in declared
    )


def check_settings(owner: object) -> None:
    """Raises `InvalidRequest` if a declared setting of a dataclass instance is out of range."""
    for each in settings_of(type(owner)):
        each.check(getattr(owner, each.name))


def setting_keys(owner: type[Any]) -> dict[str, str]:
    """The names in saved records of the settings of a dataclass, by field name."""
    return {each.name: each.key for each in settings_of(owner)}


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:g}"
