"""Tools receive mouse events in photo pixels, and paint in them, at any zoom."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from pytestqt.qtbot import QtBot

from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.window.canvas.photo_view import PhotoView
from ip2p_desktop.window.canvas.tools.tool import ToolEvent

RED, BLUE, GREEN = (220, 0, 0), (0, 0, 220), (0, 200, 0)
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


@dataclass
class MarkTool:
    """Records its events and paints a green area."""

    cursor: Qt.CursorShape = Qt.CursorShape.CrossCursor
    events: list[tuple[str, ToolEvent]] = field(default_factory=list)
    mark: QRectF = field(default_factory=QRectF)
    changed_area: QRectF | None = None

    def press(self, event: ToolEvent) -> None:
        self.events.append(("press", event))

    def move(self, event: ToolEvent) -> None:
        self.events.append(("move", event))

    def release(self, event: ToolEvent) -> None:
        self.events.append(("release", event))

    def paint(self, painter: QPainter) -> None:
        painter.fillRect(self.mark, QColor(*GREEN))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.events]


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (200, 100)) -> DisplayImage:
    return DisplayImage.of(Image.new("RGB", size, colour))


@pytest.fixture
def view(qtbot: QtBot) -> PhotoView:
    view = PhotoView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    view.show_photo(plain(RED))
    return view


@pytest.fixture
def tool(view: PhotoView) -> MarkTool:
    tool = MarkTool()
    view.tool = tool
    return tool


def place_of(view: PhotoView, pixel: QPointF) -> QPoint:
    """The position of a photo pixel in the view."""
    return view.photo_transform.map(pixel).toPoint()


def colour_at(view: PhotoView, pixel: QPointF) -> tuple[int, int, int]:
    colour = view.grab().toImage().pixelColor(place_of(view, pixel))
    return (colour.red(), colour.green(), colour.blue())


@pytest.mark.parametrize("zooms_in", [0, 2, 5, 9])
def test_a_drag_is_given_in_pixels_of_the_photo(
    qtbot: QtBot, view: PhotoView, tool: MarkTool, zooms_in: int
) -> None:
    for _ in range(zooms_in):
        view.zoom_in()
    start, end = QPointF(95, 45), QPointF(110, 55)
    qtbot.mousePress(view, LEFT, pos=place_of(view, start))
    qtbot.mouseMove(view, place_of(view, end))
    qtbot.mouseRelease(view, LEFT, pos=place_of(view, end))
    assert tool.names == ["press", "move", "release"]
    for (_, event), pixel in zip(tool.events, (start, end, end), strict=True):
        assert event.photo.x() == pytest.approx(pixel.x(), abs=0.5 / view.zoom)
        assert event.photo.y() == pytest.approx(pixel.y(), abs=0.5 / view.zoom)
        assert event.view == QPointF(place_of(view, pixel))
    assert tool.events[0][1].buttons == LEFT


def test_coordinates_follow_a_photo_that_was_moved(qtbot: QtBot, view: PhotoView, tool: MarkTool) -> None:
    for _ in range(6):
        view.zoom_in()
    centre = view.rect().center()
    qtbot.mouseClick(view, LEFT, pos=centre)
    qtbot.mousePress(view, MIDDLE, pos=centre)
    qtbot.mouseMove(view, centre + QPoint(60, 0))
    qtbot.mouseRelease(view, MIDDLE, pos=centre + QPoint(60, 0))
    qtbot.mouseClick(view, LEFT, pos=centre)
    presses = [event.photo for name, event in tool.events if name == "press"]
    assert presses[0].x() - presses[1].x() == pytest.approx(60 / view.zoom)


@pytest.mark.parametrize("zooms_in", [0, 3, 6])
def test_a_tool_paints_on_the_photo(view: PhotoView, tool: MarkTool, zooms_in: int) -> None:
    for _ in range(zooms_in):
        view.zoom_in()
    tool.mark = QRectF(90, 40, 20, 20)
    view.update()
    assert colour_at(view, QPointF(100, 50)) == GREEN
    assert colour_at(view, QPointF(91, 41)) == GREEN
    assert colour_at(view, QPointF(88.5, 50.5)) == RED
    assert colour_at(view, QPointF(112.5, 50.5)) == RED


def test_what_is_painted_beside_the_photo_is_cut_off(view: PhotoView, tool: MarkTool) -> None:
    tool.mark = QRectF(-50, -50, 300, 200)
    view.update()
    assert colour_at(view, QPointF(1, 1)) == GREEN
    assert view.grab().toImage().pixelColor(4, 4).rgb() == view.palette().shadow().color().rgb()


def test_an_overlay_lies_on_both_sides_of_the_divider_until_it_is_removed(view: PhotoView) -> None:
    overlay = MarkTool(mark=QRectF(0, 60, 200, 20))
    view.add_overlay(overlay)
    view.show_comparison(plain(RED), plain(BLUE), "After")
    assert colour_at(view, QPointF(50, 70)) == GREEN
    assert colour_at(view, QPointF(150, 70)) == GREEN
    assert colour_at(view, QPointF(50, 90)) == RED
    assert colour_at(view, QPointF(150, 90)) == BLUE
    view.remove_overlay(overlay)
    assert colour_at(view, QPointF(50, 70)) == RED


def test_pixels_of_a_cropped_result_are_those_of_the_photo_it_came_from(
    qtbot: QtBot, view: PhotoView, tool: MarkTool
) -> None:
    view.show_comparison(plain(RED, (200, 100)), plain(BLUE, (100, 100)), "After")
    left_edge, shown = place_of(view, QPointF(50, 50)), view.grab().toImage()
    assert shown.pixelColor(left_edge - QPoint(4, 0)) == shown.pixelColor(4, 4)
    qtbot.mouseClick(view, LEFT, pos=left_edge + QPoint(8, 0))
    assert tool.events[-1][1].photo.x() == pytest.approx(50 + 8 / view.zoom, abs=0.5)


def test_a_tool_sets_the_cursor_and_receives_hovering(qtbot: QtBot, view: PhotoView, tool: MarkTool) -> None:
    assert view.cursor().shape() is Qt.CursorShape.CrossCursor
    tool.cursor = Qt.CursorShape.ForbiddenCursor
    view.raise_()  # the pointer's window is the uppermost one
    qtbot.mouseMove(view, QPoint(100, 100))
    qtbot.mouseMove(view, QPoint(300, 200))
    qtbot.waitUntil(lambda: set(tool.names) == {"move"})
    assert tool.events[-1][1].view == QPointF(300, 200)
    assert tool.events[-1][1].buttons == Qt.MouseButton.NoButton
    assert view.cursor().shape() is Qt.CursorShape.ForbiddenCursor


def test_the_second_press_of_a_double_click_is_a_press(qtbot: QtBot, view: PhotoView, tool: MarkTool) -> None:
    fitted = view.zoom
    qtbot.mouseDClick(view, LEFT, pos=QPoint(300, 200))
    assert view.zoom == fitted
    assert "press" in tool.names


def test_a_gesture_ends_with_the_tool_it_began_with(qtbot: QtBot, view: PhotoView, tool: MarkTool) -> None:
    qtbot.mousePress(view, LEFT, pos=QPoint(300, 200))
    view.tool = view.pan_tool
    qtbot.mouseRelease(view, LEFT, pos=QPoint(310, 200))
    assert tool.names == ["press", "release"]


def test_without_a_photo_a_tool_receives_nothing(qtbot: QtBot) -> None:
    view, tool = PhotoView(), MarkTool()
    qtbot.addWidget(view)
    view.tool = tool
    view.show()
    qtbot.mouseClick(view, LEFT, pos=QPoint(50, 50))
    qtbot.mouseMove(view, QPoint(60, 60))
    assert tool.events == []


def test_the_hand_closes_around_a_photo_that_can_be_moved(qtbot: QtBot, view: PhotoView) -> None:
    assert view.cursor().shape() is Qt.CursorShape.ArrowCursor
    for _ in range(6):
        view.zoom_in()
    assert view.cursor().shape() is Qt.CursorShape.OpenHandCursor
    qtbot.mousePress(view, LEFT, pos=QPoint(300, 200))
    assert view.cursor().shape() is Qt.CursorShape.ClosedHandCursor
    qtbot.mouseRelease(view, LEFT, pos=QPoint(300, 200))
    assert view.cursor().shape() is Qt.CursorShape.OpenHandCursor
