"""The view that paints a photo or a comparison; `PhotoView` adds the mouse, the keys and the tools."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSize, QSizeF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from ip2p_desktop.session.compare_mode import CompareMode
from ip2p_desktop.session.store.session_record import ViewRecord
from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.widgets.photo_labels import HEIGHT, INSET, draw_label
from ip2p_desktop.window.canvas.compare.comparison import (
    ComparedImage,
    DifferenceImage,
    ImageComparison,
    Pane,
)
from ip2p_desktop.window.canvas.compare.difference import draw_legend
from ip2p_desktop.window.canvas.compare.pane_painting import paint_pane
from ip2p_desktop.window.canvas.divider import SPAN, Divider
from ip2p_desktop.window.canvas.tools.tool import Overlay
from ip2p_desktop.window.canvas.viewport import Viewport

WIDER = 1.3
"""Ratio of the shapes of photo and view from which on two views are one above the other."""
LEGEND_HEIGHT = 160.0
"""A photo that is lower, in points, is not covered by the legend."""
GAP = 4.0
"""Space in points between two views side by side."""


class ComparisonView(QWidget):
    """Shows the photo, or compares a result with it or with another image."""

    zoom_changed = Signal(float)
    """Emitted after every change of the zoom, the position or the mode."""
    compare_mode_changed = Signal(object)
    """`CompareMode`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._viewport = Viewport()
        self._comparison = ImageComparison()
        self._compare_mode = CompareMode.DIVIDER
        self._holds_before = False
        self._overlays: list[Overlay] = []
        self.divider = Divider(self)
        self.divider.hide()
        self.divider.valueChanged.connect(self._lay_out)

    @property
    def before(self) -> DisplayImage | None:
        """The photo; None if there is none."""
        return self._comparison.photo

    @property
    def after(self) -> DisplayImage | None:
        """The result; None if there is none."""
        after = self._comparison.after
        return after.image if after is not None else None

    @property
    def after_label(self) -> str:
        """The label of the result."""
        after = self._comparison.after
        return after.label if after is not None else ""

    @property
    def after_detail(self) -> str:
        """The text after the label of the result."""
        after = self._comparison.after
        return after.detail if after is not None else ""

    @property
    def comparison(self) -> ImageComparison:
        """What is compared."""
        return self._comparison

    @property
    def zoom(self) -> float:
        """Screen pixels for each photo pixel."""
        return self._viewport.zoom

    @property
    def photo_transform(self) -> QTransform:
        """The transform from pixels of the opened photo to points of the view.

        Of two views side by side, that is the left one.
        """
        return self._comparison.from_photo * self._viewport.transform

    @property
    def position(self) -> ViewRecord:
        """Zoom, centre, divider and mode of comparing."""
        centre = self._viewport.centre
        return ViewRecord(
            is_fitted=self._viewport.is_fitted,
            zoom=self.zoom,
            centre_x=centre.x(),
            centre_y=centre.y(),
            divider=self.divider.value(),
            compare_mode=self._compare_mode,
        )

    @position.setter
    def position(self, position: ViewRecord) -> None:
        self.compare_mode = position.compare_mode
        if position.is_fitted:
            self._viewport.fit()
        else:
            self._viewport.place(position.zoom, QPointF(position.centre_x, position.centre_y))
        self.divider.setValue(position.divider)
        self._lay_out()

    @property
    def compare_mode(self) -> CompareMode:
        """How two images are compared."""
        return self._compare_mode

    @compare_mode.setter
    def compare_mode(self, mode: CompareMode) -> None:
        if mode is not self._compare_mode:
            self._compare_mode = mode
            self._lay_out()
            self.compare_mode_changed.emit(mode)

    @property
    def opacity(self) -> float:
        """How much of the result is seen over its photo, 0 to 1."""
        after = self._comparison.after
        return after.opacity if after is not None else 1.0

    @opacity.setter
    def opacity(self, opacity: float) -> None:
        after = self._comparison.after
        if after is not None and after.opacity != opacity:
            self._comparison = replace(self._comparison, after=replace(after, opacity=opacity))
            self.update()

    def reserve(self, **sides: float) -> None:
        """Keep a fitted photo clear of so many points at an edge, where there are controls.

        The edges are "left", "top" and "bottom"; those that are not named stay as they are.
        """
        reserved = QMarginsF(self._viewport.reserved)
        for side, length in sides.items():
            {"left": reserved.setLeft, "top": reserved.setTop, "bottom": reserved.setBottom}[side](length)
        if reserved != self._viewport.reserved:
            self._viewport.reserved = reserved
            self._lay_out()

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
        """Show a photo and its result, at full opacity. The photo is cropped to the shape of the result.

        `after_detail` is appended to the label where there is space.
        """
        if self._comparison.after is None:
            self.divider.setValue(SPAN // 2)
        result = None
        if after is not None:
            result = ComparedImage(image=after, label=after_label, detail=after_detail, photo=before)
        self._show(
            ImageComparison(
                photo=before, photo_label=self.tr("Before"), after=result, other=self._comparison.other
            )
        )

    def compare_with(self, other: ComparedImage | None) -> None:
        """Show an image in place of the photo beside the result; None shows the photo again."""
        self._show(replace(self._comparison, other=other, difference=None))

    def show_difference(self, difference: DifferenceImage | None) -> None:
        """Set the difference of the two images; None if it is not known."""
        self._comparison = replace(self._comparison, difference=difference)
        self.update()

    def hold_before(self, holds: bool) -> None:
        """Show the photo in place of the result until this is called with False."""
        if holds != self._holds_before:
            self._holds_before = holds
            self._lay_out()

    def _show(self, comparison: ImageComparison) -> None:
        self._comparison = comparison
        if comparison.photo is not None:
            self._viewport.set_photo(comparison.frame)
        self._lay_out()

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 80)

    def _lay_out(self) -> None:
        size = QSizeF(self.size())
        if self._has_two_views:
            second = self._second_view
            size -= QSizeF(self.width() - second.x() + GAP if second.x() else 0, 0)
            size -= QSizeF(0, self.height() - second.y() + GAP if second.y() else 0)
        self._viewport.set_view(size, self.devicePixelRatioF())
        has_divider = self._compare_mode is CompareMode.DIVIDER and self._comparison.after is not None
        self.divider.setVisible(has_divider and not self._holds_before and self.before is not None)
        self.divider.place(self._viewport.visible_rect)
        self.zoom_changed.emit(self.zoom)
        self.update()

    @property
    def _has_two_views(self) -> bool:
        return self._comparison.after is not None and self._compare_mode is CompareMode.SIDE_BY_SIDE

    @property
    def _second_view(self) -> QPointF:
        """Where the second of two views begins, in points, on a whole screen pixel.

        Photos that are wider than the view are one above the other, as they are larger then.
        """
        density, frame = self.devicePixelRatioF(), self._comparison.frame
        is_wide = frame.width() * self.height() > frame.height() * self.width() * WIDER
        length = self.height() if is_wide else self.width()
        place = math.ceil((length + GAP) / 2 * density) / density
        return QPointF(0, place) if is_wide else QPointF(place, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    @property
    def _painted_overlays(self) -> Sequence[Overlay]:
        """What is painted above the images, the topmost last."""
        return self._overlays

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().shadow())
        if self.before is None:
            return
        photo, visible = self._viewport.photo_rect, self._viewport.visible_rect
        panes = self._comparison.panes(
            self._compare_mode,
            visible,
            share=self.divider.share,
            second=self._second_view,
            holds_before=self._holds_before,
        )
        for pane in panes:
            exposed = pane.area.intersected(QRectF(event.rect()))
            paint_pane(painter, replace(pane, area=exposed), photo, self.devicePixelRatioF(), self.palette())
        for shift in (QPointF(), self._second_view)[: 2 if self._has_two_views else 1]:
            for overlay in self._painted_overlays:
                self._draw_overlay(painter, overlay, visible.translated(shift), shift)
            self._draw_focus(painter, photo.translated(shift))
        self._draw_labels(painter, panes)

    def _draw_overlay(self, painter: QPainter, overlay: Overlay, area: QRectF, shift: QPointF) -> None:
        painter.save()
        painter.setClipRect(area)
        painter.translate(shift)
        painter.setTransform(self.photo_transform, combine=True)
        overlay.paint(painter)
        painter.restore()

    def _draw_labels(self, painter: QPainter, panes: tuple[Pane, ...]) -> None:
        for pane in panes:
            if pane.label:
                area = _label_area(pane.area)
                painter.setClipRect(area)
                draw_label(painter, pane.label, area, pane.label_side, pane.detail)
        painter.setClipping(False)
        shows_difference = self._compare_mode is CompareMode.DIFFERENCE and not self._holds_before
        if self._comparison.after is None or not shows_difference:
            return
        difference, area = self._comparison.difference, self._viewport.visible_rect
        if area.height() < LEGEND_HEIGHT:
            area = _above(area)
        area.setRight(self.width())  # also where the photo is narrow
        if difference is None:
            draw_legend(painter, self.tr("Computing the difference…"), area)
        elif difference.scale == 0:
            draw_legend(painter, self.tr("No difference"), area)
        else:
            end = self.tr("{number} levels").format(number=difference.scale)
            draw_legend(painter, self.tr("Difference"), area, end=end)

    def _draw_focus(self, painter: QPainter, photo: QRectF) -> None:
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 2))
        else:
            painter.setPen(QPen(QColor(0, 0, 0, 40), 1))
        painter.drawRect(photo.adjusted(-1, -1, 1, 1))


def _label_area(area: QRectF) -> QRectF:
    """The area itself; from above it on where it is too low for a label."""
    return area if area.height() >= HEIGHT + 2 * INSET else _above(area)


def _above(area: QRectF) -> QRectF:
    """The area enlarged upwards by the height of a label."""
    return area.adjusted(0, -HEIGHT - 2 * INSET, 0, 0)
