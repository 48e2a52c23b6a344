"""A JSON object read leniently, so that files of other versions of the program stay usable.

A missing value, or one of another type, gets its default. Fields that are never read are kept, to be written
again. Only a file with a higher `version` is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from engine.errors import InvalidRequest

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
D = TypeVar("D", bound="DataclassInstance")
VERSION_NAME = "version"
"""The field that holds the version of a file's layout; a file without it has version 1."""


class JsonRecord:
    """The fields of a JSON object. Raises `ValueError` for anything else."""

    def __init__(self, values: object) -> None:
        if not isinstance(values, dict):
            raise ValueError("it is not a JSON object")
        self._values: dict[str, Any] = values
        self._read_names: dict[str, JsonRecord | None] = {}

    @property
    def version(self) -> int:
        """The version of the layout."""
        return self.get(VERSION_NAME, 1)

    def value(self, name: str) -> object:
        """The value of a field, of any type; None if the field is missing."""
        self._read_names.setdefault(name, None)
        return self._values.get(name)

    def get(self, name: str, default: T) -> T:
        """The value of a field if it has the type of `default`, else `default`; an int serves as a float."""
        value: Any = self.value(name)
        kind: Any = type(default)
        try:
            if isinstance(default, StrEnum) or (isinstance(default, float) and type(value) is int):
                value = kind(value)
        except (ValueError, OverflowError):
            return default
        return value if type(value) is kind else default  # a bool is not a number

    def has(self, name: str) -> bool:
        """Whether there is such a field."""
        return name in self._values

    def texts(self, name: str) -> tuple[str, ...]:
        """The strings of a list; empty if the field holds no list."""
        return tuple(value for value in self._list(name) if isinstance(value, str))

    def record(self, name: str) -> JsonRecord:
        """The object in a field; an empty record if the field holds none."""
        value = self.value(name)
        self._read_names[name] = record = JsonRecord(value if isinstance(value, dict) else {})
        return record

    def records(self, name: str) -> Iterator[JsonRecord]:
        """The objects of a list; empty if the field holds no list."""
        return (JsonRecord(value) for value in self._list(name) if isinstance(value, dict))

    def fill(self, defaults: D, names: Mapping[str, str] | None = None) -> D:
        """The dataclass `defaults` with the values of the record.

        `names` maps field names to names in the record, where they differ. A value for which the class raises
        `InvalidRequest` is ignored.
        """
        filled = defaults
        for field in fields(defaults):
            name = (names or {}).get(field.name, field.name)
            value = self.get(name, getattr(defaults, field.name))
            try:
                filled = replace(filled, **{field.name: value})
            except InvalidRequest:
                continue
        return filled

    def unknown(self) -> dict[str, Any]:
        """The fields that were never read, also those of the objects that `record` returned."""
        found = {name: value for name, value in self._values.items() if name not in self._read_names}
        below = {name: record.unknown() for name, record in self._read_names.items() if record is not None}
        return found | {name: values for name, values in below.items() if values}

    def _list(self, name: str) -> list[Any]:
        value = self.value(name)
        return value if isinstance(value, list) else []


def with_unknown(values: Mapping[str, Any], unknown: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an object merged with the fields that were unknown when it was read."""
    merged = dict(values)
    for name, value in unknown.items():
        if isinstance(merged.get(name), dict) and isinstance(value, dict):
            merged[name] = with_unknown(merged[name], value)
        else:
            merged.setdefault(name, value)
    return merged
