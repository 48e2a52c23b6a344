"""The brush and the eraser: paint a mask with the mouse or a pen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ip2p_desktop.session.masks.mask_draft import MaskDraft
from ip2p_desktop.session.masks.stroke import Stroke
from ip2p_desktop.window.canvas.tools.tool import ToolEvent

OUTLINES = ((3.0, QColor(0, 0, 0, 110)), (1.0, QColor("white")))
"""Widths in points and colours, so that a line is seen on every photo."""


class BrushTool:
    """Paints a stroke from press to release; with Shift, a straight line from the end of the last one."""

    def __init__(self, draft: MaskDraft, *, is_erasing: bool = False) -> None:
        self._draft = draft
        self._is_erasing = is_erasing
        self._stroke: Stroke | None = None
        self._pointer: QPointF | None = None
        """Position of the mouse in photo pixels; None while it is elsewhere."""
        self._end: QPointF | None = None
        """The end of the last stroke on this photo."""
        self._changed_area = QRectF()

    @property
    def cursor(self) -> Qt.CursorShape:
        """A cross in the circle of the brush."""
        return Qt.CursorShape.WaitCursor if self._draft.is_busy else Qt.CursorShape.CrossCursor

    @property
    def changed_area(self) -> QRectF:
        """The circle before and after the event, and what lies between."""
        return self._changed_area

    @property
    def is_drawing(self) -> bool:
        """Whether there is an unfinished stroke."""
        return self._stroke is not None

    def press(self, event: ToolEvent) -> None:
        """Start a stroke."""
        mask = self._draft.mask
        before = self._pointer
        self._pointer = event.photo
        self._note_change(before, event.photo)
        if mask is None:
            return
        self._stroke = Stroke(mask, self._draft.brush, is_erasing=self._is_erasing)
        if event.modifiers & Qt.KeyboardModifier.ShiftModifier and self._end is not None:
            self._stroke.to(self._end.x(), self._end.y(), event.pressure)
            self._note_change(before, event.photo, self._end)
        self._go_to(event)

    def move(self, event: ToolEvent) -> None:
        """Go on with the stroke; without one, only the circle moves."""
        before = self._pointer
        self._pointer = event.photo
        self._note_change(before, event.photo)
        if self._stroke is not None:
            self._go_to(event)

    def release(self, event: ToolEvent) -> None:
        """Finish the stroke."""
        self.move(event)
        stroke, self._stroke = self._stroke, None
        if stroke is not None:
            self._end = event.photo
            self._draft.finish(stroke.finished())

    def cancel(self) -> None:
        """Take back the unfinished stroke."""
        self._stroke = None
        self._draft.discard()

    def leave(self) -> None:
        """The mouse has left the photo."""
        self._pointer = None

    def forget(self) -> None:
        """Another photo is shown."""
        self._end = None
        self.cancel()

    def paint(self, painter: QPainter) -> None:
        """The circle of the brush at the pointer."""
        if self._pointer is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = self._draft.brush.size / 2
        for width, colour in OUTLINES:
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawEllipse(self._pointer, radius, radius)

    def _go_to(self, event: ToolEvent) -> None:
        assert self._stroke is not None
        self._stroke.to(event.photo.x(), event.photo.y(), event.pressure)
        self._draft.show(self._stroke.mask)

    def _note_change(self, *places: QPointF | None) -> None:
        size = self._draft.brush.size
        area = QRectF()
        for place in places:
            if place is not None:
                area = area.united(QRectF(place.x() - size / 2, place.y() - size / 2, size, size))
        self._changed_area = area
