"""Masks are painted with the mouse, the keyboard and the pen; each change is one step of undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.mask_painter import LEFT, Painter, bounds
from PIL import Image, ImageOps
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.window.canvas.tools.pan import PanTool

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


def near(box: tuple[int, ...] | None, expected: tuple[int, int, int, int]) -> bool:
    return box is not None and all(abs(a - b) <= 1 for a, b in zip(box, expected, strict=True))


def test_each_stroke_is_undone_and_redone(painter: Painter, program: Program) -> None:
    actions = program.window.actions_
    painter.brush(20)
    painter.drag((20, 20), (40, 20))
    first = painter.mask
    assert near(bounds(first), (10, 10, 50, 30))
    painter.drag((70, 50), (75, 50))
    second = painter.mask
    assert near(bounds(second.crop((55, 0, 96, 64))), (5, 40, 30, 60))
    actions.undo.trigger()
    assert painter.mask.tobytes() == first.tobytes()
    actions.undo.trigger()
    assert program.document.state.mask_id == ""
    assert not program.masks.draft.shown or program.masks.draft.shown.is_empty
    actions.redo.trigger()
    actions.redo.trigger()
    assert painter.mask.tobytes() == second.tobytes()
    assert program.masks.draft.shown is not None
    assert program.masks.draft.shown.to_image().tobytes() == second.tobytes()


def test_the_eraser_takes_away_and_x_swaps_it_with_the_brush(painter: Painter, program: Program) -> None:
    painter.brush(20)
    painter.drag((20, 30), (70, 30))
    painter.press(Qt.Key.Key_X)
    assert program.window.actions_.eraser.isChecked()
    painter.drag((45, 30))
    assert painter.mask.getpixel((45, 30)) == 0
    assert painter.mask.getpixel((20, 30)) == painter.mask.getpixel((70, 30)) == 255
    painter.press(Qt.Key.Key_X)
    assert program.window.actions_.brush.isChecked()


def test_erasing_everything_leaves_no_mask(painter: Painter, program: Program) -> None:
    painter.brush(10)
    painter.drag((20, 30))
    program.window.actions_.eraser.trigger()
    painter.program.masks.draft.brush = painter.program.masks.draft.brush.__class__(60.0, 1.0)
    painter.drag((20, 30))
    assert program.document.state.mask_id == ""
    program.window.actions_.undo.trigger()
    assert painter.mask.getpixel((20, 30)) == 255


def test_shift_paints_a_straight_line_from_the_last_point(painter: Painter) -> None:
    painter.brush(8)
    painter.drag((10, 10))
    painter.drag((80, 50), keys=SHIFT)
    assert [painter.mask.getpixel(place) for place in ((45, 30), (62, 40), (45, 12))] == [255, 255, 0]


def test_a_rectangle_is_added_and_with_alt_taken_away(painter: Painter, program: Program) -> None:
    program.window.actions_.rectangle.trigger()
    painter.drag((10, 10), (50, 40))
    assert near(bounds(painter.mask), (10, 10, 50, 40))
    assert painter.mask.getextrema() == (0, 255)
    painter.drag((40, 5), (60, 60), keys=ALT)
    assert near(bounds(painter.mask), (10, 10, 40, 40))
    program.window.actions_.undo.trigger()
    assert near(bounds(painter.mask), (10, 10, 50, 40))


def test_a_click_with_the_rectangle_or_lasso_changes_nothing(painter: Painter, program: Program) -> None:
    for action in (program.window.actions_.rectangle, program.window.actions_.lasso):
        action.trigger()
        painter.drag((30, 30))
        painter.wait()
        assert program.document.state.mask_id == ""


def test_the_lasso_marks_what_it_goes_around(painter: Painter, program: Program) -> None:
    program.window.actions_.lasso.trigger()
    painter.drag((10, 10), (80, 10), (80, 55))
    painter.wait()
    mask = painter.mask
    assert [mask.getpixel(place) for place in ((60, 20), (20, 50), (75, 45))] == [255, 0, 255]
    painter.drag((50, 0), (95, 0), (95, 63), (50, 63), keys=ALT)
    painter.wait()
    assert painter.mask.getpixel((60, 20)) == 0
    assert painter.mask.getpixel((35, 15)) == 255


def test_invert_feather_grow_shrink_and_clear_are_steps_of_undo(painter: Painter, program: Program) -> None:
    actions, bar = program.window.actions_, program.masks.options_bar
    actions.rectangle.trigger()
    painter.drag((30, 20), (60, 45))
    start = painter.mask
    bar.distance_field.setValue(5)
    qtbot = painter.qtbot
    for name, expected in (("grow_mask_button", (25, 15, 65, 50)), ("shrink_mask_button", (30, 20, 60, 45))):
        button = program.window.findChild(QToolButton, name)
        assert button is not None
        qtbot.mouseClick(button, LEFT)
        painter.wait()
        assert near(bounds(painter.mask), expected), name
    actions.feather_mask.trigger()
    painter.wait()
    assert 0 < painter.mask.getpixel((30, 30)) < 255  # type: ignore[operator]
    feathered = painter.mask
    qtbot.keyClick(program.window.composer.instruction_box, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert painter.mask.tobytes() == ImageOps.invert(feathered).tobytes()
    qtbot.keyClick(
        painter.view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert program.document.state.mask_id == ""
    for _ in range(3):
        actions.undo.trigger()
    assert near(bounds(painter.mask), (30, 20, 60, 45))
    actions.undo.trigger()
    actions.undo.trigger()
    assert painter.mask.tobytes() == start.tobytes()


def test_letters_choose_tools_on_the_photo_and_are_typed_elsewhere(
    painter: Painter, program: Program
) -> None:
    actions = program.window.actions_
    box = program.window.composer.instruction_box
    box.clear()
    painter.qtbot.keyClicks(box, "berlvxq[]")
    assert box.text() == "berlvxq[]"
    assert actions.pan.isChecked()
    painter.view.setFocus()
    for key, action in (
        (Qt.Key.Key_B, actions.brush),
        (Qt.Key.Key_E, actions.eraser),
        (Qt.Key.Key_R, actions.rectangle),
        (Qt.Key.Key_L, actions.lasso),
        (Qt.Key.Key_V, actions.pan),
    ):
        painter.press(key)
        assert action.isChecked()
    painter.press(Qt.Key.Key_Q)
    assert not actions.mask_overlay.isChecked()


def test_keys_change_the_brush_and_the_bar_shows_it(painter: Painter, program: Program) -> None:
    painter.brush(20, 0.5)
    size = program.window.findChild(QSpinBox, "brush_size")
    hardness = program.window.findChild(QSpinBox, "brush_hardness")
    assert size is not None
    assert hardness is not None
    painter.press(Qt.Key.Key_BracketRight)
    assert size.value() == 23
    painter.press(Qt.Key.Key_BracketLeft)
    painter.press(Qt.Key.Key_BracketLeft)
    assert size.value() == 17
    painter.press(Qt.Key.Key_BracketRight, SHIFT)
    assert hardness.value() == 60
    painter.press(Qt.Key.Key_BracketLeft, SHIFT)
    painter.press(Qt.Key.Key_BracketLeft, SHIFT)
    assert hardness.value() == 40
    size.setValue(31)
    assert program.masks.draft.brush.size == 31


def test_the_smallest_brush_can_be_made_larger_again(painter: Painter, program: Program) -> None:
    painter.brush(2)
    for _ in range(3):
        painter.press(Qt.Key.Key_BracketLeft)
    assert program.masks.draft.brush.size == 1
    painter.press(Qt.Key.Key_BracketRight)
    assert program.masks.draft.brush.size == 2


def test_escape_takes_back_the_stroke_then_leaves_the_tool(painter: Painter, program: Program) -> None:
    painter.brush(20)
    painter.drag((20, 20), (60, 20), releases=False)
    assert program.masks.draft.shown is not None
    assert not program.masks.draft.shown.is_empty
    painter.press(Qt.Key.Key_Escape)
    assert program.masks.draft.shown.is_empty
    painter.qtbot.mouseRelease(painter.view, LEFT, pos=painter.place(60, 20))
    assert program.document.state.mask_id == ""
    assert program.window.actions_.brush.isChecked()
    painter.press(Qt.Key.Key_Escape)
    assert program.window.actions_.pan.isChecked()
    assert isinstance(painter.view.tool, PanTool)


def test_the_space_key_pans_while_it_is_held(painter: Painter, program: Program) -> None:
    painter.brush(20)
    for _ in range(6):
        painter.view.zoom_in()
    before = painter.view.photo_transform.dx()
    painter.qtbot.keyPress(painter.view, Qt.Key.Key_Space)
    centre = painter.view.rect().center()
    painter.qtbot.mousePress(painter.view, LEFT, pos=centre)
    painter.qtbot.mouseMove(painter.view, centre.transposed())
    painter.qtbot.mouseRelease(painter.view, LEFT, pos=centre.transposed())
    painter.qtbot.keyRelease(painter.view, Qt.Key.Key_Space)
    assert painter.view.photo_transform.dx() != before
    assert program.document.state.mask_id == ""
    assert program.window.actions_.brush.isChecked()


def test_a_pen_that_presses_less_paints_thinner(painter: Painter) -> None:
    painter.brush(30)
    pen = QPointingDevice(
        "pen",
        1,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Pressure,
        1,
        1,
    )

    def touch(kind: QEvent.Type, pressure: float, button: Qt.MouseButton) -> None:
        place = QPointF(painter.place(40, 30))
        everywhere = QPointF(painter.view.mapToGlobal(place))
        event = QTabletEvent(
            kind,
            pen,
            place,
            everywhere,
            pressure,
            0,
            0,
            0,
            0,
            0,
            Qt.KeyboardModifier.NoModifier,
            button,
            button,
        )
        QApplication.sendEvent(painter.view, event)
        assert not event.isAccepted()  # so that the system sends it as one of the mouse

    touch(QEvent.Type.TabletPress, 0.3, LEFT)
    painter.drag((40, 30))
    left, _, right, _ = bounds(painter.mask) or (0, 0, 0, 0)
    assert right - left == pytest.approx(30 * 0.37, abs=2)
    touch(QEvent.Type.TabletRelease, 0.0, Qt.MouseButton.NoButton)
    painter.drag((40, 30))
    left, _, right, _ = bounds(painter.mask) or (0, 0, 0, 0)
    assert right - left == pytest.approx(30, abs=2)


def test_a_mask_is_saved_and_loaded_as_it_is(painter: Painter, program: Program, tmp_path: Path) -> None:
    actions, file = program.window.actions_, tmp_path / "mask.png"
    painter.brush(30, 0.2)
    painter.drag((20, 20), (70, 40))
    painted = painter.mask
    actions.save_mask.trigger()
    dialog = program.window.findChild(QFileDialog, "save_mask_dialog")
    assert dialog is not None
    dialog.fileSelected.emit(str(file))
    dialog.close()
    bar = program.window.notice_bar
    painter.qtbot.waitUntil(lambda: "mask.png" in bar.message.text())
    with Image.open(file) as saved:
        assert saved.mode == "L"
        assert saved.tobytes() == painted.tobytes()
    actions.clear_mask.trigger()
    actions.load_mask.trigger()
    dialog = program.window.findChild(QFileDialog, "open_mask_dialog")
    assert dialog is not None
    dialog.fileSelected.emit(str(file))
    dialog.close()
    painter.wait()
    assert painter.mask.tobytes() == painted.tobytes()


@pytest.mark.parametrize("size", [(50, 50), (96, 64)])
def test_a_picture_that_is_no_mask_of_the_photo_changes_nothing(
    painter: Painter, program: Program, tmp_path: Path, size: tuple[int, int]
) -> None:
    file = tmp_path / "other.png"
    Image.new("L", size, 0).save(file)  # black: nothing is marked
    painter.brush(30)
    painter.drag((20, 20))
    before = program.document.state
    program.masks.load(file)
    painter.wait()
    assert program.window.notice_bar.isVisible()
    assert "mask" in program.window.notice_bar.message.text()
    assert program.document.state == before


def test_every_control_has_a_name_and_a_tip(painter: Painter, program: Program) -> None:
    painter.brush(20)
    for bar in (program.masks.tool_bar, program.masks.options_bar):
        controls = [*bar.findChildren(QToolButton), *bar.findChildren(QSpinBox)]
        assert controls
        for control in controls:
            assert control.accessibleName(), control.objectName()
            assert control.toolTip(), control.objectName()
            assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control.objectName()


def test_without_a_photo_there_is_nothing_to_paint(qtbot: QtBot, program: Program) -> None:
    actions = program.window.actions_
    assert not program.masks.tool_bar.isVisible()
    for action in (actions.brush, actions.select_subject, actions.invert_mask, actions.load_mask):
        assert not action.isEnabled()
    assert program.document.state.mask_id == EditState().mask_id


def test_a_mask_that_an_operation_leaves_nothing_of_can_be_had_back(
    painter: Painter, program: Program
) -> None:
    painter.brush(20)
    painter.drag((40, 30))
    painted, bar = painter.mask, program.window.notice_bar
    program.masks.options_bar.distance_field.setValue(400)
    program.window.actions_.shrink_mask.trigger()
    painter.wait()
    assert program.document.state.mask_id == ""
    assert "mask" in bar.message.text()
    painter.qtbot.mouseClick(bar.action_button, Qt.MouseButton.LeftButton)
    assert painter.mask.tobytes() == painted.tobytes()
    assert not bar.isVisible()
