"""The modes of comparing, chosen in the bar, in the menu and with keys, and what they show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.session_steps import edit, open_file
from PIL import Image, ImageOps
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QRegion
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from engine.images.comparing import difference
from ip2p_desktop.app import Program
from ip2p_desktop.session.compare_mode import CompareMode
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow
from ip2p_desktop.window.canvas.compare.difference import difference_of
from ip2p_desktop.window.canvas.photo_view import PhotoView

LEFT = Qt.MouseButton.LeftButton
RED, TEAL = (200, 40, 40), (55, 215, 215)
"""A photo and what the fake editor makes of it."""


@pytest.fixture
def red(tmp_path: Path) -> Path:
    path = tmp_path / "red.png"
    Image.new("RGB", (400, 300), RED).save(path)
    return path


@pytest.fixture
def result(qtbot: QtBot, program: Program, red: Path) -> EditedPhoto:
    open_file(qtbot, program, red)
    return edit(qtbot, program, "make it snow")


def screen(program: Program) -> QImage:
    return program.window.canvas.view.grab().toImage()


def colour(image: QImage, place: QPointF | QPoint) -> tuple[int, ...]:
    found: QColor = image.pixelColor(QPointF(place).toPoint())
    return found.getRgb()[:3]


def ends(program: Program) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The colours left and right of the middle of the view, below labels and beside the knob."""
    view = program.window.canvas.view
    middle, shown = QPointF(view.rect().center()), screen(program)
    return colour(shown, middle + QPointF(-90, 40)), colour(shown, middle + QPointF(90, 40))


def button(program: Program, mode: CompareMode) -> QToolButton:
    found: QToolButton = program.window.canvas.compare_bar.findChild(QToolButton, f"compare_{mode}")
    return found


def click_mode(qtbot: QtBot, program: Program, mode: CompareMode) -> None:
    qtbot.mouseClick(button(program, mode), LEFT)


def test_the_bar_is_there_with_a_result_only(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None]
) -> None:
    bar = program.window.canvas.compare_bar
    open_photo()
    assert not bar.isVisible()
    assert not program.window.actions_.compare_side_by_side.isEnabled()
    edit(qtbot, program, "make it snow")
    assert bar.isVisible()
    program.edits.show(program.tree.nodes[0])
    assert not bar.isVisible()


def test_the_divider_separates_the_two(program: Program, result: EditedPhoto) -> None:
    assert ends(program) == (RED, TEAL)


def test_only_the_result(qtbot: QtBot, program: Program, result: EditedPhoto) -> None:
    click_mode(qtbot, program, CompareMode.RESULT_ONLY)
    assert ends(program) == (TEAL, TEAL)
    assert not program.window.canvas.view.divider.isVisible()
    click_mode(qtbot, program, CompareMode.DIVIDER)
    assert program.window.canvas.view.divider.isVisible()


