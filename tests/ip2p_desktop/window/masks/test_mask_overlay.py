"""The mask is seen on the photo at every zoom, and the bars cover neither each other nor a notice."""

from __future__ import annotations

from itertools import combinations

import pytest
from fakes.fake_editor import FakeEditor
from fakes.mask_painter import LEFT, Painter
from fakes.session_steps import edit
from PIL import Image
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QAction, QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from ip2p_desktop.app import Program
from ip2p_desktop.session.masks.mask import TILE, Mask
from ip2p_desktop.window.masks.mask_overlay import MaskOverlay

SIZE = (5 * TILE + 40, 3 * TILE + 30)


def painted(overlay: MaskOverlay, scale: float, shift: tuple[float, float] = (0, 0)) -> QImage:
    """What the overlay paints on white."""
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.translate(*shift)
    painter.scale(scale, scale)
    painter.setClipRect(painter.worldTransform().inverted()[0].mapRect(image.rect().toRectF()))
    overlay.paint(painter)
    painter.end()
    return image


def redness(image: QImage, x: float, y: float) -> int:
    """255 where the overlay is not, 127 where all of it is."""
    return image.pixelColor(int(x), int(y)).green()


@pytest.mark.parametrize("scale", [0.15, 0.29, 0.5, 0.9, 1.0, 3.0])
def test_it_lies_where_the_mask_is_at_every_zoom(scale: float) -> None:
    overlay = MaskOverlay(QColor(255, 0, 0))
    mask = Mask.empty(SIZE).with_rectangle((100, 100, 700, 500))
    overlay.mask = mask
    for x, y, value in ((400, 300, 127), (60, 300, 255), (740, 300, 255), (400, 540, 255), (130, 130, 127)):
        shift = (200 - x * scale, 150 - y * scale)
        assert redness(painted(overlay, scale, shift), 200, 150) == pytest.approx(value, abs=2), (x, y)


@pytest.mark.parametrize("scale", [0.2, 1.0])
def test_a_change_is_painted_as_if_all_of_it_were_new(scale: float) -> None:
    changed, new = MaskOverlay(QColor(255, 0, 0)), MaskOverlay(QColor(255, 0, 0))
    mask = Mask.empty(SIZE).with_rectangle((100, 100, 700, 500))
    changed.mask = mask
    painted(changed, scale)
    later = mask.with_added(Image.effect_noise((90, 90), 80), (50, 200)).with_rectangle(
        (0, 0, 2 * TILE, 40), is_removed=True
    )
    changed.mask = new.mask = later
    assert painted(changed, scale) == painted(new, scale)
    changed.mask = mask.inverted()
    new = MaskOverlay(QColor(255, 0, 0))
    new.mask = mask.inverted()
    assert painted(changed, scale) == painted(new, scale)


def test_tiles_meet_without_a_seam() -> None:
    overlay = MaskOverlay(QColor(255, 0, 0))
    overlay.mask = Mask.empty(SIZE).inverted()
    for scale in (0.23, 0.61, 0.97):
        image = painted(overlay, scale)
        values = {redness(image, x, 60) for x in range(5, int(min(SIZE[0] * scale, 400)) - 5)}
        assert max(values) - min(values) <= 1


def test_the_stroke_is_seen_while_it_is_painted(painter: Painter, program: Program) -> None:
    painter.brush(30)
    place = painter.place(40, 30)
    before = painter.view.grab().toImage().pixelColor(place)
    painter.drag((40, 30), (42, 30), releases=False)
    program.masks.tools.tool.leave()  # type: ignore[union-attr]
    during = painter.view.grab().toImage().pixelColor(place)
    assert during.red() > before.red() + 40
    painter.qtbot.mouseRelease(painter.view, LEFT, pos=place)
    program.window.actions_.mask_overlay.trigger()
    assert painter.view.grab().toImage().pixelColor(place + QPoint(25, 0)) != during


def test_the_colour_is_chosen_and_kept(painter: Painter, program: Program) -> None:
    painter.brush(30)
    painter.drag((40, 30))
    action = program.masks.options_bar.findChild(QAction, "colour_Blue")
    assert action is not None
    action.trigger()
    colour = painter.view.grab().toImage().pixelColor(painter.place(36, 34))
    assert colour.blue() > colour.red() + 60
    assert QColor(program.preferences.mask_colour) == program.masks.overlay.colour


def test_a_result_is_not_covered_unless_a_tool_is_used(
    painter: Painter, program: Program, editor: FakeEditor
) -> None:
    painter.brush(20)
    painter.drag((20, 20))
    program.window.actions_.pan.trigger()
    assert program.masks.overlay.mask is not None
    assert program.masks.options_bar.isVisible()
    edit(painter.qtbot, program, "make it snowy")
    assert program.masks.overlay.mask is None
    assert not program.masks.options_bar.isVisible()
    program.window.actions_.eraser.trigger()
    assert program.masks.overlay.mask is not None
    assert program.masks.options_bar.isVisible()


