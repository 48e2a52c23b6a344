"""The window: models, settings, themes, layout, and its stored state."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.session_steps import choose_model
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.edit_settings import SCHEDULER_LABELS, OutputSize, SchedulerName
from engine.errors import ErrorReport
from engine.library import ModelCard, write_model_card
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.base.crashes.crash import CrashReporter
from ip2p_desktop.base.preferences import Preferences, ThemeChoice
from ip2p_desktop.models.dialog.models_dialog import ModelsDialog
from ip2p_desktop.training.training_action import TrainingAction
from ip2p_desktop.widgets.theme_colours import DARK_COLOURS, LIGHT_COLOURS

ROOT = Path(__file__).resolve().parents[3]


def offered(program: Program) -> list[str]:
    menu = program.window.settings_panel.model_menu.menu
    return [menu.itemText(row) for row in range(menu.count())]


def test_the_starter_comes_first(program: Program) -> None:
    assert [card.name for card in program.installed.cards] == ["Starter", "Postcard"]
    assert offered(program) == ["Starter", "Postcard"]
    assert program.document.model is not None
    assert program.document.model.name == "Starter"


def test_a_model_sets_its_settings_description_and_suggestions(program: Program) -> None:
    program.document.change(seed=5)
    choose_model(program, "Postcard")
    panel = program.window.settings_panel
    assert panel.steps.value == 30
    assert panel.text_guidance.value == 6.0
    assert panel.image_guidance.value == 1.2
    assert panel.scheduler.value is SchedulerName.DDIM
    assert panel.resolution.value == 256
    assert panel.seed.value == 5
    assert panel.model_menu.description.text() == "Postcard changes colours."
    assert program.window.composer.chips.suggestions == ("make it a postcard",)


def test_reset_restores_the_recommended_settings(qtbot: QtBot, program: Program) -> None:
    program.window.settings_panel.text_guidance.value = 1.0
    program.window.settings_panel.steps.value = 99
    qtbot.mouseClick(program.window.settings_panel.reset, Qt.MouseButton.LeftButton)
    assert program.document.state.settings.text_guidance_scale == 7.5
    assert program.window.settings_panel.steps.value == 20


def test_a_trained_model_is_found_and_chosen(
    qtbot: QtBot, program: Program, trained_model: ModelCard
) -> None:
    folder = trained_model.path.with_name("night")
    folder.mkdir()
    (folder / "model_index.json").write_text("{}")
    write_model_card(replace(trained_model, path=folder, name="Night"))
    with qtbot.waitSignal(program.installed.changed):
        program.models.training_action.model_trained.emit(folder, "make it night")
    assert program.document.model is not None
    assert program.document.model.name == "Night"
    assert program.window.settings_panel.model_menu.menu.currentText() == "Night"
    assert program.document.state.instruction == "make it night"


def test_reloading_models_keeps_the_settings(program: Program, reload_models: Callable[[], None]) -> None:
    program.document.change(text_guidance_scale=3.0)
    reload_models()
    assert program.document.state.settings.text_guidance_scale == 3.0


def test_the_training_dialog_opens_with_the_models(qtbot: QtBot, program: Program) -> None:
    qtbot.mouseClick(program.window.settings_panel.model_menu.training_button, Qt.MouseButton.LeftButton)
    dialog = program.window.findChild(QDialog, "training_dialog")
    assert dialog is not None
    assert dialog.isVisible()
    assert not program.models.training_action.is_running
    dialog.close()


def open_models(qtbot: QtBot, program: Program) -> ModelsDialog:
    qtbot.mouseClick(program.window.settings_panel.model_menu.models_button, Qt.MouseButton.LeftButton)
    dialog = program.window.findChild(ModelsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: len(dialog.installed_page.model_rows) == 2)
    return dialog


def test_a_model_is_chosen_in_the_models_dialog(qtbot: QtBot, program: Program) -> None:
    dialog = open_models(qtbot, program)
    starter, postcard = dialog.installed_page.model_rows
    assert (starter.use.text(), postcard.use.text()) == ("In use", "Use")
    qtbot.mouseClick(postcard.use, Qt.MouseButton.LeftButton)
    assert program.document.model is not None
    assert program.document.model.name == "Postcard"
    assert program.document.state.settings.num_inference_steps == 30
    assert program.window.settings_panel.model_menu.menu.currentText() == "Postcard"
    assert (starter.use.text(), postcard.use.text()) == ("Use", "In use")


def test_the_chosen_model_stays_chosen_when_all_move(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    choose_model(program, "Postcard")
    program.document.change(text_guidance_scale=3.0)
    dialog = open_models(qtbot, program)
    with qtbot.waitSignals([program.installed.changed, dialog.library.listed]):
        dialog.installed_page.move_to(tmp_path / "elsewhere")
    assert program.document.model is not None
    assert program.document.model.path == tmp_path / "elsewhere" / "postcard"
    assert program.document.state.settings.text_guidance_scale == 3.0
    assert dialog.installed_page.model_rows[1].use.text() == "In use"


def test_a_removed_model_leaves_the_menu(qtbot: QtBot, program: Program) -> None:
    choose_model(program, "Postcard")
    dialog = open_models(qtbot, program)
    row = dialog.installed_page.model_rows[1]
    qtbot.mouseClick(row.remove, Qt.MouseButton.LeftButton)
    with qtbot.waitSignals([program.installed.changed, dialog.library.listed]):
        qtbot.mouseClick(row.confirm, Qt.MouseButton.LeftButton)
    assert [card.name for card in program.installed.cards] == ["Starter"]
    assert offered(program) == ["Starter"]
    assert program.document.model is not None
    assert program.document.model.name == "Starter"


@pytest.mark.parametrize(("answer", "is_stopped"), [("leave_training", False), ("stop_training", True)])
def test_quitting_during_training_asks_what_becomes_of_it(
    program: Program, monkeypatch: pytest.MonkeyPatch, answer: str, is_stopped: bool
) -> None:
    monkeypatch.setattr(TrainingAction, "is_running", True)
    stops: list[None] = []
    monkeypatch.setattr(TrainingAction, "stop", lambda self: stops.append(None))
    program.window.close()
    assert program.window.isVisible()
    question = program.window.findChild(QMessageBox, "quit_question")
    assert question is not None
    question.reject()
    assert program.window.isVisible()
    program.window.close()
    question = program.window.findChildren(QMessageBox, "quit_question")[-1]
    next(button for button in question.buttons() if button.objectName() == answer).click()
    assert not program.window.isVisible()
    assert bool(stops) == is_stopped


def test_the_chosen_model_is_remembered(program: Program) -> None:
    choose_model(program, "Postcard")
    assert Preferences(paths.preferences_file()).model.endswith("postcard")


def test_a_chip_writes_the_instruction(qtbot: QtBot, program: Program) -> None:
    chips = program.window.composer.chips
    chip = chips.findChildren(QAbstractButton)[1]
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert program.document.state.instruction == "make it black and white"
    assert program.window.composer.instruction_box.hasFocus()


def test_tab_leads_from_the_chips_to_the_instruction(qtbot: QtBot, program: Program) -> None:
    chips = program.window.composer.chips.findChildren(QAbstractButton)
    next(chip for chip in chips if chip.text() == "make it snowy").setFocus()
    qtbot.keyClick(program.window, Qt.Key.Key_Tab)
    assert program.window.composer.area_button.hasFocus()
    qtbot.keyClick(program.window, Qt.Key.Key_Tab)
    assert program.window.composer.instruction_box.hasFocus()


def test_more_settings_open_and_close(qtbot: QtBot, program: Program) -> None:
    panel = program.window.settings_panel
    assert not panel.scheduler.isVisible()
    qtbot.mouseClick(panel.more, Qt.MouseButton.LeftButton)
    assert panel.scheduler.isVisible()


def test_every_scheduler_is_offered_by_its_label(program: Program) -> None:
    scheduler = program.window.settings_panel.scheduler
    menu = scheduler.findChild(QComboBox)
    assert [menu.itemText(row) for row in range(menu.count())] == list(SCHEDULER_LABELS.values())
    scheduler.value = SchedulerName.DPMPP_2M_KARRAS
    assert menu.currentText() == "DPM++ 2M Karras"


def test_another_model_keeps_the_settings_it_does_not_recommend(program: Program) -> None:
    document = program.document
    document.change(turbo=True, variations=3, negative_instruction="blurry")
    document.change(output_size=OutputSize.WORKING)
    choose_model(program, "Postcard")
    assert (
        document.state.settings.turbo,
        document.state.variations,
        document.state.negative_instruction,
    ) == (True, 3, "blurry")
    assert document.state.settings.output_size is OutputSize.WORKING


def test_the_settings_panel_hides(qtbot: QtBot, program: Program) -> None:
    qtbot.keyClick(program.window, Qt.Key.Key_F9)
    assert not program.window.settings_panel.isVisible()
    assert not program.window.header.panel_button.isChecked()
    qtbot.mouseClick(program.window.header.panel_button, Qt.MouseButton.LeftButton)
    assert program.window.settings_panel.isVisible()


def test_themes_switch_and_are_remembered(program: Program) -> None:
    for choice, colours in ((ThemeChoice.DARK, DARK_COLOURS), (ThemeChoice.LIGHT, LIGHT_COLOURS)):
        program.window.actions_.theme_chosen.emit(choice)
        assert QApplication.palette().window().color().name() == colours.window
        assert Preferences(paths.preferences_file()).theme is choice
        picture = program.window.composer.grab().toImage()
        assert picture.pixelColor(3, 3).name() == colours.surface
    program.window.actions_.theme_chosen.emit(ThemeChoice.SYSTEM)


@pytest.mark.parametrize("colours", [LIGHT_COLOURS, DARK_COLOURS], ids=["light", "dark"])
def test_text_can_be_read(colours: object) -> None:
    pairs = [
        ("text", "window"),
        ("text", "raised"),
        ("muted", "surface"),
        ("muted", "window"),
        ("text", "accent_soft"),
        ("text", "pressed"),
        ("muted", "raised"),
        ("muted", "canvas"),
        ("on_accent", "accent"),
        ("on_accent", "accent_hover"),
        ("on_accent", "accent_pressed"),
        ("accent_text", "surface"),
        ("accent_text", "accent_soft"),
        ("danger", "danger_soft"),
        ("text", "danger_soft"),
    ]
    for ink, ground in pairs:
        assert contrast(getattr(colours, ink), getattr(colours, ground)) >= 4.5, (ink, ground)


def contrast(first: str, second: str) -> float:
    """Contrast ratio as WCAG 2 defines it."""
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("width", "height"), [(1240, 820), (900, 600), (720, 540)])
def test_nothing_is_clipped(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], width: int, height: int
) -> None:
    open_photo()
    window = program.window
    window.settings_panel.more.setChecked(True)
    window.resize(width, height)
    window.notice_bar.show_error(
        ErrorReport("memory", "Not enough memory. " * 4, "Try a smaller photo. " * 4)
    )
    QApplication.processEvents()
    assert (window.width(), window.height()) == (width, height)
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and isinstance(widget, (QAbstractButton, QLabel, QLineEdit)):
            assert_fits(widget)
    assert window.canvas.view.height() >= 160


def test_the_name_of_the_photo_has_room_in_a_small_window(
    program: Program, open_photo: Callable[[], None]
) -> None:
    open_photo()
    header = program.window.header
    for width, has_words, has_details in ((1240, True, True), (1024, False, False)):
        program.window.resize(width, 640)
        QApplication.processEvents()
        assert header.title.shown_text == "dog.jpg"
        has_text = header.copy_button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        assert (has_text, header.details.isVisible()) == (has_words, has_details)


def assert_fits(widget: QWidget) -> None:
    """Assert that the widget is large enough for its text and inside its parent."""
    needed = widget.minimumSizeHint()
    assert widget.width() >= needed.width(), widget.objectName()
    assert widget.height() >= needed.height() - 1, widget.objectName()
    if isinstance(widget, QLabel) and widget.wordWrap():
        assert widget.height() >= widget.heightForWidth(widget.width()) - 1, widget.text()
    parent = widget.parentWidget()
    corner = widget.mapTo(parent, QPoint(widget.width() - 1, widget.height() - 1))
    assert parent.rect().contains(corner), widget.objectName()


def test_everything_that_takes_focus_has_a_name(program: Program) -> None:
    for widget in program.window.findChildren(QWidget):
        takes_focus = widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes_focus and not widget.objectName().startswith("qt_"):
            spoken = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            assert spoken, f"{type(widget).__name__} {widget.objectName()}"


def test_geometry_is_remembered(program: Program) -> None:
    program.window.resize(1000, 700)
    program.window.show_settings_panel(False)
    program.window.close()
    preferences = Preferences(paths.preferences_file())
    assert preferences.window_geometry
    assert not preferences.shows_settings_panel


def test_an_uncaught_exception_is_reported_as_a_notice(program: Program) -> None:
    reporter = CrashReporter()
    reporter.reported.connect(program.window.notice_bar.show_error)
    reporter.report(ZeroDivisionError, ZeroDivisionError("division by zero"), None)
    notice = program.window.notice_bar
    assert notice.message.text() == "Something unexpected went wrong (ZeroDivisionError)."
    assert notice.action_button.isVisible()


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**bare, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_window_shows_before_anything_heavy_is_imported() -> None:
    code = """
import sys
from PySide6.QtWidgets import QApplication
from ip2p_desktop.base import paths
from ip2p_desktop.app import build_program
from ip2p_desktop.base.preferences import Preferences
application = QApplication([])
program = build_program(application, Preferences(paths.preferences_file()))
program.window.show()
application.processEvents()
heavy = {"torch", "numpy", "diffusers", "transformers", "huggingface_hub", "httpx2"}
dialogs = {"ip2p_desktop.models.dialog", "ip2p_desktop.training.dialog", "engine.downloads"}
print(sorted((heavy | dialogs) & set(sys.modules)))
program.shut_down()
"""
    finished = run_python(code, QT_QPA_PLATFORM="offscreen")
    assert finished.stdout == "[]\n", finished.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux may lack a display")
def test_without_a_display_one_sentence_points_to_the_command_line() -> None:
    code = "import os, sys; os.environ.pop('QT_QPA_PLATFORM', None)\n"
    code += "from ip2p_desktop.app import main; sys.exit(main())"
    finished = run_python(code)
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert "ip2p-desktop edit --help" in finished.stderr