@pytest.mark.parametrize(
    ("mode", "key", "modifier"),
    [
        (CompareMode.SIDE_BY_SIDE, Qt.Key.Key_F7, Qt.KeyboardModifier.NoModifier),
        (CompareMode.DIFFERENCE, Qt.Key.Key_F8, Qt.KeyboardModifier.NoModifier),
        (CompareMode.RESULT_ONLY, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_bar_menu_and_keys_agree(
    qtbot: QtBot,
    program: Program,
    result: EditedPhoto,
    mode: CompareMode,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
) -> None:
    view, actions = program.window.canvas.view, program.window.actions_
    with qtbot.waitSignal(view.compare_mode_changed):
        qtbot.keyClick(program.window, key, modifier)
    assert view.compare_mode is mode
    assert button(program, mode).isChecked()
    checked = [action for action in actions._compare_group.actions() if action.isChecked()]
    assert [action.data() for action in checked] == [mode]
    with qtbot.waitSignal(view.compare_mode_changed):
        qtbot.keyClick(program.window, Qt.Key.Key_F6)
    assert button(program, CompareMode.DIVIDER).isChecked()


@pytest.fixture
def sides(qtbot: QtBot) -> PhotoView:
    """Two views of a photo that differs from place to place, and its negative."""
    view = PhotoView()
    qtbot.addWidget(view)
    view.resize(604, 300)
    view.show()
    photo = Image.effect_noise((800, 900), 120).convert("RGB")
    view.show_comparison(DisplayImage.of(photo), DisplayImage.of(ImageOps.invert(photo)), "After")
    view.compare_mode = CompareMode.SIDE_BY_SIDE
    return view


def assert_same_part(view: PhotoView) -> None:
    shown = view.grab().toImage()
    for x, y in ((20, 60), (150, 150), (280, 290)):
        left, right = colour(shown, QPoint(x, y)), colour(shown, QPoint(x + 304, y))
        assert tuple(255 - value for value in left) == right


def test_both_sides_show_the_same_part_at_every_zoom(qtbot: QtBot, sides: PhotoView) -> None:
    sides.zoom_to_pixels()
    assert_same_part(sides)
    qtbot.mousePress(sides, LEFT, pos=QPoint(450, 150))
    qtbot.mouseMove(sides, QPoint(390, 100))
    qtbot.mouseMove(sides, QPoint(200, 40))
    qtbot.mouseRelease(sides, LEFT, pos=QPoint(200, 40))
    assert_same_part(sides)
    sides.zoom_in()
    sides.zoom_in()
    assert_same_part(sides)


def test_a_double_click_in_the_right_view_zooms_to_that_place(qtbot: QtBot, sides: PhotoView) -> None:
    spot = QPointF(600, 200)
    place = sides.photo_transform.map(spot) + QPointF(304, 0)
    qtbot.mouseDClick(sides, LEFT, pos=place.toPoint())
    assert sides.zoom == 1.0
    shown = sides.photo_transform.map(spot) + QPointF(304, 0)
    assert (shown - place).manhattanLength() < 4


def test_a_wide_photo_has_its_views_one_above_the_other(qtbot: QtBot, sides: PhotoView) -> None:
    wide = Image.new("RGB", (900, 100), RED)
    sides.show_comparison(DisplayImage.of(wide), DisplayImage.of(ImageOps.invert(wide)), "After")
    shown = sides.grab().toImage()
    assert colour(shown, QPoint(302, 75)) == RED
    assert colour(shown, QPoint(302, 226)) == TEAL


def test_the_original_is_seen_while_the_button_is_held(
    qtbot: QtBot, program: Program, result: EditedPhoto
) -> None:
    hold = program.window.canvas.compare_bar.hold_button
    click_mode(qtbot, program, CompareMode.RESULT_ONLY)
    qtbot.mousePress(hold, LEFT)
    assert ends(program) == (RED, RED)
    qtbot.mouseRelease(hold, LEFT)
    assert ends(program) == (TEAL, TEAL)


def test_the_original_is_seen_while_o_is_held_in_the_canvas(
    qtbot: QtBot, program: Program, result: EditedPhoto
) -> None:
    view = program.window.canvas.view
    view.setFocus()
    qtbot.keyPress(view, Qt.Key.Key_O)
    assert ends(program) == (RED, RED)
    qtbot.keyRelease(view, Qt.Key.Key_O)
    assert ends(program) == (RED, TEAL)
    qtbot.keyPress(view, Qt.Key.Key_O)
    program.window.composer.instruction_box.setFocus()
    assert ends(program) == (RED, TEAL), "the release of the key goes elsewhere"


def test_side_by_side_the_views_stay_while_the_original_is_seen(
    qtbot: QtBot, program: Program, result: EditedPhoto
) -> None:
    view = program.window.canvas.view
    click_mode(qtbot, program, CompareMode.SIDE_BY_SIDE)
    zoom = view.zoom
    view.hold_before(True)
    assert (view.zoom, ends(program)) == (zoom, (RED, RED))


def test_keys_zoom_in_the_canvas(qtbot: QtBot, program: Program, result: EditedPhoto) -> None:
    view = program.window.canvas.view
    view.zoom_to_pixels()
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == 2.0
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    assert view.zoom == 0.5


def wait_for_difference(qtbot: QtBot, program: Program) -> int:
    view = program.window.canvas.view
    qtbot.waitUntil(lambda: view.comparison.difference is not None)
    assert view.comparison.difference is not None
    return view.comparison.difference.scale


def test_the_difference_is_computed_and_follows_what_is_shown(
    qtbot: QtBot, program: Program, result: EditedPhoto
) -> None:
    click_mode(qtbot, program, CompareMode.DIFFERENCE)
    assert wait_for_difference(qtbot, program) == 255  # 175 levels
    assert ends(program)[0] == ends(program)[1] != RED
    program.tree.set_opacity(result, 0.1)
    qtbot.waitUntil(lambda: program.window.canvas.view.comparison.difference.scale == 32)
    program.tree.set_opacity(result, 0.0)
    qtbot.waitUntil(lambda: program.window.canvas.view.comparison.difference.scale == 0)
    second = edit(qtbot, program, "make it snow twice")
    assert second.opacity == 1.0
    qtbot.waitUntil(lambda: program.window.canvas.view.comparison.difference is not None)
    assert program.window.canvas.view.comparison.difference.scale == 255


def test_the_difference_of_a_preview_is_shown_too(
    qtbot: QtBot, program: Program, result: EditedPhoto
) -> None:
    program.tree.set_opacity(result, 0.0)
    click_mode(qtbot, program, CompareMode.DIFFERENCE)
    assert wait_for_difference(qtbot, program) == 0
    assert program.document.source is not None
    white = Image.new("RGB", program.document.source.image.size, "white")
    program.document.live_preview = DisplayImage.of(white)
    assert wait_for_difference(qtbot, program) == 255
    program.document.live_preview = None
    assert wait_for_difference(qtbot, program) == 0


def test_colours_of_a_difference() -> None:
    left, right = Image.new("RGB", (80, 20), (100, 100, 100)), Image.new("RGB", (80, 20), (100, 100, 100))
    right.paste((100, 104, 100), (20, 0, 40, 20))
    right.paste((70, 100, 100), (40, 0, 80, 20))
    made = difference_of(left, right)
    assert made.scale == 32
    same, small, large = (made.image.levels[0].pixelColor(x, 5).lightness() for x in (5, 30, 60))
    assert same < small < large
    assert difference_of(left, left).scale == 0


def names_in_menu(program: Program) -> list[str]:
    menu = program.window.canvas.compare_bar.other_menu
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def choose_other(program: Program, name: str) -> None:
    menu = program.window.canvas.compare_bar.other_menu
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == name).trigger()


def test_two_results_are_compared(qtbot: QtBot, program: Program, result: EditedPhoto) -> None:
    program.document.change(variations=3)
    edit(qtbot, program, "make it warmer")
    *_, third = program.tree.nodes
    program.edits.show(third)
    view = program.window.canvas.view
    assert names_in_menu(program) == ["Photo", "make it warmer", "make it warmer", "make it snow"]
    choose_other(program, "make it snow")
    qtbot.waitUntil(lambda: view.comparison.other is not None)
    darker = (23, 183, 183)
    assert ends(program) == (TEAL, darker)
    assert view.comparison.before is not None
    assert (view.comparison.before.label, view.comparison.before.detail) == ("Other result", "make it snow")
    view.hold_before(True)
    assert ends(program) == (RED, RED), "the original is the photo"
    view.hold_before(False)
    click_mode(qtbot, program, CompareMode.DIFFERENCE)
    assert wait_for_difference(qtbot, program) == 32
    click_mode(qtbot, program, CompareMode.DIVIDER)
    choose_other(program, "Photo")
    assert ends(program) == (RED, darker)


def test_the_photo_is_back_when_the_other_result_is_shown_or_removed(
    qtbot: QtBot, program: Program, result: EditedPhoto
) -> None:
    second = edit(qtbot, program, "make it warmer")
    view = program.window.canvas.view
    program.compare.compare_with(result)
    qtbot.waitUntil(lambda: view.comparison.other is not None)
    program.edits.show(result)
    assert program.compare.other is None
    assert ends(program) == (RED, TEAL)
    program.window.history_strip.compare_requested.emit(second)
    qtbot.waitUntil(lambda: view.comparison.other is not None)
    program.window.history_strip.remove_requested.emit(second)
    assert (program.compare.other, view.comparison.other) == (None, None)


def test_a_result_is_compared_with_the_photo_on_screen(
    qtbot: QtBot, program: Program, result: EditedPhoto, photo: Path
) -> None:
    other = open_file(qtbot, program, photo)
    program.compare.compare_with(result)
    qtbot.waitUntil(lambda: program.window.canvas.view.comparison.other is not None)
    assert program.document.result is result
    assert program.compare.other is other
    frame = program.window.canvas.view.comparison.frame
    assert (frame.width(), frame.height()) == (96, 64), "both have the shape of the left one"


def test_opacity_is_live_and_kept(qtbot: QtBot, program: Program, result: EditedPhoto) -> None:
    slider = program.window.canvas.compare_bar.opacity_slider
    slider.setFocus()
    for _ in range(5):
        qtbot.keyClick(slider, Qt.Key.Key_PageDown)
    assert result.opacity == 0.5
    left, right = ends(program)
    assert left == RED
    assert max(abs(shown - (a + b) / 2) for shown, a, b in zip(right, RED, TEAL, strict=True)) <= 1.5
    program.window.actions_.undo.trigger()
    assert (result.opacity, slider.value(), ends(program)[1]) == (1.0, 100, TEAL)
    program.window.actions_.redo.trigger()
    assert (result.opacity, slider.value(), ends(program)[1]) == (0.5, 50, right)
    second = edit(qtbot, program, "make it warmer")
    assert (slider.value(), second.opacity) == (100, 1.0)
    program.edits.show(result)
    assert slider.value() == 50
    assert ends(program)[1] == right


def test_the_mode_is_part_of_the_view(program: Program, result: EditedPhoto) -> None:
    view = program.window.canvas.view
    view.compare_mode = CompareMode.SIDE_BY_SIDE
    position = view.position
    view.compare_mode = CompareMode.DIVIDER
    view.position = position
    assert view.compare_mode is CompareMode.SIDE_BY_SIDE
    assert button(program, CompareMode.SIDE_BY_SIDE).isChecked()


def test_the_bar_leaves_out_parts_where_there_is_no_room(program: Program, result: EditedPhoto) -> None:
    canvas = program.window.canvas
    bar = canvas.compare_bar
    assert bar.opacity_slider.isVisible()
    program.window.resize(740, 560)
    assert not bar.opacity_slider.isVisible()
    assert not bar.geometry().intersects(canvas.zoom_bar.geometry())
    program.window.resize(1240, 820)
    assert bar.opacity_slider.isVisible()
    assert bar.hold_button.isVisible()


def test_painting_a_part_again_changes_nothing(qtbot: QtBot, sides: PhotoView) -> None:
    """As a tool does that has drawn on a part of the photo."""
    for zoom, most in ((0.37, 12), (1.0, 0), (8.0, 0)):  # smooth scaling rounds places, seen in noise
        sides.position = replace(sides.position, is_fitted=False, zoom=zoom)
        whole = sides.grab().toImage()
        part = QImage(whole)
        sides.render(part, QPoint(101, 57), QRegion(101, 57, 83, 91))
        differences = difference(to_pillow(part), to_pillow(whole))
        assert differences.getextrema()[1] <= most, zoom