def test_a_stroke_may_begin_where_the_divider_is(
    painter: Painter, program: Program, editor: FakeEditor
) -> None:
    edit(painter.qtbot, program, "make it snowy")
    divider = painter.view.divider
    centre = divider.geometry().center()
    assert painter.view.childAt(centre) is divider
    painter.brush(20)
    assert painter.view.childAt(centre) is None
    program.window.actions_.pan.trigger()
    assert painter.view.childAt(centre) is divider


def test_in_a_small_window_what_has_no_room_is_in_the_menu(painter: Painter, program: Program) -> None:
    painter.brush(20)
    painter.drag((20, 20))
    options, actions = program.masks.options_bar, program.window.actions_
    for width, height in ((720, 400), (720, 520), (1240, 420), (1240, 820)):
        program.window.resize(width, height)
        for _ in range(3):
            QApplication.processEvents()
        canvas = program.window.canvas
        for bar in (program.masks.tool_bar, program.masks.options_bar):
            place = QRect(bar.mapTo(canvas, QPoint(0, 0)), bar.size())
            assert not bar.isVisible() or canvas.rect().contains(place), (width, height)
        assert program.window.composer.instruction_box.width() >= 150
        assert options.isVisible(), (width, height)
        is_in_menu = actions.invert_mask in options.menu_button.menu().actions()
        button = options.findChild(QToolButton, "invert_mask_button")
        assert button is not None
        assert is_in_menu is not button.isVisible(), (width, height)
    assert program.masks.tool_bar.isVisible()
    assert program.masks.options_bar.isVisible()


@pytest.mark.parametrize("size", [(1240, 820), (1024, 640), (860, 560)])
def test_a_fitted_photo_is_clear_of_the_bars(
    painter: Painter, program: Program, size: tuple[int, int]
) -> None:
    program.window.resize(*size)
    painter.brush(20)
    for _ in range(3):
        QApplication.processEvents()
    photo = painter.view.photo_transform.mapRect(QRectF(0, 0, 96, 64)).toAlignedRect()
    for bar in (program.masks.tool_bar, program.masks.options_bar):
        assert bar.isVisible()
        assert not bar.geometry().intersects(photo), bar.objectName()


def test_bars_leave_a_photo_its_size_in_a_low_window_and_a_notice_does_not_move_it(
    painter: Painter, program: Program
) -> None:
    window = program.window
    painter.brush(20)
    window.resize(1024, 640)
    QApplication.processEvents()
    before = painter.view.photo_transform
    window.notice_bar.show_advice("Something happened.", "Do something about it.")
    QApplication.processEvents()
    assert painter.view.photo_transform == before
    window.notice_bar.clear()
    window.resize(720, 400)
    for _ in range(3):
        QApplication.processEvents()
    zoom = painter.view.zoom
    painter.view.reserve(left=0, top=0)
    assert painter.view.zoom == zoom


@pytest.mark.parametrize("size", [(1240, 820), (1024, 640), (860, 560)])
@pytest.mark.parametrize("has_notice", [False, True])
@pytest.mark.parametrize("has_result", [False, True])
@pytest.mark.parametrize("tool", ["brush", "lasso"])
def test_the_bars_cover_nothing_else(
    painter: Painter, program: Program, size: tuple[int, int], has_result: bool, has_notice: bool, tool: str
) -> None:
    window, canvas = program.window, program.window.canvas
    window.resize(*size)
    painter.brush(20)
    painter.drag((20, 20))
    if has_result:
        edit(painter.qtbot, program, "make it snowy")
    getattr(window.actions_, tool).trigger()
    if has_notice:
        window.notice_bar.show_advice("Something happened.", "Do something about it.")
    for _ in range(3):
        QApplication.processEvents()
    bars: list[QWidget] = [program.masks.tool_bar, program.masks.options_bar, canvas.zoom_bar]
    bars += [window.notice_bar] if has_notice else []
    bars += [canvas.compare_bar] if has_result else []
    places = {
        bar.objectName(): QRect(bar.mapTo(canvas, QPoint(0, 0)), bar.size())
        for bar in bars
        if bar.isVisible()
    }
    assert len(places) == len(bars)
    for (name, place), (other, other_place) in combinations(places.items(), 2):
        assert not place.intersects(other_place), (name, other)
    for name, place in places.items():
        assert canvas.rect().contains(place), name
    for bar in (program.masks.tool_bar, program.masks.options_bar):
        for button in bar.findChildren(QToolButton):
            place = QRect(button.mapTo(bar, QPoint(0, 0)), button.size())
            assert bar.rect().contains(place), button.objectName()
