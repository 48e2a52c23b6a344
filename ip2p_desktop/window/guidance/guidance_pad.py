"""The plane of text and image guidance, with the results that were tried."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QWidget

from engine.library.useful_ranges import CompleteRanges, ValueRange
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.widgets.photo_labels import draw_small_label
from ip2p_desktop.widgets.surfaces import blended, tone
from ip2p_desktop.window.guidance.pad_extent import PadExtent, Scales
from ip2p_desktop.window.guidance.tried_points import TriedPoint

CORNER, THUMBNAIL_CORNER = 8.0, 4.0
AXIS = 4
"""Space in points between the plane and the text of an axis."""
FAST_STEPS = 5
"""Steps of an arrow key with Shift."""
DRAG_DISTANCE = 4
"""Distance in points from which on a press on a thumbnail is a drag."""
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class GuidancePad(QWidget):
    """Text guidance from left to right, image guidance from bottom to top.

    The useful range of the model is shaded, the recommended point has a ring. A click or drag sets both
    scales; a click on a thumbnail chooses its result. Arrow keys move by a step, Enter asks for an edit.
    """

    value_changed = Signal(object)
    """`Scales` that the user has set."""
    gesture_started = Signal()
    gesture_ended = Signal()
    """The mouse button was pressed and released; in between, changes belong together."""
    released = Signal()
    """A click or drag that set the scales has ended."""
    try_requested = Signal()
    point_chosen = Signal(object)
    """The `EditedPhoto` of a thumbnail."""

    def __init__(self, name: str, side: int, thumbnail: int, parent: QWidget | None = None) -> None:
        """`side` is the smallest height of the plane, `thumbnail` the side of a thumbnail, in points."""
        super().__init__(parent)
        self.setObjectName(name)
        self._side, self._thumbnail = side, float(thumbnail)
        self._ranges = CompleteRanges(ValueRange(6, 9), ValueRange(1.2, 1.8))
        self._recommended: Scales = (7.5, 1.5)
        self._value: Scales = (7.5, 1.5)
        self._points: Sequence[TriedPoint] = ()
        self._shown_result: EditedPhoto | None = None
        self._extent = PadExtent.around(self._ranges)
        self._pressed_at: QPointF | None = None
        self._pressed_point: TriedPoint | None = None
        self._hovered_at: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Guidance pad"))
        self._describe()

    @property
    def value(self) -> Scales:
        """The current scales."""
        return self._value

    @property
    def points(self) -> Sequence[TriedPoint]:
        """The tried results."""
        return self._points

    @property
    def extent(self) -> PadExtent:
        """The values at the edges. They stay while the user drags."""
        return self._extent

    def show_model(self, ranges: CompleteRanges, recommended: Scales) -> None:
        """Show the useful range and the recommended point of a model."""
        self._ranges, self._recommended = ranges, recommended
        self._update()

    def show_value(self, value: Scales) -> None:
        """Show the current scales."""
        self._value = value
        self._describe()
        self._update()

    def show_points(self, points: Sequence[TriedPoint], shown: EditedPhoto | None) -> None:
        """Show the tried results; `shown` is the one on screen."""
        self._points, self._shown_result = points, shown
        self._update()

    def plane(self) -> QRectF:
        """Where the plane is; the axes are at its left and below it."""
        line = self.fontMetrics().height()
        return QRectF(self.rect()).adjusted(line + AXIS, 2, -2, -(line + AXIS))

    def position_of(self, scales: Scales) -> QPointF:
        """The position of a point in the widget."""
        plane, (x, y) = self.plane(), self._extent.place(scales)
        return QPointF(plane.left() + x * plane.width(), plane.bottom() - y * plane.height())

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._side, 160), min(self._side, 160))

    def _update(self) -> None:
        if self._pressed_at is None:
            points = [self._value, self._recommended, *(point.scales for point in self._points)]
            self._extent = PadExtent.around(self._ranges, points)
        self.update()

    def _describe(self) -> None:
        text = self.tr("Text guidance {text}, image guidance {image}. Arrow keys move, Enter edits.")
        self.setAccessibleDescription(text.format(text=f"{self._value[0]:g}", image=f"{self._value[1]:g}"))

    def _set(self, value: Scales) -> None:
        if value != self._value:
            self.show_value(value)
            self.value_changed.emit(value)

    def _set_at(self, position: QPointF) -> None:
        self._set(self._scales_at(position))

    def _scales_at(self, position: QPointF) -> Scales:
        plane = self.plane()
        x = (position.x() - plane.left()) / plane.width()
        return self._extent.scales(x, (plane.bottom() - position.y()) / plane.height())

    def _point_at(self, position: QPointF | None) -> TriedPoint | None:
        """The topmost thumbnail at a position."""
        if position is None:
            return None
        hit = (point for point in reversed(self._points) if self._area(point).contains(position))
        return next(hit, None)

    def _area(self, point: TriedPoint) -> QRectF:
        """Where a thumbnail is: around its point, within the plane."""
        area = QRectF(0, 0, self._thumbnail, self._thumbnail)
        area.moveCenter(self.position_of(point.scales))
        plane = self.plane()
        area.moveLeft(min(max(area.left(), plane.left()), plane.right() - area.width()))
        area.moveTop(min(max(area.top(), plane.top()), plane.bottom() - area.height()))
        return area

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self.gesture_started.emit()
        self._pressed_at = event.position()
        self._pressed_point = self._point_at(event.position())
        if self._pressed_point is None:
            self._set_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered_at = event.position()
        if self._pressed_at is not None:
            moved = (event.position() - self._pressed_at).manhattanLength() > DRAG_DISTANCE
            if moved:
                self._pressed_point = None
            if self._pressed_point is None:
                self._set_at(event.position())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed_at is None:
            return
        point, self._pressed_point, self._pressed_at = self._pressed_point, None, None
        self._update()
        self.gesture_ended.emit()
        if point is not None:
            self.point_chosen.emit(point.result)
        else:
            self.released.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """A click or drag ends when the pad is closed, and starts no edit."""
        super().hideEvent(event)
        if self._pressed_at is not None:
            self._pressed_point = self._pressed_at = None
            self._update()
            self.gesture_ended.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered_at = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            steps = FAST_STEPS if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            columns, rows = ARROWS[key]
            self._set(self._extent.moved(self._value, columns * steps, rows * steps))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.try_requested.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        self.update()

    def focusOutEvent(self, event: object) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_axes(painter)
        shape = QPainterPath()
        shape.addRoundedRect(self.plane(), CORNER, CORNER)
        painter.save()
        painter.setClipPath(shape)
        self._paint_plane(painter)
        for point in self._points:
            self._paint_point(painter, point)
        self._paint_value(painter)
        painter.restore()
        border = tone(QPalette.ColorRole.Light if self.hasFocus() else QPalette.ColorRole.Mid)
        painter.setPen(QPen(border, 2 if self.hasFocus() else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(shape)
        self._paint_hovered(painter)

    def _paint_plane(self, painter: QPainter) -> None:
        accent = tone(QPalette.ColorRole.Highlight)
        ground = tone(QPalette.ColorRole.Base)
        painter.fillRect(self.plane(), ground)
        useful = QRectF(
            self.position_of((self._ranges.text.minimum, self._ranges.image.maximum)),
            self.position_of((self._ranges.text.maximum, self._ranges.image.minimum)),
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(blended(ground, accent, 0.16))
        painter.drawRoundedRect(useful, THUMBNAIL_CORNER, THUMBNAIL_CORNER)

    def _paint_point(self, painter: QPainter, point: TriedPoint) -> None:
        area = self._area(point)
        shape = QPainterPath()
        shape.addRoundedRect(area, THUMBNAIL_CORNER, THUMBNAIL_CORNER)
        painter.save()
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        painter.drawImage(area, point.thumbnail)
        painter.restore()
        is_shown = point.result is self._shown_result
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colour = tone(QPalette.ColorRole.Highlight if is_shown else QPalette.ColorRole.Base)
        painter.setPen(QPen(colour, 2.5 if is_shown else 1))
        painter.drawPath(shape)

    def _paint_value(self, painter: QPainter) -> None:
        plane, accent = self.plane(), tone(QPalette.ColorRole.Highlight)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = self.position_of(self._recommended)
        painter.setPen(QPen(tone(QPalette.ColorRole.Base), 4))
        painter.drawEllipse(ring, 8, 8)
        painter.setPen(QPen(tone(QPalette.ColorRole.Link), 2))
        painter.drawEllipse(ring, 8, 8)
        place = self.position_of(self._value)
        line = QPen(accent, 1)
        line.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(line)
        painter.drawLine(QPointF(place.x(), plane.top()), QPointF(place.x(), plane.bottom()))
        painter.drawLine(QPointF(plane.left(), place.y()), QPointF(plane.right(), place.y()))
        painter.setPen(QPen(tone(QPalette.ColorRole.HighlightedText), 1.5))
        painter.setBrush(accent)
        painter.drawEllipse(place, 5, 5)

    def _paint_axes(self, painter: QPainter) -> None:
        plane, line = self.plane(), self.fontMetrics().height()
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() - 1))
        painter.setFont(font)
        painter.setPen(tone(QPalette.ColorRole.PlaceholderText))
        below = QRectF(plane.left(), plane.bottom() + AXIS / 2, plane.width(), line)
        self._paint_axis(painter, below, self._extent.text, self.tr("Text guidance"))
        painter.save()
        painter.rotate(-90)
        beside = QRectF(-plane.bottom(), 0, plane.height(), line)
        self._paint_axis(painter, beside, self._extent.image, self.tr("Image guidance"))
        painter.restore()

    def _paint_axis(self, painter: QPainter, area: QRectF, span: ValueRange, name: str) -> None:
        ends, metrics = (f"{span.minimum:.3g}", f"{span.maximum:.3g}"), painter.fontMetrics()
        room = area.width() - 2 * (max(map(metrics.horizontalAdvance, ends)) + AXIS)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft, ends[0])
        name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(area, Qt.AlignmentFlag.AlignHCenter, name)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight, ends[1])

    def _paint_hovered(self, painter: QPainter) -> None:
        """The values under the pointer, or those of the thumbnail there."""
        at = self._hovered_at
        if at is None or not self.plane().contains(at):
            return
        point = self._point_at(at) if self._pressed_at is None else None
        text, image = point.scales if point is not None else self._scales_at(at)
        draw_small_label(painter, f"{text:g} · {image:g}", self.plane())
