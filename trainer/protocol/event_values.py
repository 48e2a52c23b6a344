"""Which values the fields of an event can have, so that lines of a damaged file do no harm."""

from __future__ import annotations

from typing import Any

MOST_COUNT, MOST_BYTES, LARGEST = 2**31 - 1, 2**53, 1e15
"""Largest count, number of bytes and other number of an event; widgets could not show larger ones."""
BYTES = ("memory", "disk")
"""Fields that are numbers of bytes."""
VALUE_TYPES: dict[Any, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "str": (str,),
    "bool": (bool,),
    "dict[str, Value]": (dict,),
}


def is_event_value(name: str, kind: object, value: object) -> bool:
    """Whether a value has the type `kind` of the field `name`, as it is written, and a possible size."""
    expected = VALUE_TYPES[kind]
    if isinstance(value, bool):
        return bool in expected
    if isinstance(value, int | float):
        if float in expected:
            return abs(value) <= LARGEST
        return isinstance(value, expected) and 0 <= value <= (MOST_BYTES if name in BYTES else MOST_COUNT)
    if isinstance(value, dict):
        return dict in expected and all(map(_is_shown, value.values()))
    return isinstance(value, expected)


def _is_shown(value: object) -> bool:
    """Whether a value can be in the sentence of a warning or an error."""
    return isinstance(value, str) or (isinstance(value, int | float) and abs(value) <= MOST_BYTES)
