"""The live preview: what it follows, when there is none, and that edits have precedence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor, Gate
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from pytestqt.qtbot import QtBot

from engine.edit_settings import OutputSize
from engine.errors import ModelNotUsable
from engine.instructions import InstructionReading, Verdict
from engine.library import ModelCard
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.previews import preview_worker
from ip2p_desktop.window.live.live_preview_controller import PAUSE_MS
from ip2p_desktop.window.preferences_dialog import PreferencesDialog

WARM_UP = "make it black and white"
"""The first suggestion of the model."""


@pytest.fixture
def opened(program: Program, open_photo: Callable[[], None]) -> Program:
    open_photo()
    return program


def type_text(qtbot: QtBot, program: Program, text: str) -> None:
    program.window.composer.instruction_box.clear()
    qtbot.keyClicks(program.window.composer.instruction_box, text)


def live(editor: FakeEditor) -> list[str]:
    """The instructions of previews, without those of the chips and the one that warms up the model."""
    previews = [each.instruction for each in editor.previews if each.settings.resolution == 256]
    return [each for each in previews if each != WARM_UP]


def wait_for_preview(qtbot: QtBot, program: Program) -> None:
    qtbot.waitUntil(lambda: program.document.live_preview is not None)


def test_typing_shows_a_preview_and_clearing_removes_it(
    qtbot: QtBot, opened: Program, editor: FakeEditor
) -> None:
    type_text(qtbot, opened, "make it warmer")
    view = opened.window.canvas.view
    assert view.after is None
    wait_for_preview(qtbot, opened)
    assert (view.after_label, view.after_detail) == ("Live", "make it warmer")
    assert live(editor) == ["make it warmer"]
    assert editor.previews[0].settings.output_size is OutputSize.SOURCE
    opened.window.composer.instruction_box.clear()
    assert view.after is None
    assert not opened.tree.nodes[1:], "a preview is no result"
    assert not opened.window.actions_.undo.isEnabled() or opened.document.result is None


def test_a_setting_makes_another_preview_but_one_that_it_does_not_show_does_not(
    qtbot: QtBot, opened: Program, editor: FakeEditor
) -> None:
    type_text(qtbot, opened, "make it warmer")
    wait_for_preview(qtbot, opened)
    first = opened.document.live_preview
    opened.document.change(text_guidance_scale=3.0, variations=3)
    qtbot.waitUntil(lambda: opened.document.live_preview is not first)
    assert editor.previews[-1].settings.text_guidance_scale == 3.0
    assert editor.previews[-1].variations == 1
    before = opened.document.live_preview
    opened.document.change(variations=2)
    qtbot.wait(PAUSE_MS + 100)
    assert len(live(editor)) == 2
    assert opened.document.live_preview is before


def test_a_stale_preview_is_cancelled_at_once(qtbot: QtBot, opened: Program, editor: FakeEditor) -> None:
    editor.preview_gate = Gate()
    type_text(qtbot, opened, "make it warm")
    qtbot.waitUntil(lambda: editor.preview_gate.is_reached)
    qtbot.keyClicks(opened.window.composer.instruction_box, "er")
    qtbot.waitUntil(lambda: editor.cancelled_previews == 1)
    assert opened.document.live_preview is None
    editor.preview_gate.open()
    wait_for_preview(qtbot, opened)
    assert live(editor) == ["make it warm", "make it warmer"]


def test_enter_makes_the_real_edit_and_cancels_the_preview(
    qtbot: QtBot, opened: Program, editor: FakeEditor
) -> None:
    editor.preview_gate = Gate()
    type_text(qtbot, opened, "make it warmer")
    qtbot.waitUntil(lambda: editor.preview_gate.is_reached)
    with qtbot.waitSignal(opened.edits.finished):
        qtbot.keyClick(opened.window.composer.instruction_box, Qt.Key.Key_Return)
    assert editor.cancelled_previews == 1
    assert opened.document.live_preview is None
    assert opened.window.canvas.view.after_label == "After"
    qtbot.wait(PAUSE_MS + 100)
    assert len(live(editor)) == 1, "the result is on screen, so that a preview would show nothing new"


def test_the_preview_stays_until_the_result_replaces_it(
    qtbot: QtBot, opened: Program, editor: FakeEditor
) -> None:
    type_text(qtbot, opened, "make it warmer")
    wait_for_preview(qtbot, opened)
    editor.load_gate = Gate()
    opened.window.composer.edit_button.click()
    qtbot.waitUntil(lambda: editor.load_gate.is_reached)
    assert opened.window.canvas.view.after_label == "Live"
    with qtbot.waitSignal(opened.edits.finished):
        editor.load_gate.open()
    assert opened.window.canvas.view.after_label == "After"
    assert opened.document.live_preview is None


def test_what_is_typed_during_an_edit_is_shown_after_it(
    qtbot: QtBot, opened: Program, editor: FakeEditor
) -> None:
    type_text(qtbot, opened, "make it warmer")
    editor.load_gate = Gate()
    opened.window.composer.edit_button.click()
    type_text(qtbot, opened, "make it snowy")
    qtbot.wait(PAUSE_MS + 100)
    assert not live(editor)
    editor.load_gate.open()
    wait_for_preview(qtbot, opened)
    assert live(editor) == ["make it snowy"]
    assert opened.document.result is not None


def test_another_node_or_undo_shows_no_preview(qtbot: QtBot, opened: Program, editor: FakeEditor) -> None:
    type_text(qtbot, opened, "make it warmer")
    with qtbot.waitSignal(opened.edits.finished):
        opened.window.composer.edit_button.click()
    type_text(qtbot, opened, "make it snowy")
    wait_for_preview(qtbot, opened)
    count = len(live(editor))
    opened.history.show_node(opened.tree.nodes[0])
    qtbot.waitUntil(lambda: opened.document.live_preview is None)
    opened.window.actions_.undo.trigger()
    qtbot.wait(PAUSE_MS + 100)
    assert len(live(editor)) == count
    assert opened.document.live_preview is None


def test_an_unknown_instruction_has_no_preview(
    qtbot: QtBot, opened: Program, editor: FakeEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(instruction: str, card: ModelCard) -> InstructionReading:
        verdict = Verdict.UNKNOWN if "hat" in instruction else Verdict.KNOWN
        return InstructionReading(typed=instruction, instruction=instruction, verdict=verdict)

    monkeypatch.setattr(preview_worker, "read_instruction", read)
    type_text(qtbot, opened, "make it warmer")
    wait_for_preview(qtbot, opened)
    type_text(qtbot, opened, "give him a hat")
    qtbot.waitUntil(lambda: opened.document.live_preview is None)
    assert live(editor) == ["make it warmer"]


def test_a_slow_model_switches_it_off_and_says_so_once(
    qtbot: QtBot, opened: Program, editor: FakeEditor
) -> None:
    editor.preview_seconds = 5.0
    type_text(qtbot, opened, "make it warmer")
    wait_for_preview(qtbot, opened)
    type_text(qtbot, opened, "make it snowy")
    bar = opened.window.notice_bar
    qtbot.waitUntil(lambda: "takes too long" in bar.message.text())
    assert "Starter" in opened.window.composer.live_button.toolTip()
    bar.clear()
    type_text(qtbot, opened, "make it foggy")
    qtbot.wait(PAUSE_MS + 200)
    assert len(live(editor)) == 1
    assert not bar.isVisible()
    editor.preview_seconds = 0.1
    opened.window.composer.live_button.click()
    opened.window.composer.live_button.click()
    wait_for_preview(qtbot, opened)


def test_the_switch_is_kept(qtbot: QtBot, opened: Program, editor: FakeEditor) -> None:
    composer, action = opened.window.composer, opened.window.actions_.live_preview
    assert composer.live_button.isChecked()
    assert action.isChecked()
    type_text(qtbot, opened, "make it warmer")
    wait_for_preview(qtbot, opened)
    action.trigger()
    assert opened.document.live_preview is None
    assert not composer.live_button.isChecked()
    assert not Preferences(paths.preferences_file()).live_preview
    type_text(qtbot, opened, "make it snowy")
    qtbot.wait(PAUSE_MS + 100)
    assert len(live(editor)) == 1
    composer.live_button.click()
    assert action.isChecked()
    assert Preferences(paths.preferences_file()).live_preview
    wait_for_preview(qtbot, opened)


def test_a_failed_preview_says_nothing(qtbot: QtBot, opened: Program, editor: FakeEditor) -> None:
    editor.preview_error = RuntimeError("no preview today")
    type_text(qtbot, opened, "make it warmer")
    qtbot.waitUntil(lambda: len(live(editor)) == 1)
    qtbot.wait(50)
    assert opened.document.live_preview is None
    assert not opened.window.notice_bar.isVisible()


def test_a_sequence_is_previewed_step_by_step(qtbot: QtBot, opened: Program, editor: FakeEditor) -> None:
    type_text(qtbot, opened, "make it warmer, then snowy")
    wait_for_preview(qtbot, opened)
    assert live(editor) == ["make it warmer", "make it snowy"]
    model = opened.document.model
    assert model is not None
    opened.document.update_model(replace(model, one_edit_at_a_time=True))
    type_text(qtbot, opened, "make it darker and add some fog")
    qtbot.waitUntil(lambda: live(editor)[2:] == ["make it darker", "add some fog"])


def test_more_that_is_known_of_the_model_leaves_the_preview(
    qtbot: QtBot, opened: Program, editor: FakeEditor
) -> None:
    type_text(qtbot, opened, "make it warmer")
    wait_for_preview(qtbot, opened)
    shown, model = opened.document.live_preview, opened.document.model
    assert model is not None
    opened.document.update_model(replace(model, description="Its files were counted."))
    assert opened.document.live_preview is shown


def test_a_preview_of_the_model_before_is_not_shown(
    qtbot: QtBot, opened: Program, trained_model: ModelCard, editor: FakeEditor
) -> None:
    model = opened.document.model
    assert model is not None
    editor.preview_gate = Gate()
    type_text(qtbot, opened, "make it warmer")
    qtbot.waitUntil(lambda: editor.preview_gate.is_reached)
    opened.document.choose_model(replace(trained_model, recommended=model.recommended))
    editor.preview_gate.open()
    wait_for_preview(qtbot, opened)
    assert editor.previews[-1].model == trained_model.path


def test_the_switch_in_the_preferences_and_those_in_the_window_are_one(qtbot: QtBot, opened: Program) -> None:
    action, button = opened.window.actions_.live_preview, opened.window.composer.live_button
    type_text(qtbot, opened, "make it warmer")
    wait_for_preview(qtbot, opened)
    opened.window.actions_.preferences.trigger()
    dialog = opened.window.findChild(PreferencesDialog)
    assert dialog is not None
    control = dialog.controls["live_preview"]
    control.value = False
    assert opened.document.live_preview is None
    assert not action.isChecked()
    assert not button.isChecked()
    action.trigger()
    assert control.value is True
    wait_for_preview(qtbot, opened)
    button.click()
    assert control.value is False


def test_a_narrow_photo_says_that_it_is_a_preview(
    qtbot: QtBot, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[str] = []
    monkeypatch.setattr(
        QPainter,
        "drawText",
        lambda self, area, flags, text, draw=QPainter.drawText: (
            painted.append(text) or draw(self, area, flags, text)
        ),
    )
    portrait = tmp_path / "portrait.png"
    Image.new("RGB", (200, 400), "red").save(portrait)
    program.window.resize(1024, 640)
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(portrait)
    type_text(qtbot, program, "make it warmer")
    wait_for_preview(qtbot, program)
    program.window.canvas.view.grab()
    assert "Live" in painted


def test_a_preview_that_fails_is_said_at_the_switch(
    qtbot: QtBot, opened: Program, editor: FakeEditor
) -> None:
    button = opened.window.composer.live_button
    editor.preview_error = ModelNotUsable("model.damaged", "It is damaged.", "Install it again.")
    type_text(qtbot, opened, "make it warmer")
    qtbot.waitUntil(lambda: "see why" in button.toolTip())
    assert button.accessibleDescription() == button.toolTip()
    editor.preview_error = None
    type_text(qtbot, opened, "make it warm")
    wait_for_preview(qtbot, opened)
    assert button.toolTip().startswith("Live preview is on")
