"""The view of a photo and its result: zooms, compares, and sends mouse events to a tool."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from ip2p_desktop.window.canvas.compare.comparison_view import GAP, ComparisonView
from ip2p_desktop.window.canvas.tools.pan import PanTool
from ip2p_desktop.window.canvas.tools.tool import Overlay, Tool, ToolEvent
from ip2p_desktop.window.canvas.viewport import STEP

WHEEL_NOTCH = 120.0
PAN_STEP = 48.0
ZOOM_KEYS = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
HOLD_KEY = Qt.Key.Key_O
"""While it is held, the photo is shown in place of the result."""


class PhotoView(ComparisonView):
    """A comparison that is moved and zoomed with the mouse and with keys.

    The left button drags with the current tool, the middle button always pans.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("photo_view")
        self.setAccessibleName(self.tr("Photo"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.pan_tool = PanTool(self._viewport)
        self._tool: Tool = self.pan_tool
        self._gesture: tuple[Tool, Qt.MouseButton] | None = None
        """The tool of the running gesture, and the button that ends it."""
        self._gesture_shift = QPointF()
        """Where the view in which the gesture began lies, in points."""
        self.setMouseTracking(True)

    @property
    def tool(self) -> Tool:
        """The tool of the left button; the pan tool by default."""
        return self._tool

    @tool.setter
    def tool(self, tool: Tool) -> None:
        self._tool = tool
        self._lay_out()

    def add_overlay(self, overlay: Overlay) -> None:
        """Paint an overlay above the photo; `update` paints it again."""
        self._overlays.append(overlay)
        self.update()

    def remove_overlay(self, overlay: Overlay) -> None:
        """Remove an overlay."""
        self._overlays.remove(overlay)
        self.update()

    def zoom_in(self) -> None:
        """Zoom in to the next step: 25, 50, 100, 200, 400 % and so on."""
        self._viewport.zoom_to_step(1)
        self._lay_out()

    def zoom_out(self) -> None:
        """Zoom out to the next step."""
        self._viewport.zoom_to_step(-1)
        self._lay_out()

    def zoom_to_fit(self) -> None:
        """Fit the photo to the view."""
        self._viewport.fit()
        self._lay_out()

    def zoom_to_pixels(self) -> None:
        """Show one photo pixel for each screen pixel."""
        self._viewport.zoom_to(1.0)
        self._lay_out()

    def _zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        self._viewport.zoom_by(factor, around)
        self._lay_out()

    def _lay_out(self) -> None:
        super()._lay_out()
        self._show_cursor()

    @property
    def _painted_overlays(self) -> Sequence[Overlay]:
        return (*self._overlays, self._tool)

    def _shift_at(self, place: QPointF) -> QPointF:
        """Where the view below a place begins: in the corner, or where the second one does."""
        if not self._has_two_views:
            return QPointF()
        second = self._second_view
        is_in_second = place.x() >= second.x() - GAP / 2 and place.y() >= second.y() - GAP / 2
        return second if is_in_second else QPointF()

    def _in_view(self, place: QPointF) -> QPointF:
        return place - self._shift_at(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        on_touchpad = event.phase() != Qt.ScrollPhase.NoScrollPhase
        zooming = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if on_touchpad and not zooming:
            self._viewport.pan_by(QPointF(event.pixelDelta()))
            self._lay_out()
        else:
            self._zoom_by(STEP ** (event.angleDelta().y() / WHEEL_NOTCH), self._in_view(event.position()))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom_by(1 + event.value(), self._in_view(event.position()))
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                centre = QPointF(self.mapFromGlobal(pinch.centerPoint()))
                self._zoom_by(pinch.scaleFactor(), self._in_view(centre))
                return True
        elif event.type() == QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        tools = {Qt.MouseButton.LeftButton: self._tool, Qt.MouseButton.MiddleButton: self.pan_tool}
        tool = tools.get(event.button())
        if tool is None or self._gesture is not None or self.before is None:
            return
        self._gesture_shift = self._shift_at(event.position())
        self._gesture = (tool, event.button())
        tool.press(self._tool_event(event))
        self._show_tool_result(tool)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tool = self._gesture[0] if self._gesture else self._tool
        if self.before is not None and (self._gesture or not event.buttons()):
            tool.move(self._tool_event(event))
            self._show_tool_result(tool)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._gesture is None or self._gesture[1] != event.button():
            return
        tool, self._gesture = self._gesture[0], None
        tool.release(self._tool_event(event))
        self._show_tool_result(tool)

    def _tool_event(self, event: QMouseEvent) -> ToolEvent:
        shift = self._gesture_shift if self._gesture else self._shift_at(event.position())
        place = event.position() - shift
        to_photo, _ = self.photo_transform.inverted()
        return ToolEvent(
            photo=to_photo.map(place),
            view=place,
            buttons=event.buttons(),
            modifiers=event.modifiers(),
        )

    def _show_tool_result(self, tool: Tool) -> None:
        """Repaint after an event of a tool. Hovering with the pan tool changes only the cursor."""
        if self._gesture is None and tool is self.pan_tool:
            self._show_cursor()
        else:
            self._lay_out()

    def _show_cursor(self) -> None:
        self.setCursor(self._gesture[0].cursor if self._gesture else self._tool.cursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._tool is not self.pan_tool:
            self.mousePressEvent(event)  # for other tools it is a second press
        elif self._viewport.is_fitted:
            self._viewport.zoom_to(1.0, self._in_view(event.position()))
            self._lay_out()
        else:
            self.zoom_to_fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        distances = {
            Qt.Key.Key_Left: QPointF(PAN_STEP, 0),
            Qt.Key.Key_Right: QPointF(-PAN_STEP, 0),
            Qt.Key.Key_Up: QPointF(0, PAN_STEP),
            Qt.Key.Key_Down: QPointF(0, -PAN_STEP),
        }
        key = Qt.Key(event.key())
        if key in distances:
            self._viewport.pan_by(distances[key])
            self._lay_out()
        elif key in ZOOM_KEYS:
            self._viewport.zoom_to_step(ZOOM_KEYS[key])
            self._lay_out()
        elif key == HOLD_KEY:
            self.hold_before(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != HOLD_KEY:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self.hold_before(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.hold_before(False)  # the key is released in another widget
        super().focusOutEvent(event)
