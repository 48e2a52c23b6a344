"""The tool that pans the photo."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from ip2p_desktop.window.canvas.tools.tool import ToolEvent
from ip2p_desktop.window.canvas.viewport import Viewport


class PanTool:
    """Moves the photo with the mouse if it is larger than the view."""

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self._last: QPointF | None = None
        """The last mouse position in points of the view; None while no button is pressed."""

    @property
    def cursor(self) -> Qt.CursorShape:
        """An arrow if the photo cannot be moved, else an open or closed hand."""
        if not self._viewport.is_larger_than_view:
            return Qt.CursorShape.ArrowCursor
        return Qt.CursorShape.OpenHandCursor if self._last is None else Qt.CursorShape.ClosedHandCursor

    @property
    def changed_area(self) -> None:
        """All of the view moves."""

    def press(self, event: ToolEvent) -> None:
        """Start panning."""
        self._last = event.view

    def move(self, event: ToolEvent) -> None:
        """Move the photo by the distance since the last event."""
        if self._last is not None:
            self._viewport.pan_by(event.view - self._last)
            self._last = event.view

    def release(self, event: ToolEvent) -> None:
        """Stop panning."""
        self._last = None

    def paint(self, painter: QPainter) -> None:
        """Paints nothing."""
