"""Paints a photo, or two of them on either side of the divider; zooms, and hands the mouse to a tool."""

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
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.widgets.photo_labels import draw_label
from ip2p_desktop.window.canvas.divider import SPAN, Divider
from ip2p_desktop.window.canvas.tools.pan import PanTool
from ip2p_desktop.window.canvas.tools.tool import Overlay, Tool, ToolEvent
from ip2p_desktop.window.canvas.viewport import STEP, Viewport

WHEEL_NOTCH = 120.0
PAN_STEP = 48.0
PIXELS_SHOWN_FROM = 4.0
"""From this zoom on, single pixels are shown as squares."""
MAX_ROUNDING = 1.5
"""A smaller copy may miss the shape of its photo by this many pixels without counting as cropped."""


class PhotoView(QWidget):
    """Shows `before`; with `after` as well, both, split by the divider.

    The left button drags with the chosen tool, the middle button always moves the photo.
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
        self._dragging: tuple[Tool, Qt.MouseButton] | None = None
        """Who was given the press, and which button ends the gesture."""
        self._overlays: list[Overlay] = []
        self.setMouseTracking(True)
        self.divider = Divider(self)
        self.divider.hide()
        self.divider.valueChanged.connect(self._lay_out)

    @property
    def before(self) -> DisplayImage | None:
        return self._before

    @property
    def after(self) -> DisplayImage | None:
        return self._after

    @property
    def after_label(self) -> str:
        return self._after_label

    @property
    def after_detail(self) -> str:
        return self._after_detail

    @property
    def zoom(self) -> float:
        return self._viewport.zoom

    @property
    def photo_transform(self) -> QTransform:
        """From pixels of the photo that was opened to points of the view."""
        if self._before is None:
            return self._viewport.transform
        part = _cropped(self._before, self._after)
        return QTransform.fromTranslate(-part.left(), -part.top()) * self._viewport.transform

    @property
    def tool(self) -> Tool:
        """What the left button drags with; at first the pan tool."""
        return self._tool

    @tool.setter
    def tool(self, tool: Tool) -> None:
        self._tool = tool
        self._lay_out()

    def add_overlay(self, overlay: Overlay) -> None:
        """Paint it above the photo from now on; `update` paints it anew."""
        self._overlays.append(overlay)
        self.update()

    def remove_overlay(self, overlay: Overlay) -> None:
        self._overlays.remove(overlay)
        self.update()

    def show_photo(self, photo: DisplayImage | None) -> None:
        self.show_comparison(photo, None, "")

    def show_comparison(
        self,
        before: DisplayImage | None,
        after: DisplayImage | None,
        after_label: str,
        after_detail: str = "",
    ) -> None:
        """Show two states of one photo. The later one lies over the earlier, cropped to its shape.

        The detail stands behind the label where there is room.
        """
        if self._after is None:
            self.divider.setValue(SPAN // 2)
        self._before, self._after = before, after
        self._after_label, self._after_detail = after_label, after_detail
        if before is not None:
            self._viewport.set_photo(QSizeF(_cropped(before, after).size()))
        self.divider.setVisible(before is not None and after is not None)
        self._lay_out()

    def zoom_in(self) -> None:
        self._zoom_by(STEP)

    def zoom_out(self) -> None:
        self._zoom_by(1 / STEP)

    def zoom_to_fit(self) -> None:
        self._viewport.fit()
        self._lay_out()

    def zoom_to_pixels(self) -> None:
        """One pixel of the photo on one pixel of the screen."""
        self._viewport.zoom_to(1.0)
        self._lay_out()

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 160)

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
        if tool is None or self._dragging is not None or self._before is None:
            return
        self._dragging = (tool, event.button())
        tool.press(self._tool_event(event))
        self._after_tool(tool)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tool = self._dragging[0] if self._dragging else self._tool
        if self._before is not None and (self._dragging or not event.buttons()):
            tool.move(self._tool_event(event))
            self._after_tool(tool)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging is None or self._dragging[1] != event.button():
            return
        tool, self._dragging = self._dragging[0], None
        tool.release(self._tool_event(event))
        self._after_tool(tool)

    def _tool_event(self, event: QMouseEvent) -> ToolEvent:
        to_photo, _ = self.photo_transform.inverted()
        return ToolEvent(
            photo=to_photo.map(event.position()),
            view=event.position(),
            buttons=event.buttons(),
            modifiers=event.modifiers(),
        )

    def _after_tool(self, tool: Tool) -> None:
        """Show what the tool has done: hovering moves no photo, and the pan tool paints nothing."""
        if self._dragging is None and tool is self.pan_tool:
            self._show_cursor()
        else:
            self._lay_out()

    def _show_cursor(self) -> None:
        self.setCursor(self._dragging[0].cursor if self._dragging else self._tool.cursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._tool is not self.pan_tool:
            self.mousePressEvent(event)  # for other tools it is the second of two quick presses
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
        """What is in sight of the photo on either side of the divider."""
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
    """The middle of the earlier state in the shape of the later one; edits may crop, never shift."""
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
