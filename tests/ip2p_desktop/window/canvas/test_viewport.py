"""Zoom and pan as arithmetic."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QSizeF

from ip2p_desktop.window.canvas.viewport import MAX_FIT_ZOOM, MAX_ZOOM, Viewport


@pytest.fixture
def viewport() -> Viewport:
    viewport = Viewport()
    viewport.set_view(QSizeF(648, 448), 1.0)
    viewport.set_photo(QSizeF(1200, 600))
    return viewport


def test_a_photo_is_fitted_with_a_margin(viewport: Viewport) -> None:
    assert viewport.zoom == 0.5
    assert viewport.photo_rect.getRect() == (24, 74, 600, 300)


def test_on_a_dense_screen_one_pixel_stays_one_pixel(viewport: Viewport) -> None:
    viewport.set_view(QSizeF(648, 448), 2.0)
    assert viewport.zoom == 1.0
    assert viewport.photo_rect.width() == 600


def test_small_photos_are_not_blown_up(viewport: Viewport) -> None:
    viewport.set_photo(QSizeF(10, 10))
    assert viewport.zoom == MAX_FIT_ZOOM


def test_the_spot_below_the_mouse_stays(viewport: Viewport) -> None:
    spot = QPointF(124, 174)
    viewport.zoom_by(2, spot)
    rect = viewport.photo_rect
    assert (spot.x() - rect.left()) / rect.width() == pytest.approx(100 / 600)
    assert (spot.y() - rect.top()) / rect.height() == pytest.approx(100 / 300)


def test_zoom_has_bounds(viewport: Viewport) -> None:
    viewport.zoom_by(1e6)
    assert viewport.zoom == MAX_ZOOM
    viewport.zoom_by(1e-6)
    assert viewport.zoom == 0.25


def test_panning_stops_at_the_edge(viewport: Viewport) -> None:
    viewport.zoom_to(1.0)
    viewport.pan_by(QPointF(1e6, 1e6))
    assert viewport.photo_rect.topLeft() == QPointF(0, 0)


def test_another_shape_is_fitted_again(viewport: Viewport) -> None:
    viewport.zoom_to(3.0)
    viewport.set_photo(QSizeF(600, 1200))
    assert viewport.is_fitted
