"""Divider, zoom and pan with mouse and keys."""

from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.window.canvas.photo_view import PhotoView

RED, BLUE = (220, 0, 0), (0, 0, 220)


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (200, 100)) -> DisplayImage:
    return DisplayImage.of(Image.new("RGB", size, colour))


@pytest.fixture
def view(qtbot: QtBot) -> PhotoView:
    view = PhotoView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    view.show_comparison(plain(RED), plain(BLUE), "After")
    return view


def colour_at(view: PhotoView, x: int) -> tuple[int, int, int]:
    """The colour of the view below the labels and beside the knob."""
    colour: QColor = view.grab().toImage().pixelColor(x, view.height() * 5 // 8)
    return (colour.red(), colour.green(), colour.blue())


def turn_wheel(view: PhotoView, notches: int, at: QPointF) -> None:
    event = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_before_is_on_the_left_and_after_on_the_right(view: PhotoView) -> None:
    assert colour_at(view, 200) == RED
    assert colour_at(view, 400) == BLUE


def test_dragging_the_divider(qtbot: QtBot, view: PhotoView) -> None:
    divider = view.divider
    middle = divider.rect().center()
    qtbot.mousePress(divider, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(divider, middle + QPoint(150, 0))
    qtbot.mouseRelease(divider, Qt.MouseButton.LeftButton)
    assert divider.share > 0.7
    assert colour_at(view, 400) == RED


def test_the_divider_stops_at_the_edges(qtbot: QtBot, view: PhotoView) -> None:
    middle = view.divider.rect().center()
    qtbot.mousePress(view.divider, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(view.divider, middle - QPoint(900, 0))
    assert view.divider.share == 0


def test_keys_move_the_divider(qtbot: QtBot, view: PhotoView) -> None:
    view.divider.setFocus()
    qtbot.keyClick(view.divider, Qt.Key.Key_Right)
    assert view.divider.share == pytest.approx(0.52)
    qtbot.keyClick(view.divider, Qt.Key.Key_Home)
    assert view.divider.share == 0
    assert colour_at(view, 200) == BLUE
    qtbot.keyClick(view.divider, Qt.Key.Key_End)
    assert colour_at(view, 400) == RED


def test_without_a_result_there_is_no_divider(view: PhotoView) -> None:
    view.show_photo(plain(RED))
    assert not view.divider.isVisible()
    assert colour_at(view, 400) == RED


def test_a_cropped_result_covers_the_middle_of_the_photo(view: PhotoView) -> None:
    view.show_comparison(plain(RED, (200, 100)), plain(BLUE, (100, 100)), "After")
    picture = view.grab().toImage()
    assert picture.pixelColor(60, 200) == picture.pixelColor(10, 10)


def test_the_wheel_zooms_around_the_mouse(view: PhotoView) -> None:
    before = view.zoom
    turn_wheel(view, 4, QPointF(300, 200))
    assert view.zoom == pytest.approx(before * 1.25**4)
    turn_wheel(view, -4, QPointF(300, 200))
    assert view.zoom == pytest.approx(before)


def test_zooming_by_key_and_back_to_fit(view: PhotoView) -> None:
    fitted = view.zoom
    view.zoom_in()
    assert view.zoom > fitted
    view.zoom_to_pixels()
    assert view.zoom == 1.0
    view.zoom_to_fit()
    assert view.zoom == fitted


def test_double_click_switches_between_fit_and_pixels(qtbot: QtBot, view: PhotoView) -> None:
    fitted = view.zoom
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 200))
    assert view.zoom == 1.0
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 200))
    assert view.zoom == fitted


def test_a_large_photo_is_panned_and_never_lost(qtbot: QtBot, view: PhotoView) -> None:
    wide = Image.new("RGB", (2000, 100), RED)
    wide.paste(BLUE, (1000, 0, 2000, 100))
    view.show_photo(DisplayImage.of(wide))
    view.zoom_to_pixels()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(590, 200))
    qtbot.mouseMove(view, QPoint(90, 200))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(90, 200))
    image = view.grab().toImage()
    assert image.pixelColor(10, 210).blue() == 220
    for _ in range(60):
        qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.grab().toImage().pixelColor(10, 210).red() == 220
