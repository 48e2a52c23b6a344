"""Recommended values are marked; settings without an effect are disabled and say why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.edit_settings import OutputSize, SchedulerName
from engine.instructions import InstructionReading
from engine.library.useful_ranges import UsefulRanges, ValueRange
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.widgets.controls.choice_control import ChoiceControl
from ip2p_desktop.window.controls.settings_panel import SettingsPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(program: Program) -> SettingsPanel:
    program.window.settings_panel.more.setChecked(True)
    QApplication.processEvents()
    return program.window.settings_panel


def field(panel: SettingsPanel, name: str) -> QWidget:
    found = panel.findChild(QWidget, name)
    assert found is not None
    return found


def choose_model(program: Program, name: str) -> None:
    program.document.choose_model(next(card for card in program.installed.cards if card.name == name))


def test_ticks_and_tooltips_follow_the_model(program: Program, panel: SettingsPanel) -> None:
    assert panel.text_guidance.slider.mark == pytest.approx(75)
    assert "Recommended: 7.5" in panel.text_guidance.toolTip()
    choose_model(program, "Postcard")
    assert panel.text_guidance.slider.mark == pytest.approx(60)
    assert panel.image_guidance.slider.mark == pytest.approx(24)
    assert panel.steps.slider.mark == 30
    assert "Recommended: 6" in panel.text_guidance.toolTip()
    assert "Recommended: 1" in panel.variations.toolTip()
    assert "Recommended: off" in panel.turbo.toolTip()


def test_the_recommended_choice_is_marked_in_the_open_menu(program: Program, panel: SettingsPanel) -> None:
    def marked(control: object) -> str:
        assert isinstance(control, ChoiceControl)
        return control._menu.marked_text()

    assert marked(panel.scheduler) == "Euler a (recommended)"
    choose_model(program, "Postcard")
    assert marked(panel.scheduler) == "DDIM (recommended)"
    assert marked(panel.resolution) == "256 pixels (recommended)"
    assert panel.scheduler._menu.currentText() == "DDIM", "the closed menu has no room for it"
    texts = [panel.scheduler._menu.itemText(row) for row in range(panel.scheduler._menu.count())]
    assert texts.count("DDIM") == 1


def test_a_double_click_on_name_or_tick_resets_that_setting(
    qtbot: QtBot, program: Program, panel: SettingsPanel
) -> None:
    program.document.change(text_guidance_scale=3.0, image_guidance_scale=3.0, num_inference_steps=50)
    qtbot.mouseDClick(panel.text_guidance.caption, LEFT)
    slider = panel.image_guidance.slider
    qtbot.mouseDClick(slider, LEFT, pos=QPoint(round(slider.mark_position()), slider.height() // 2))
    settings = program.document.state.settings
    assert (settings.text_guidance_scale, settings.image_guidance_scale) == (7.5, 1.5)
    assert settings.num_inference_steps == 50
    assert program.document.state.value("scheduler") is SchedulerName.EULER_ANCESTRAL


def test_a_double_click_elsewhere_on_the_slider_does_not_reset(
    qtbot: QtBot, program: Program, panel: SettingsPanel
) -> None:
    program.document.change(text_guidance_scale=3.0)
    slider = panel.text_guidance.slider
    qtbot.mouseDClick(slider, LEFT, pos=QPoint(4, slider.height() // 2))
    assert program.document.state.settings.text_guidance_scale != 7.5


def test_avoid_needs_guidance(program: Program, panel: SettingsPanel) -> None:
    avoid = field(panel, "negative_instruction_field")
    assert avoid.isEnabled()
    program.document.change(text_guidance_scale=1.0, image_guidance_scale=1.0)
    assert not avoid.isEnabled()
    assert "both guidance values are 1" in panel.negative_instruction.toolTip()
    assert "both guidance values are 1" in panel.negative_instruction.hint.text()
    assert "both guidance values are 1" in avoid.accessibleDescription()
    assert panel.negative_instruction.hint.isEnabled(), "the reason is not faint"
    program.document.change(image_guidance_scale=1.5)
    assert avoid.isEnabled()
    assert panel.negative_instruction.hint.text().startswith("What the edit should keep away from")


def test_turbo_needs_steps_and_detail_a_large_result(program: Program, panel: SettingsPanel) -> None:
    assert panel.turbo.switch.isEnabled()
    assert field(panel, "detail_menu").isEnabled()
    program.document.change(num_inference_steps=7, output_size=OutputSize.WORKING)
    assert not panel.turbo.switch.isEnabled()
    assert panel.turbo.hint.text() == "No effect below 8 steps."
    assert not field(panel, "detail_menu").isEnabled()
    assert panel.detail.hint.text() == "Only for results as large as the photo."
    program.document.change(num_inference_steps=8, output_size=OutputSize.SOURCE)
    assert panel.turbo.switch.isEnabled()
    assert field(panel, "detail_menu").isEnabled()


def test_steps_beyond_what_helps_are_remarked(program: Program, panel: SettingsPanel) -> None:
    document = program.document
    assert document.model is not None
    ranges = UsefulRanges(num_inference_steps=ValueRange(1, 8))
    document.update_model(replace(document.model, useful_ranges=ranges))
    assert panel.steps.hint.text() == "More than 8 steps bring nothing with this model."
    assert panel.steps.slider.isEnabled()
    document.change(num_inference_steps=8)
    assert panel.steps.hint.text() == "More steps bring finer detail and take longer."


def test_seed_and_variations_follow_the_instruction(program: Program, panel: SettingsPanel) -> None:
    document = program.document
    assert document.model is not None
    document.update_model(replace(document.model, seeded_edits=("snowy",)))
    document.change(num_inference_steps=1, instruction="make it sepia", variations=3)
    seed, variations = field(panel, "seed_field"), field(panel, "variations_field")
    assert seed.isEnabled(), "the instruction has not been read"
    document.reading = InstructionReading(
        typed="make it sepia", instruction="make it sepia", families=("sepia",)
    )
    assert not seed.isEnabled()
    assert not field(panel, "seed_dice").isEnabled()
    assert not variations.isEnabled()
    assert not panel.variations.more.isEnabled()
    assert panel.variations.fewer.isEnabled(), "the way back to one"
    assert "with every seed" in panel.seed.hint.text()
    document.change(instruction="make it snowy")
    assert seed.isEnabled(), "the reading is of the instruction before"
    document.reading = InstructionReading(
        typed="make it snowy", instruction="make it snowy", families=("snowy",)
    )
    assert seed.isEnabled()


def test_nothing_is_cut_off_at_the_side_with_remarks(program: Program, panel: SettingsPanel) -> None:
    program.document.change(text_guidance_scale=1.0, image_guidance_scale=1.0, num_inference_steps=1)
    program.guidance.section.disclosure.click()
    program.window.resize(1024, 640)
    QApplication.processEvents()
    assert panel.horizontalScrollBar().maximum() == 0
    assert panel.verticalScrollBar().maximum() > 0


@pytest.fixture
def starter_program(qapp: QApplication, data_folder: Path) -> Iterator[Program]:
    """A window with the starter that ships."""
    program = build_program(qapp, Preferences(paths.preferences_file()), FakeEditor().make)
    yield program
    program.window.close()
    program.shut_down()
    program.window.deleteLater()


def test_the_starter_says_what_has_no_effect(qtbot: QtBot, starter_program: Program) -> None:
    program, panel = starter_program, starter_program.window.settings_panel
    qtbot.waitUntil(lambda: program.document.model is not None)
    disabled = {name for name, control in panel.controls.items() if not control.has_effect}
    assert disabled == {"turbo", "negative_instruction"}
    program.document.change(instruction="make it sepia")
    qtbot.waitUntil(lambda: not panel.seed.has_effect, timeout=20_000)
    program.document.change(instruction="make it snow")
    qtbot.waitUntil(lambda: panel.seed.has_effect, timeout=20_000)
    program.document.change(num_inference_steps=4)
    assert panel.steps.hint.text() == "More than 1 step brings nothing with this model."
