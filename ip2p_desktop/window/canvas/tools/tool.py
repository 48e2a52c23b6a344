"""What a tool on the photo is, and what it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolEvent:
    """Where the mouse is, and what is held down."""

    photo: QPointF
    """In pixels of the photo, whatever the zoom; outside of the photo too."""
    view: QPointF
    """In points of the view."""
    buttons: Qt.MouseButton
    """All that are held; none while the mouse only hovers."""
    modifiers: Qt.KeyboardModifier


class Overlay(Protocol):
    """Something painted above the photo, below its labels."""

    def paint(self, painter: QPainter) -> None:
        """Paint in pixels of the photo. What lies outside of the photo is cut off."""


class Tool(Overlay, Protocol):
    """What a drag with the left button does. One gesture is `press`, any number of `move`, `release`."""

    @property
    def cursor(self) -> Qt.CursorShape:
        """Asked after each event."""

    def press(self, event: ToolEvent) -> None: ...

    def move(self, event: ToolEvent) -> None:
        """The mouse has moved: while the button is held, or hovering."""

    def release(self, event: ToolEvent) -> None:
        """The gesture has ended."""
