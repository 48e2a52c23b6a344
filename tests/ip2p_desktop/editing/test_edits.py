"""An edit in the window: type, press Enter, watch, cancel, repeat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes.fake_editor import FakeEditor, Gate
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.edit_settings import OutputSize, SchedulerName
from engine.errors import OutOfMemory
from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto

OpenPhoto = Callable[[], None]


@pytest.fixture(autouse=True)
def with_photo(open_photo: OpenPhoto) -> None:
    open_photo()


def press_enter(qtbot: QtBot, program: Program) -> None:
    qtbot.keyClick(program.window.composer.instruction_box, Qt.Key.Key_Return)


def write(qtbot: QtBot, program: Program, instruction: str) -> None:
    program.window.composer.instruction_box.clear()
    qtbot.keyClicks(program.window.composer.instruction_box, instruction)


def finish_edit(qtbot: QtBot, program: Program, instruction: str) -> EditedPhoto:
    write(qtbot, program, instruction)
    with qtbot.waitSignal(program.edits.finished) as finished:
        press_enter(qtbot, program)
    result = finished.args[0]
    assert isinstance(result, EditedPhoto)
    return result


def test_enter_edits_with_what_is_set(qtbot: QtBot, program: Program, editor: FakeEditor) -> None:
    program.window.settings_panel.image_guidance.value = 0.85
    result = finish_edit(qtbot, program, "make it snow")
    request = editor.requests[0]
    assert request.instruction == "make it snow"
    assert request.settings.image_guidance_scale == 0.85
    assert program.document.model is not None
    assert request.model == program.document.model.path
    assert program.window.canvas.view.after is result.display_image
    view = program.window.canvas.view
    assert (view.after_label, view.after_detail) == ("After", "make it snow")


def test_all_of_the_panel_reaches_the_editor(qtbot: QtBot, program: Program, editor: FakeEditor) -> None:
    panel = program.window.settings_panel
    finish_edit(qtbot, program, "make it snow")
    assert editor.requests[0].settings.output_size is OutputSize.SOURCE
    assert (editor.requests[0].settings.turbo, editor.requests[0].variations) == (False, 1)
    panel.output_size.value = OutputSize.WORKING
    panel.scheduler.value = SchedulerName.UNIPC
    panel.turbo.value = True
    panel.variations.value = 2
    qtbot.keyClicks(panel.negative_instruction.field, " blurry ")
    finish_edit(qtbot, program, "make it snow")
    request = editor.requests[1]
    assert request.settings.output_size is OutputSize.WORKING
    assert request.settings.scheduler is SchedulerName.UNIPC
    assert request.settings.turbo
    assert (request.variations, request.negative_instruction) == (2, "blurry")
    qtbot.mouseClick(panel.reset, Qt.MouseButton.LeftButton)
    finish_edit(qtbot, program, "make it snow")
    assert panel.seed.randomises
    again = replace(editor.requests[2].settings, seed=editor.requests[0].settings.seed)
    assert again == editor.requests[0].settings
    assert (editor.requests[2].variations, editor.requests[2].negative_instruction) == (1, "")


def test_the_button_edits_too(qtbot: QtBot, program: Program, editor: FakeEditor) -> None:
    write(qtbot, program, "make it snow")
    with qtbot.waitSignal(program.edits.finished):
        qtbot.mouseClick(program.window.composer.edit_button, Qt.MouseButton.LeftButton)
    assert len(editor.requests) == 1


def test_progress_and_preview_are_shown(qtbot: QtBot, program: Program, editor: FakeEditor) -> None:
    editor.step_gates[1] = gate = Gate()
    write(qtbot, program, "make it snow")
    press_enter(qtbot, program)
    composer = program.window.composer
    qtbot.waitUntil(lambda: composer.progress_row.label.text() == "Editing · step 2 of 3")
    assert composer.progress_row.isVisible()
    assert 0 < composer.progress_row.bar.value() < composer.progress_row.bar.maximum()
    assert composer.cancel_button.isVisible()
    assert composer.edit_button.text() == "Add to queue"
    qtbot.waitUntil(lambda: program.window.canvas.view.after_label == "Rough preview")
    with qtbot.waitSignal(program.edits.finished):
        gate.open()
    assert composer.edit_button.text() == "Edit"
    assert not composer.cancel_button.isVisible()
    assert composer.chips.isVisible()


def test_stages_are_shown_as_text(qtbot: QtBot, program: Program, editor: FakeEditor) -> None:
    editor.load_gate = Gate()
    write(qtbot, program, "make it snow")
    press_enter(qtbot, program)
    label = program.window.composer.progress_row.label
    assert label.text() == "Starting…"
    qtbot.waitUntil(lambda: label.text() == "Loading the model")
    editor.load_gate.open()
    qtbot.waitUntil(lambda: not program.queue.is_busy)


@pytest.mark.parametrize("place", ["load", "step"])
def test_cancelling_frees_the_window_and_a_second_edit_works(
    qtbot: QtBot, program: Program, editor: FakeEditor, place: str
) -> None:
    gate = Gate()
    if place == "load":
        editor.load_gate = gate
    else:
        editor.step_gates[1] = gate
    write(qtbot, program, "make it snow")
    press_enter(qtbot, program)
    qtbot.waitUntil(lambda: gate.is_reached)
    qtbot.keyClick(program.window, Qt.Key.Key_Escape)
    assert not program.queue.is_busy
    assert program.window.notice_bar.message.text() == "Cancelled."
    qtbot.waitUntil(lambda: editor.cancelled_edits == 1)
    gate.open()
    finish_edit(qtbot, program, "make it warmer")
    assert [request.instruction for request in editor.requests] == ["make it snow", "make it warmer"]


def test_cancel_button_cancels(qtbot: QtBot, program: Program, editor: FakeEditor) -> None:
    editor.load_gate = Gate()
    write(qtbot, program, "make it snow")
    press_enter(qtbot, program)
    qtbot.waitUntil(lambda: editor.load_gate.is_reached)
    with qtbot.waitSignal(program.edits.cancelled):
        qtbot.mouseClick(program.window.composer.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: editor.cancelled_edits == 1)
    assert program.window.canvas.view.after is None


def test_signals_of_a_cancelled_edit_do_not_reach_the_next(
    qtbot: QtBot, program: Program, editor: FakeEditor
) -> None:
    editor.load_gate = gate = Gate()
    write(qtbot, program, "make it snow")
    press_enter(qtbot, program)
    qtbot.waitUntil(lambda: gate.is_reached)
    program.edits.cancel()
    gate.open()
    result = finish_edit(qtbot, program, "make it warmer")
    assert result.request.instruction == "make it warmer"
    assert program.document.result is result


def test_enter_during_an_edit_starts_no_other(qtbot: QtBot, program: Program, editor: FakeEditor) -> None:
    editor.load_gate = Gate()
    write(qtbot, program, "make it snow")
    press_enter(qtbot, program)
    press_enter(qtbot, program)
    with qtbot.waitSignal(program.edits.finished):
        editor.load_gate.open()
    assert len(editor.requests) == 1


def test_errors_are_shown_with_their_own_message(qtbot: QtBot, program: Program, editor: FakeEditor) -> None:
    editor.error = OutOfMemory(
        "memory.editing", "Not enough memory for 1024 × 768.", "Try a smaller resolution."
    )
    write(qtbot, program, "make it snow")
    with qtbot.waitSignal(program.edits.failed):
        press_enter(qtbot, program)
    notice = program.window.notice_bar
    assert notice.isVisible()
    assert notice.message.text() == "Not enough memory for 1024 × 768."
    assert notice.advice.text() == "Try a smaller resolution."
    assert not notice.action_button.isVisible()
    editor.error = None
    finish_edit(qtbot, program, "make it snow")


def test_unexpected_errors_offer_the_log(qtbot: QtBot, program: Program, editor: FakeEditor) -> None:
    editor.error = RuntimeError("tensor sizes")
    write(qtbot, program, "make it snow")
    with qtbot.waitSignal(program.edits.failed):
        press_enter(qtbot, program)
    notice = program.window.notice_bar
    assert notice.message.text() == "Something unexpected went wrong (RuntimeError)."
    assert notice.action_button.text() == "Show log"
    with qtbot.waitSignal(notice.dismissed):
        qtbot.mouseClick(notice.close_button, Qt.MouseButton.LeftButton)
    assert not notice.isVisible()


@pytest.mark.parametrize("way", ["enter", "button", "menu"])
def test_without_an_instruction_the_caret_goes_into_the_box_and_the_box_shakes(
    qtbot: QtBot, program: Program, editor: FakeEditor, way: str
) -> None:
    composer = program.window.composer
    write(qtbot, program, "   ")
    program.window.settings_panel.seed.field.setFocus()
    seed, place, button_place = (
        program.document.state.settings.seed,
        composer.instruction_box.pos(),
        composer.edit_button.pos(),
    )
    if way == "enter":
        press_enter(qtbot, program)
    elif way == "button":
        qtbot.mouseClick(composer.edit_button, Qt.MouseButton.LeftButton)
    else:
        program.window.actions_.edit.trigger()
    assert composer.instruction_box.hasFocus()
    qtbot.waitUntil(lambda: composer.instruction_box.pos() != place)
    assert composer.edit_button.pos() == button_place
    qtbot.waitUntil(lambda: not composer.shake.is_running)
    assert composer.instruction_box.pos() == place
    assert not program.window.notice_bar.isVisible()
    assert not program.queue.is_busy
    assert (editor.requests, program.document.state.settings.seed) == ([], seed)


def test_every_edit_draws_a_seed_unless_one_is_typed(
    qtbot: QtBot, program: Program, editor: FakeEditor
) -> None:
    seed = program.window.settings_panel.seed
    seed.field.selectAll()
    qtbot.keyClicks(seed.field, "9223372036854775807")
    assert not seed.randomises
    finish_edit(qtbot, program, "make it snow")
    assert editor.requests[0].settings.seed == 9223372036854775807
    seed.randomises = True
    finish_edit(qtbot, program, "make it snow")
    assert editor.requests[1].settings.seed == program.document.state.settings.seed < 1_000_000


def test_closing_during_an_edit_stops_it(qtbot: QtBot, program: Program, editor: FakeEditor) -> None:
    editor.load_gate = gate = Gate()
    write(qtbot, program, "make it snow")
    press_enter(qtbot, program)
    qtbot.waitUntil(lambda: gate.is_reached)
    program.window.close()
    program.shut_down()
    assert editor.cancelled_edits == 1


def test_warming_up_makes_the_editor_once(qtbot: QtBot, program: Program, editor: FakeEditor) -> None:
    program.client.warm_up()
    finish_edit(qtbot, program, "make it snow")
    finish_edit(qtbot, program, "make it snow")
    assert len(editor.options) == 1
