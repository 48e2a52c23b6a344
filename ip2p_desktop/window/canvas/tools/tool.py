"""The protocol of tools on the photo, and their events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolEvent:
    """The position of the mouse and the pressed buttons and keys."""

    photo: QPointF
    """Position in photo pixels at any zoom; may be outside of the photo."""
    view: QPointF
    """Position in points of the view."""
    buttons: Qt.MouseButton
    """All pressed buttons; none while the mouse hovers."""
    modifiers: Qt.KeyboardModifier
    pressure: float = 1.0
    """Pressure of a pen, 0 to 1; 1 for a mouse."""


class Overlay(Protocol):
    """An object that paints above the photo and below the labels."""

    def paint(self, painter: QPainter) -> None:
        """Paint in photo pixels. Painting outside of the photo is clipped."""


class Tool(Overlay, Protocol):
    """A tool of the left button. A gesture is `press`, any number of `move`, then `release`."""

    @property
    def cursor(self) -> Qt.CursorShape:
        """The cursor over the view; read after each event."""

    @property
    def changed_area(self) -> QRectF | None:
        """The part of the photo to paint again after an event, in photo pixels; None for the whole view."""

    def press(self, event: ToolEvent) -> None:
        """The button was pressed."""

    def move(self, event: ToolEvent) -> None:
        """The mouse was moved, with or without a pressed button."""

    def release(self, event: ToolEvent) -> None:
        """The button was released."""
