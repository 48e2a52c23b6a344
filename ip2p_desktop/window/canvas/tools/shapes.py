"""The rectangle and the lasso: add a shape to a mask, or with Alt take it away."""

from __future__ import annotations

from abc import ABC, abstractmethod

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from ip2p_desktop.session.masks.mask_draft import MaskDraft
from ip2p_desktop.session.masks.mask_operations import with_polygon
from ip2p_desktop.window.canvas.tools.brush import OUTLINES
from ip2p_desktop.window.canvas.tools.tool import ToolEvent


class _ShapeTool(ABC):
    """Follows the mouse from press to release."""

    def __init__(self, draft: MaskDraft) -> None:
        self._draft = draft
        self._points: list[QPointF] = []
        """Where the mouse was, in photo pixels; empty while no shape is drawn."""
        self._is_square = False
        self._changed_area = QRectF()

    @property
    def cursor(self) -> Qt.CursorShape:
        """A cross."""
        return Qt.CursorShape.WaitCursor if self._draft.is_busy else Qt.CursorShape.CrossCursor

    @property
    def changed_area(self) -> QRectF:
        """The shape before and after the event."""
        return self._changed_area

    @property
    def is_drawing(self) -> bool:
        """Whether there is an unfinished shape."""
        return bool(self._points)

    def press(self, event: ToolEvent) -> None:
        """Start a shape."""
        self._changed_area = QRectF()
        if self._draft.mask is not None:
            self._points = [event.photo]

    def move(self, event: ToolEvent) -> None:
        """Go on with the shape."""
        self._changed_area = self._outline().boundingRect()
        if self._points:
            self._is_square = bool(event.modifiers & Qt.KeyboardModifier.ShiftModifier)
            self._points.append(event.photo)
            self._changed_area |= self._outline().boundingRect()

    def release(self, event: ToolEvent) -> None:
        """Put the shape on the mask; a click without a movement changes nothing."""
        self.move(event)
        outline, mask = self._outline(), self._draft.mask
        self._points = []
        if mask is not None and not outline.boundingRect().isEmpty():
            self._finish(outline, is_removed=bool(event.modifiers & Qt.KeyboardModifier.AltModifier))

    def cancel(self) -> None:
        """Draw no shape."""
        self._points = []

    def leave(self) -> None:  # noqa: B027 (a whole answer, not one to be completed)
        """The mouse has left the photo; a shape that is being drawn stays."""

    def forget(self) -> None:
        """Another photo is shown."""
        self.cancel()

    def paint(self, painter: QPainter) -> None:
        """The outline of the unfinished shape."""
        if not self._points:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for width, colour in OUTLINES:
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPolygon(self._outline())

    @abstractmethod
    def _outline(self) -> QPolygonF:
        """The shape, in photo pixels."""

    @abstractmethod
    def _finish(self, outline: QPolygonF, *, is_removed: bool) -> None:
        """Put the finished shape into the mask, or take it away."""


class RectangleTool(_ShapeTool):
    """Marks a rectangle of whole pixels; with Shift a square."""

    def _outline(self) -> QPolygonF:
        if not self._points:
            return QPolygonF()
        start, end = self._points[0], self._points[-1]
        width, height = end.x() - start.x(), end.y() - start.y()
        if self._is_square:
            side = max(abs(width), abs(height))
            width, height = side if width >= 0 else -side, side if height >= 0 else -side
        return QPolygonF(QRectF(start.x(), start.y(), width, height).normalized())

    def _finish(self, outline: QPolygonF, *, is_removed: bool) -> None:
        rect, mask = outline.boundingRect(), self._draft.mask
        assert mask is not None
        left, top = max(round(rect.left()), 0), max(round(rect.top()), 0)
        box = (left, top, max(round(rect.right()), left), max(round(rect.bottom()), top))
        self._draft.finish(mask.with_rectangle(box, is_removed=is_removed))


class LassoTool(_ShapeTool):
    """Marks what a line goes around; the line is closed at the end."""

    def _outline(self) -> QPolygonF:
        return QPolygonF(self._points)

    def _finish(self, outline: QPolygonF, *, is_removed: bool) -> None:
        corners = [(point.x(), point.y()) for point in outline.toList()]
        self._draft.compute(lambda mask: with_polygon(mask, corners, is_removed=is_removed))
