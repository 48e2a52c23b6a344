"""Object names of widgets; tests, accessibility tools and the style sheet use them."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject

Named = TypeVar("Named", bound=QObject)


def named(item: Named, name: str) -> Named:
    """Set the object name and return the object."""
    item.setObjectName(name)
    return item
