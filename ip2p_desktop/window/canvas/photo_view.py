"""Paints a photo and its result on the two sides of a divider; zooms, and sends mouse events to a tool."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTabletEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from ip2p_desktop.session.store.session_record import ViewRecord
from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.widgets.photo_labels import draw_label
from ip2p_desktop.window.canvas.divider import SPAN, Divider
from ip2p_desktop.window.canvas.tools.pan import PanTool
from ip2p_desktop.window.canvas.tools.tool import Overlay, Tool, ToolEvent
from ip2p_desktop.window.canvas.viewport import STEP, Viewport

WHEEL_NOTCH = 120.0
PAN_STEP = 48.0
PIXELS_SHOWN_FROM = 4.0
"""From this zoom on, pixels are painted as squares."""
LINES = 4.0
"""Width in points of what tools draw around their marks."""
MAX_ROUNDING = 1.5
"""Deviation in pixels from the shape of the photo up to which a result does not count as cropped."""


class PhotoView(QWidget):
    """Shows the image `before`, or both `before` and `after`, split by the divider.

    The left button drags with the current tool, the middle button always pans.
    """

    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("photo_view")
        self.setAccessibleName(self.tr("Photo"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self._viewport = Viewport()
        self._before: DisplayImage | None = None
        self._after: DisplayImage | None = None
        self._after_label = ""
        self._after_detail = ""
        self.pan_tool = PanTool(self._viewport)
        self._tool: Tool = self.pan_tool
        self._gesture: tuple[Tool, Qt.MouseButton] | None = None
        """The tool of the running gesture, and the button that ends it."""
        self._overlays: list[Overlay] = []
        self._pressure = 1.0
        self.setMouseTracking(True)
        self.divider = Divider(self)
        self.divider.hide()
        self.divider.valueChanged.connect(self._lay_out)

    @property
    def before(self) -> DisplayImage | None:
        """The photo; None if there is none."""
        return self._before

    @property
    def after(self) -> DisplayImage | None:
        """The result; None if there is none."""
        return self._after

    @property
    def after_label(self) -> str:
        """The label of the result."""
        return self._after_label

    @property
    def after_detail(self) -> str:
        """The text after the label of the result."""
        return self._after_detail

    @property
    def zoom(self) -> float:
        """Screen pixels for each photo pixel."""
        return self._viewport.zoom

    @property
    def photo_transform(self) -> QTransform:
        """The transform from pixels of the opened photo to points of the view."""
        if self._before is None:
            return self._viewport.transform
        part = _cropped(self._before, self._after)
        return QTransform.fromTranslate(-part.left(), -part.top()) * self._viewport.transform

    @property
    def position(self) -> ViewRecord:
        """Zoom, centre and divider."""
        centre = self._viewport.centre
        return ViewRecord(
            is_fitted=self._viewport.is_fitted,
            zoom=self.zoom,
            centre_x=centre.x(),
            centre_y=centre.y(),
            divider=self.divider.value(),
        )

    @position.setter
    def position(self, position: ViewRecord) -> None:
        if position.is_fitted:
            self._viewport.fit()
        else:
            self._viewport.place(position.zoom, QPointF(position.centre_x, position.centre_y))
        self.divider.setValue(position.divider)
        self._lay_out()

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

    def show_photo(self, photo: DisplayImage | None) -> None:
        """Show a photo alone."""
        self.show_comparison(photo, None, "")

    def show_comparison(
        self,
        before: DisplayImage | None,
        after: DisplayImage | None,
        after_label: str,
        after_detail: str = "",
    ) -> None:
        """Show a photo and its result. The photo is cropped to the shape of the result.

        `after_detail` is appended to the label where there is space.
        """
        if self._after is None:
            self.divider.setValue(SPAN // 2)
        self._before, self._after = before, after
        self._after_label, self._after_detail = after_label, after_detail
        if before is not None:
            self._viewport.set_photo(QSizeF(_cropped(before, after).size()))
        self.divider.setVisible(before is not None and after is not None)
        self._lay_out()

    def update_photo(self, area: QRectF) -> None:
        """Paint a part of the photo again, in photo pixels, with the lines around it."""
        part = self.photo_transform.mapRect(area).adjusted(-LINES, -LINES, LINES, LINES)
        self.update(part.toAlignedRect())

    def zoom_in(self) -> None:
        """Zoom in by one step."""
        self._zoom_by(STEP)

    def zoom_out(self) -> None:
        """Zoom out by one step."""
        self._zoom_by(1 / STEP)

    def zoom_to_fit(self) -> None:
        """Fit the photo to the view."""
        self._viewport.fit()
        self._lay_out()

    def zoom_to_pixels(self) -> None:
        """Show one photo pixel for each screen pixel."""
        self._viewport.zoom_to(1.0)
        self._lay_out()

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 80)

    def _zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        self._viewport.zoom_by(factor, around)
        self._lay_out()

    def _lay_out(self) -> None:
        self._viewport.set_view(QSizeF(self.size()), self.devicePixelRatioF())
        self.divider.place(self._viewport.visible_rect)
        self._show_cursor()
        self.zoom_changed.emit(self.zoom)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        on_touchpad = event.phase() != Qt.ScrollPhase.NoScrollPhase
        zooming = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if on_touchpad and not zooming:
            self._viewport.pan_by(QPointF(event.pixelDelta()))
            self._lay_out()
        else:
            self._zoom_by(STEP ** (event.angleDelta().y() / WHEEL_NOTCH), event.position())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom_by(1 + event.value(), event.position())
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._zoom_by(pinch.scaleFactor(), QPointF(self.mapFromGlobal(pinch.centerPoint())))
                return True
        elif event.type() == QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        tools = {Qt.MouseButton.LeftButton: self._tool, Qt.MouseButton.MiddleButton: self.pan_tool}
        tool = tools.get(event.button())
        if tool is None or self._gesture is not None or self._before is None:
            return
        self._gesture = (tool, event.button())
        tool.press(self._tool_event(event))
        self._show_tool_result(tool)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tool = self._gesture[0] if self._gesture else self._tool
        if self._before is not None and (self._gesture or not event.buttons()):
            tool.move(self._tool_event(event))
            self._show_tool_result(tool)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._gesture is None or self._gesture[1] != event.button():
            return
        tool, self._gesture = self._gesture[0], None
        tool.release(self._tool_event(event))
        self._show_tool_result(tool)

    def _tool_event(self, event: QMouseEvent) -> ToolEvent:
        to_photo, _ = self.photo_transform.inverted()
        return ToolEvent(
            photo=to_photo.map(event.position()),
            view=event.position(),
            buttons=event.buttons(),
            modifiers=event.modifiers(),
            pressure=self._pressure,
        )

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Note the pressure; the system sends the event again, as one of the mouse."""
        is_up = event.type() == QEvent.Type.TabletRelease
        self._pressure = 1.0 if is_up else event.pressure()
        event.ignore()

    def _show_tool_result(self, tool: Tool) -> None:
        """Repaint after an event of a tool. Hovering with the pan tool changes only the cursor."""
        area = tool.changed_area
        if self._gesture is None and tool is self.pan_tool:
            self._show_cursor()
        elif area is not None:
            self._show_cursor()
            self.update_photo(area)
        else:
            self._lay_out()

    def _show_cursor(self) -> None:
        self.setCursor(self._gesture[0].cursor if self._gesture else self._tool.cursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._tool is not self.pan_tool:
            self.mousePressEvent(event)  # for other tools it is a second press
        elif self._viewport.is_fitted:
            self._viewport.zoom_to(1.0, event.position())
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
        distance = distances.get(Qt.Key(event.key()))
        if distance is None:
            super().keyPressEvent(event)
            return
        self._viewport.pan_by(distance)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().shadow())
        if self._before is None:
            return
        photo = self._viewport.photo_rect
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom < PIXELS_SHOWN_FROM)
        self._draw(painter, self._before, photo, _cropped(self._before, self._after))
        if self._after is not None:
            self._draw_after(painter, self._after, photo)
        for overlay in self._overlays:
            self._draw_overlay(painter, overlay)
        self._draw_overlay(painter, self._tool)
        if self._after is not None:
            self._draw_labels(painter)
        self._draw_focus(painter, photo)

    def _halves(self) -> tuple[QRectF, QRectF]:
        """The visible parts of the photo on the left and right of the divider."""
        visible = self._viewport.visible_rect
        line = visible.left() + self.divider.value() / SPAN * visible.width()
        left, right = QRectF(visible), QRectF(visible)
        left.setRight(line)
        right.setLeft(line)
        return left, right

    def _draw_after(self, painter: QPainter, after: DisplayImage, photo: QRectF) -> None:
        painter.setClipRect(self._halves()[1])
        self._draw(painter, after, photo, QRectF(after.levels[0].rect()))
        painter.setClipping(False)

    def _draw_overlay(self, painter: QPainter, overlay: Overlay) -> None:
        painter.save()
        painter.setClipRect(self._viewport.visible_rect)
        painter.setTransform(self.photo_transform, combine=True)
        overlay.paint(painter)
        painter.restore()

    def _draw_labels(self, painter: QPainter) -> None:
        left, right = self._halves()
        painter.setClipRect(right)
        draw_label(painter, self.after_label, right, Qt.AlignmentFlag.AlignRight, self.after_detail)
        painter.setClipRect(left)
        draw_label(painter, self.tr("Before"), left, Qt.AlignmentFlag.AlignLeft)
        painter.setClipping(False)

    def _draw(self, painter: QPainter, image: DisplayImage, target: QRectF, part: QRectF) -> None:
        level: QImage = image.level_for(target.width() * self.devicePixelRatioF())
        shrink = level.width() / image.size.width()
        source = QRectF(part.topLeft() * shrink, part.size() * shrink)
        painter.drawImage(target, level, source)

    def _draw_focus(self, painter: QPainter, photo: QRectF) -> None:
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 2))
        else:
            painter.setPen(QPen(QColor(0, 0, 0, 40), 1))
        painter.drawRect(photo.adjusted(-1, -1, 1, 1))


def _cropped(before: DisplayImage, after: DisplayImage | None) -> QRectF:
    """The middle part of the photo with the shape of the result: edits crop at the edges, never shift."""
    whole = QRectF(before.levels[0].rect())
    if after is None:
        return whole
    rounding = abs(after.size.height() * whole.width() / whole.height() - after.size.width())
    if rounding <= MAX_ROUNDING:
        return whole
    shape = QSizeF(after.size).scaled(whole.size(), Qt.AspectRatioMode.KeepAspectRatio)
    part = QRectF(QPointF(0, 0), shape)
    part.moveCenter(whole.center())
    return part
