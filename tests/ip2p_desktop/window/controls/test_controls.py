"""Each control is a value and a signal."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.edit_settings import MAX_SEED
from engine.progress import Progress, Stage
from ip2p_desktop.widgets.controls.choice_control import ChoiceControl
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.controls.stepper import Stepper
from ip2p_desktop.widgets.controls.switch_control import SwitchControl
from ip2p_desktop.window.controls.guidance_slider import GuidanceSlider
from ip2p_desktop.window.controls.instruction_box import InstructionBox
from ip2p_desktop.window.controls.progress_row import ProgressRow
from ip2p_desktop.window.controls.seed_control import SeedControl
from ip2p_desktop.window.controls.suggestion_chips import SuggestionChips


@pytest.fixture
def slider(qtbot: QtBot) -> GuidanceSlider:
    slider = GuidanceSlider(name="image_guidance", label="Image guidance", help_text="Keeps.", step=0.05)
    qtbot.addWidget(slider)
    slider.show()
    return slider


def test_slider_and_spin_box_stay_in_step(qtbot: QtBot, slider: GuidanceSlider) -> None:
    slider.value = 1.5
    assert slider.slider.value() == 30
    slider.slider.setFocus()
    with qtbot.waitSignal(slider.value_changed) as changed:
        qtbot.keyClick(slider.slider, Qt.Key.Key_Left)
    assert changed.args == [1.45]
    assert slider.spin_box.value() == 1.45


def test_a_typed_value_need_not_lie_on_the_sliders_grid(qtbot: QtBot, slider: GuidanceSlider) -> None:
    slider.spin_box.selectAll()
    qtbot.keyClicks(slider.spin_box, "0.72")
    qtbot.keyClick(slider.spin_box, Qt.Key.Key_Return)
    assert slider.value == 0.72
    assert slider.slider.value() == 14


def test_one_change_is_announced_once(qtbot: QtBot, slider: GuidanceSlider) -> None:
    values: list[object] = []
    slider.value_changed.connect(values.append)
    slider.slider.setValue(60)
    assert values == [3.0]


def test_a_value_beyond_the_range_widens_it(slider: GuidanceSlider) -> None:
    slider.value = 12.0
    assert slider.value == 12.0
    assert slider.slider.maximum() == 240


def test_the_wheel_changes_no_number(slider: GuidanceSlider) -> None:
    slider.value = 1.5
    for field in (slider.slider, slider.spin_box):
        event = QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, event)
    assert slider.value == 1.5


def test_whole_numbers_stay_whole(qtbot: QtBot) -> None:
    steps = GuidanceSlider(name="steps", label="Steps", help_text="", minimum=1, maximum=100, step=1)
    qtbot.addWidget(steps)
    steps.value = 20
    assert isinstance(steps.value, int)
    assert steps.spin_box.text() == "20"


def test_typing_a_seed_ends_randomising(qtbot: QtBot) -> None:
    seed = SeedControl()
    qtbot.addWidget(seed)
    seed.randomises = True
    seed.field.selectAll()
    qtbot.keyClicks(seed.field, "9999999999999999999x")
    assert seed.value == MAX_SEED
    assert not seed.randomises
    qtbot.keyClick(seed.field, Qt.Key.Key_Return)
    assert seed.field.text() == str(MAX_SEED)


def test_an_unlisted_choice_is_added(qtbot: QtBot) -> None:
    resolution = ChoiceControl(name="resolution", label="Resolution", choices=[("512 pixels", 512)])
    qtbot.addWidget(resolution)
    with qtbot.waitSignal(resolution.value_changed) as changed:
        resolution.value = 448
    assert changed.args == [448]


@pytest.fixture
def instruction_box(qtbot: QtBot) -> InstructionBox:
    box = InstructionBox()
    qtbot.addWidget(box)
    box.suggestions = ["make it black and white", "make it snowy"]
    box.show()
    box.setFocus()
    return box


def test_enter_submits_the_instruction(qtbot: QtBot, instruction_box: InstructionBox) -> None:
    qtbot.keyClicks(instruction_box, "make it snow")
    with qtbot.waitSignal(instruction_box.submitted):
        qtbot.keyClick(instruction_box, Qt.Key.Key_Return)
    assert instruction_box.value == "make it snow"


def test_suggestions_complete_from_anywhere_in_them(qtbot: QtBot, instruction_box: InstructionBox) -> None:
    qtbot.keyClicks(instruction_box, "BLACK")
    popup = instruction_box.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert instruction_box.value == "make it black and white"


def test_enter_submits_while_suggestions_are_open(qtbot: QtBot, instruction_box: InstructionBox) -> None:
    qtbot.keyClicks(instruction_box, "snow")
    popup = instruction_box.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    with qtbot.waitSignal(instruction_box.submitted):
        qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert instruction_box.value == "snow"


def test_chips_without_room_wait_in_the_menu(qtbot: QtBot) -> None:
    chips = SuggestionChips()
    qtbot.addWidget(chips)
    chips.show()
    suggestions = [f"make it {colour}" for colour in ("red", "green", "blue", "yellow", "pink")]
    chips.suggestions = suggestions
    chips.resize(1000, chips.height())
    assert chips.shown == suggestions
    assert not chips.more.isVisible()
    chips.resize(300, chips.height())
    assert 0 < len(chips.shown) < 5
    assert chips.more.isVisible()
    assert chips.more.geometry().right() <= 300
    qtbot.mouseClick(chips.more, Qt.MouseButton.LeftButton)
    assert [action.text() for action in chips.menu.actions()] == suggestions[len(chips.shown) :]
    with qtbot.waitSignal(chips.chosen) as chosen:
        chips.menu.actions()[-1].trigger()
    chips.menu.close()
    assert chosen.args == ["make it pink"]


def test_the_progress_row_shows_steps_and_time_together(qtbot: QtBot) -> None:
    row = ProgressRow()
    qtbot.addWidget(row)
    row.show_progress(Progress(Stage.SAMPLING, 0, 21))
    assert (row.label.text(), row.time_left.text(), row.bar.maximum()) == ("Editing", "", 0)
    row.show_progress(Progress(Stage.SAMPLING, 0, 21), share=0.25, seconds_left=32.4)
    assert row.label.text() == "Editing · step 0 of 21"
    assert row.time_left.text() == "about 32 s left"
    assert row.bar.value() / row.bar.maximum() == 0.25
    row.show_progress(Progress(Stage.FINISHING), share=0.5, seconds_left=1800.0, place=(1, 2))
    assert row.label.text() == "Edit 1 of 2 · Finishing the picture"
    assert row.time_left.text() == "about 30 min left"


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_text(qtbot: QtBot, stage: Stage) -> None:
    row = ProgressRow()
    qtbot.addWidget(row)
    row.show_progress(Progress(stage))
    assert row.label.text()
    assert row.label.text() != stage.value


def test_the_stepper_goes_up_and_down_to_its_ends(qtbot: QtBot) -> None:
    stepper = Stepper(name="variations", label="Variations", help_text="", minimum=1, maximum=3)
    qtbot.addWidget(stepper)
    values: list[object] = []
    stepper.value_changed.connect(values.append)
    assert not stepper.fewer.isEnabled()
    for _ in range(3):
        qtbot.mouseClick(stepper.more, Qt.MouseButton.LeftButton)
    assert values == [2, 3]
    assert not stepper.more.isEnabled()
    qtbot.mouseClick(stepper.fewer, Qt.MouseButton.LeftButton)
    assert stepper.value == 2


def test_the_switch_is_pressed_anywhere_and_by_key(qtbot: QtBot) -> None:
    turbo = SwitchControl(name="turbo", label="Turbo", help_text="Faster.")
    qtbot.addWidget(turbo)
    turbo.show()
    with qtbot.waitSignal(turbo.value_changed) as changed:
        qtbot.mouseClick(turbo.switch, Qt.MouseButton.LeftButton, pos=turbo.switch.rect().center())
    assert changed.args == [True]
    on = turbo.switch.grab().toImage()
    qtbot.keyClick(turbo.switch, Qt.Key.Key_Space)
    assert not turbo.value
    assert turbo.switch.grab().toImage() != on


def test_an_elided_label_has_the_whole_text_as_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("a very long name of a photo.jpg")
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    label.grab()
    assert "…" in label.shown_text
    assert label.toolTip() == "a very long name of a photo.jpg"
