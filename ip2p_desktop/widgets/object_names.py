"""Names that stay: by them tests, screen readers and the style sheet find a widget."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject

Named = TypeVar("Named", bound=QObject)


def named(thing: Named, name: str) -> Named:
    """The thing itself, with its object name set."""
    thing.setObjectName(name)
    return thing
