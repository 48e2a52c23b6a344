"""Position and zoom of a photo in its view, without a widget.

Positions are in points of the view; zoom 1 is one photo pixel for each screen pixel.
"""

from __future__ import annotations

from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSizeF
from PySide6.QtGui import QTransform

MARGIN = 24.0
"""Margin in points around a fitted photo."""
MAX_ZOOM = 16.0
SMALLEST_ZOOM = 1e-3
ROUNDING = 1e-3
"""Share by which two zooms may differ that are the same step."""
MAX_FIT_ZOOM = 4.0
"""Maximal zoom of a fitted photo, for small ones."""
SMALLEST_FITTED = 160.0
"""Longer side in points to which a tiny photo is enlarged further."""
STEP = 1.25
"""Factor of a notch of the mouse wheel."""
ZOOM_STEPS = tuple(2.0**power for power in range(-10, 5))
"""The zooms that the buttons and keys stop at: …, 25, 50, 100, 200, 400 % and so on."""


class Viewport:
    """Either fits the photo to the view, or has a zoom and a centre."""

    def __init__(self) -> None:
        self._view = QSizeF(1, 1)
        self._photo = QSizeF(1, 1)
        self._density = 1.0
        self._zoom = 1.0
        self._centre = QPointF(0.5, 0.5)
        self.is_fitted = True
        self._reserved = QMarginsF()

    def set_view(self, view: QSizeF, density: float) -> None:
        """Set the size of the view, and the number of screen pixels for each point."""
        self._view = view
        self._density = density
        self._limit_centre()

    @property
    def reserved(self) -> QMarginsF:
        """Points at the edges of the view where there are controls.

        A fitted photo leaves them free; a larger one can be panned until its edge is clear of them.
        """
        return self._reserved

    @reserved.setter
    def reserved(self, reserved: QMarginsF) -> None:
        self._reserved = reserved
        self._limit_centre()

    def set_photo(self, photo: QSizeF) -> None:
        """Set the size of the photo; another size is fitted to the view."""
        if photo != self._photo:
            self._photo = photo
            self.fit()

    def fit(self) -> None:
        """Fit the photo to the view, also after changes of either size."""
        self.is_fitted = True
        self._centre = QPointF(0.5, 0.5)

    @property
    def centre(self) -> QPointF:
        """The part of the photo in the middle of the view, as shares of its width and height."""
        return QPointF(self._centre)

    def place(self, zoom: float, centre: QPointF) -> None:
        """Set the zoom and the part of the photo in the middle of the view."""
        self._zoom = min(max(zoom, SMALLEST_ZOOM), MAX_ZOOM)
        self._centre = QPointF(centre)
        self.is_fitted = False
        self._limit_centre()

    @property
    def zoom(self) -> float:
        """Screen pixels for each photo pixel."""
        return self._fitting_zoom() if self.is_fitted else self._zoom

    @property
    def photo_rect(self) -> QRectF:
        """The position of the photo; its corner is that of a screen pixel, so that pixels are not blurred."""
        width = self._photo.width() * self.zoom / self._density
        height = self._photo.height() * self.zoom / self._density
        middle = QRectF(QPointF(), self._view).center()
        if self.is_fitted:
            middle = self._free_for_fit.center()
        left, top = middle.x() - self._centre.x() * width, middle.y() - self._centre.y() * height
        return QRectF(self._on_pixel(left), self._on_pixel(top), width, height)

    def _on_pixel(self, place: float) -> float:
        return round(place * self._density) / self._density

    @property
    def transform(self) -> QTransform:
        """The transform from photo pixels to points of the view."""
        rect, scale = self.photo_rect, self.zoom / self._density
        return QTransform(scale, 0, 0, scale, rect.left(), rect.top())

    @property
    def visible_rect(self) -> QRectF:
        """The visible part of the photo, in points of the view."""
        return self.photo_rect.intersected(QRectF(QPointF(0, 0), self._view))

    @property
    def is_larger_than_view(self) -> bool:
        """Whether the photo can be panned."""
        rect, free = self.photo_rect, self._free
        return rect.width() > free.width() or rect.height() > free.height()

    def zoom_to_step(self, direction: int) -> None:
        """Set the next larger zoom of `ZOOM_STEPS` for a direction of 1, the next smaller one for -1."""
        zoom = self.zoom
        if direction > 0:
            steps = [step for step in ZOOM_STEPS if step > zoom * (1 + ROUNDING)]
            self.zoom_to(steps[0] if steps else zoom)
        else:
            steps = [step for step in ZOOM_STEPS if step < zoom * (1 - ROUNDING)]
            self.zoom_to(steps[-1] if steps else zoom)

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Multiply the zoom by a factor."""
        self.zoom_to(self.zoom * factor, around)

    def zoom_to(self, zoom: float, around: QPointF | None = None) -> None:
        """Set the zoom; the part of the photo at `around`, by default the centre, stays in place."""
        around = around or QPointF(self._view.width() / 2, self._view.height() / 2)
        before = self.photo_rect
        spot_x = (around.x() - before.left()) / before.width()
        spot_y = (around.y() - before.top()) / before.height()
        smallest = min(self._fitting_zoom(), 1.0) / 2
        self._zoom = min(max(zoom, smallest), MAX_ZOOM)
        self.is_fitted = False
        after = self.photo_rect
        self._centre = QPointF(
            spot_x + (self._view.width() / 2 - around.x()) / after.width(),
            spot_y + (self._view.height() / 2 - around.y()) / after.height(),
        )
        self._limit_centre()

    def pan_by(self, distance: QPointF) -> None:
        """Move the photo by a distance in points; without effect if it is fitted."""
        if self.is_fitted:
            return
        rect = self.photo_rect
        self._centre -= QPointF(distance.x() / rect.width(), distance.y() / rect.height())
        self._limit_centre()

    @property
    def _free(self) -> QRectF:
        """The view without what is reserved."""
        return QRectF(QPointF(), self._view).marginsRemoved(self._reserved)

    @property
    def _free_for_fit(self) -> QRectF:
        """The place of a fitted photo, with a margin where nothing is reserved."""
        sides = (
            *(self._reserved.left(), self._reserved.top()),
            *(self._reserved.right(), self._reserved.bottom()),
        )
        return QRectF(QPointF(), self._view).marginsRemoved(QMarginsF(*(max(MARGIN, each) for each in sides)))

    def _fitting_zoom(self) -> float:
        free = self._free_for_fit
        width = max(free.width(), 16.0) / self._photo.width()
        height = max(free.height(), 16.0) / self._photo.height()
        most = SMALLEST_FITTED * self._density / max(self._photo.width(), self._photo.height())
        return min(min(width, height) * self._density, max(MAX_FIT_ZOOM, min(most, MAX_ZOOM)))

    def _limit_centre(self) -> None:
        if self.is_fitted:
            return
        rect, free, view = self.photo_rect, self._free, self._view
        self._centre = QPointF(
            _bounded(self._centre.x(), rect.width(), view.width() / 2, free.left(), free.right()),
            _bounded(self._centre.y(), rect.height(), view.height() / 2, free.top(), free.bottom()),
        )


def _bounded(centre: float, length: float, middle: float, start: float, end: float) -> float:
    """The nearest centre at which a photo of this length fills the view from `start` to `end`.

    `middle` is where the centre is shown. A photo that is shorter lies in the middle of the two.
    """
    if length <= end - start:
        return 0.5 - ((start + end) / 2 - middle) / length
    return min(max(centre, (middle - start) / length), 1 - (end - middle) / length)
