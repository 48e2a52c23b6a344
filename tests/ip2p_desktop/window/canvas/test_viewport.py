"""Zoom and pan as arithmetic."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMarginsF, QPointF, QSizeF

from ip2p_desktop.window.canvas.viewport import MAX_FIT_ZOOM, MAX_ZOOM, SMALLEST_FITTED, Viewport


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
    viewport.set_photo(QSizeF(90, 60))
    assert viewport.zoom == MAX_FIT_ZOOM


def test_tiny_ones_are_enlarged_until_they_can_be_seen(viewport: Viewport) -> None:
    viewport.set_photo(QSizeF(20, 10))
    assert viewport.photo_rect.width() == SMALLEST_FITTED
    viewport.set_photo(QSizeF(8, 8))
    assert viewport.zoom == MAX_ZOOM


def test_a_fitted_photo_leaves_room_for_controls(viewport: Viewport) -> None:
    viewport.set_photo(QSizeF(100, 1000))
    viewport.reserved = QMarginsF(0, 40, 0, 60)
    assert viewport.photo_rect.top() == pytest.approx(40)
    assert viewport.photo_rect.bottom() == pytest.approx(448 - 60)
    viewport.set_photo(QSizeF(1200, 300))
    viewport.reserved = QMarginsF(60, 0, 0, 0)
    assert viewport.photo_rect.left() == pytest.approx(60)
    assert viewport.photo_rect.right() == pytest.approx(648 - 24)


def test_every_edge_of_a_large_photo_can_be_panned_clear_of_controls(viewport: Viewport) -> None:
    viewport.reserved = QMarginsF(60, 40, 0, 50)
    viewport.zoom_to(2.0)
    viewport.pan_by(QPointF(5000, 5000))
    assert viewport.photo_rect.topLeft() == QPointF(60, 40)
    viewport.pan_by(QPointF(-5000, -5000))
    assert viewport.photo_rect.bottomRight() == QPointF(648, 448 - 50)
    viewport.zoom_to(0.25)
    assert viewport.photo_rect.center() == QPointF((60 + 648) / 2, (40 + 448 - 50) / 2)


@pytest.mark.parametrize(("start", "larger", "smaller"), [(0.3, 0.5, 0.25), (1.0, 2.0, 0.5), (16, 16, 8)])
def test_zoom_steps(viewport: Viewport, start: float, larger: float, smaller: float) -> None:
    viewport.zoom_to(start)
    viewport.zoom_to_step(1)
    assert viewport.zoom == larger
    viewport.zoom_to(start)
    viewport.zoom_to_step(-1)
    assert viewport.zoom == smaller


@pytest.mark.parametrize("density", [1.0, 1.25, 1.5, 2.0])
def test_the_photo_begins_on_a_screen_pixel(viewport: Viewport, density: float) -> None:
    viewport.set_view(QSizeF(647, 447), density)
    viewport.zoom_to(1.0)
    for _ in range(5):
        viewport.pan_by(QPointF(3.3, -1.7))
        corner = viewport.photo_rect.topLeft() * density
        assert corner.x() == pytest.approx(round(corner.x()), abs=1e-6)
        assert corner.y() == pytest.approx(round(corner.y()), abs=1e-6)


def test_slow_panning_adds_up(viewport: Viewport) -> None:
    viewport.zoom_to(1.0)
    before = viewport.photo_rect.left()
    for _ in range(100):
        viewport.pan_by(QPointF(0.2, 0))
    assert viewport.photo_rect.left() == pytest.approx(before + 20, abs=1)


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
