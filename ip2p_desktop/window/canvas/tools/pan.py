"""Moves the photo in its view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from ip2p_desktop.window.canvas.tools.tool import ToolEvent
from ip2p_desktop.window.canvas.viewport import Viewport


class PanTool:
    """Drags the photo along with the mouse, where it is larger than the view."""

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self._last: QPointF | None = None
        """Where the mouse was, in points of the view; None between drags."""

    @property
    def cursor(self) -> Qt.CursorShape:
        if not self._viewport.is_larger_than_view:
            return Qt.CursorShape.ArrowCursor
        return Qt.CursorShape.OpenHandCursor if self._last is None else Qt.CursorShape.ClosedHandCursor

    def press(self, event: ToolEvent) -> None:
        self._last = event.view

    def move(self, event: ToolEvent) -> None:
        if self._last is not None:
            self._viewport.pan_by(event.view - self._last)
            self._last = event.view

    def release(self, event: ToolEvent) -> None:
        self._last = None

    def paint(self, painter: QPainter) -> None:
        """Nothing: the photo itself shows what is done."""
