"""Showing a result changes no settings; they are applied on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes.fake_editor import FakeEditor, Gate
from fakes.session_steps import choose_model
from fakes.strip_steps import choose, click_node, open_menu
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.edit_settings import Fit, OutputSize, SchedulerName
from engine.errors import OutOfMemory
from ip2p_desktop.app import Program
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto

MakeEdit = Callable[[str], EditedPhoto]
STATE = (
    *("instruction", "negative_instruction", "model", "weight_set", "seed", "randomises_seed", "variations"),
    *("num_inference_steps", "text_guidance_scale", "image_guidance_scale", "scheduler"),
    *("resolution", "fit", "output_size", "turbo"),
)


@pytest.fixture
def first(program: Program, make_edit: MakeEdit) -> EditedPhoto:
    """The first of two results with different settings; the second is on screen."""
    document = program.document
    document.change(text_guidance_scale=4.5, image_guidance_scale=1.1)
    document.change(num_inference_steps=12, resolution=384)
    document.change(scheduler=SchedulerName.UNIPC, fit=Fit.ORIGINAL)
    document.change(output_size=OutputSize.WORKING, turbo=True)
    document.change(negative_instruction="blurry")
    first = make_edit("make it snow")
    choose_model(program, "Postcard")
    document.change(output_size=OutputSize.SOURCE, turbo=False)
    document.change(negative_instruction="", variations=2)
    make_edit("make it warmer")
    return first


def state(document: EditDocument) -> dict[str, object]:
    return {name: document.state.value(name) for name in STATE}


def click_thumbnail(qtbot: QtBot, program: Program, place: int) -> None:
    """Of the node at a place in the strip, counted from the photo."""
    click_node(qtbot, program, program.window.history_strip.entries[place])


def test_showing_a_result_changes_nothing_else(qtbot: QtBot, program: Program, first: EditedPhoto) -> None:
    qtbot.keyClicks(program.window.composer.instruction_box, " and")
    before = state(program.document)
    click_thumbnail(qtbot, program, 1)
    assert program.document.result is first
    view = program.window.canvas.view
    assert (view.after, view.after_detail) == (first.display_image, "make it snow")
    assert state(program.document) == before
    assert program.window.composer.instruction_box.text() == "make it warmer and"
    assert program.window.settings_panel.model_menu.menu.currentText() == "Postcard"
    assert program.window.settings_panel.seed.randomises


def press_button(qtbot: QtBot, program: Program) -> None:
    qtbot.mouseClick(program.window.header.use_settings_button, Qt.MouseButton.LeftButton)


def press_keys(qtbot: QtBot, program: Program) -> None:
    qtbot.keyClick(program.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)


def press_space(qtbot: QtBot, program: Program) -> None:
    program.window.header.use_settings_button.setFocus()
    qtbot.keyClick(program.window.header.use_settings_button, Qt.Key.Key_Space)


def choose_in_menu(qtbot: QtBot, program: Program) -> None:
    choose(open_menu(program, program.window.history_strip.entries[1]), "Use these settings")


@pytest.mark.parametrize("use", [press_button, press_keys, press_space, choose_in_menu])
def test_the_settings_of_a_result_make_it_again(
    qtbot: QtBot,
    program: Program,
    editor: FakeEditor,
    first: EditedPhoto,
    use: Callable[[QtBot, Program], None],
) -> None:
    header = program.window.header
    click_thumbnail(qtbot, program, 1)
    assert header.use_settings_button.isVisible()
    use(qtbot, program)
    assert not header.use_settings_button.isVisible()
    assert not program.document.state.randomises_seed
    assert program.window.settings_panel.model_menu.menu.currentText() == "Starter"
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    again = editor.requests[-1]
    assert again == replace(first.request, source_image=again.source_image)
    assert again.source_image.tobytes() == first.source.image.tobytes()


@pytest.mark.parametrize("use", [press_button, press_space])
def test_the_caret_goes_from_the_button_into_the_instruction(
    qtbot: QtBot, program: Program, first: EditedPhoto, use: Callable[[QtBot, Program], None]
) -> None:
    click_thumbnail(qtbot, program, 1)
    use(qtbot, program)
    assert program.window.composer.instruction_box.hasFocus()


def test_the_button_is_there_while_the_settings_differ(
    qtbot: QtBot, program: Program, first: EditedPhoto
) -> None:
    header, action = program.window.header, program.window.actions_.use_settings
    assert not header.use_settings_button.isVisible()
    assert not action.isEnabled()
    program.document.change(image_guidance_scale=2.0)
    assert header.use_settings_button.isVisible()
    assert action.isEnabled()
    program.document.change(image_guidance_scale=1.2)
    assert not header.use_settings_button.isVisible()
    click_thumbnail(qtbot, program, 1)
    assert header.use_settings_button.isVisible()
    click_thumbnail(qtbot, program, 0)
    assert not header.use_settings_button.isVisible()
    assert not action.isEnabled()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("instruction", "make it snow"), ("negative_instruction", "dark"), ("seed", 2_000_000)],
        *[("text_guidance_scale", 3.0), ("image_guidance_scale", 2.0), ("num_inference_steps", 7)],
        *[("scheduler", SchedulerName.LCM), ("resolution", 1024), ("fit", Fit.ORIGINAL)],
        *[("output_size", OutputSize.WORKING), ("turbo", True)],
    ],
)
def test_every_setting_counts(program: Program, make_edit: MakeEdit, name: str, value: object) -> None:
    make_edit("make it warmer")
    button = program.window.header.use_settings_button
    assert not button.isVisible()
    program.document.change(**{name: value})
    assert button.isVisible()
    program.window.actions_.use_settings.trigger()
    assert program.document.state.value(name) != value
    assert not button.isVisible()


def test_nothing_moves_when_the_button_comes(qtbot: QtBot, program: Program, first: EditedPhoto) -> None:
    header = program.window.header
    program.window.resize(1024, 640)
    header.show_photo("a long name of a photo taken on a summer evening.jpg", "96 × 64")
    QApplication.processEvents()
    widgets = [widget for widget in header.findChildren(QWidget) if widget.isVisible()]
    places = [widget.geometry() for widget in widgets]
    assert "…" in header.title.shown_text
    program.document.change(image_guidance_scale=2.0)
    QApplication.processEvents()
    assert header.use_settings_button.isVisible()
    assert [widget.geometry() for widget in widgets] == places


def test_the_button_shows_the_settings_as_tooltip(qtbot: QtBot, program: Program, first: EditedPhoto) -> None:
    click_thumbnail(qtbot, program, 1)
    button = program.window.header.use_settings_button
    assert button.accessibleName() == "Use these settings"
    settings_text = "Text guidance 4.5 · image guidance 1.1\nSteps 12 · seed"
    assert settings_text in button.toolTip()
    assert "make it snow\nModel Starter\n" in button.accessibleDescription()


def test_without_the_model_of_a_result_the_chosen_one_stays(
    qtbot: QtBot,
    program: Program,
    make_edit: MakeEdit,
    editor: FakeEditor,
    reload_models: Callable[[], None],
) -> None:
    choose_model(program, "Postcard")
    program.document.change(text_guidance_scale=3.5)
    result = make_edit("make it a postcard")
    (result.model.path / "model_index.json").unlink()
    reload_models()
    click_thumbnail(qtbot, program, 1)
    press_button(qtbot, program)
    notice = program.window.notice_bar
    assert notice.message.text() == "The model of this result, “Postcard”, is not on this computer any more."
    assert notice.advice.text() == "Its other settings are applied; the model stays."
    make_edit("make it a postcard")
    assert editor.requests[-1].settings == result.request.settings
    assert program.document.model is not None
    assert program.document.model.name == "Starter"


def test_reset_resets_all_but_the_model(qtbot: QtBot, program: Program) -> None:
    choose_model(program, "Postcard")
    qtbot.keyClicks(program.window.composer.instruction_box, "make it snow")
    before = state(program.document)
    document = program.document
    document.change(text_guidance_scale=4.5, image_guidance_scale=1.1)
    document.change(num_inference_steps=12, resolution=384)
    document.change(scheduler=SchedulerName.UNIPC, fit=Fit.ORIGINAL)
    document.change(output_size=OutputSize.WORKING, turbo=True, variations=3)
    document.change(negative_instruction="blurry")
    seed = program.window.settings_panel.seed
    seed.field.selectAll()
    qtbot.keyClicks(seed.field, "77")
    qtbot.mouseClick(program.window.settings_panel.reset, Qt.MouseButton.LeftButton)
    assert state(document) == before
    assert (seed.field.text(), seed.randomises) == ("0", True)


@pytest.fixture
def running(qtbot: QtBot, program: Program, editor: FakeEditor, first: EditedPhoto) -> Gate:
    """The closed gate of a running edit whose preview is on screen."""
    editor.step_gates[1] = gate = Gate()
    program.document.change(instruction="make it cooler", variations=1)
    program.edits.start()
    qtbot.waitUntil(lambda: gate.is_reached)
    qtbot.waitUntil(lambda: program.window.canvas.view.after_label == "Rough preview")
    return gate


def test_showing_a_result_does_not_affect_the_running_edit(
    qtbot: QtBot, program: Program, editor: FakeEditor, first: EditedPhoto, running: Gate
) -> None:
    assert not program.window.header.use_settings_button.isVisible()
    click_thumbnail(qtbot, program, 1)
    assert program.window.canvas.view.after is first.display_image
    assert program.window.header.use_settings_button.isVisible()
    assert program.queue.is_busy
    assert program.window.composer.cancel_button.isVisible()
    with qtbot.waitSignal(program.edits.finished) as finished:
        running.open()
    assert editor.cancelled_edits == 0
    assert program.document.result is first
    assert program.window.canvas.view.after is first.display_image
    assert program.window.history_strip.current is first
    notice = program.window.notice_bar
    assert (notice.message.text(), notice.action_button.text()) == ("The edit is done.", "Show result")
    qtbot.mouseClick(notice.action_button, Qt.MouseButton.LeftButton)
    assert program.document.result is finished.args[0]
    assert program.window.canvas.view.after is finished.args[0].display_image
    assert not notice.isVisible()


def test_a_result_that_was_removed_is_not_offered_any_more(
    qtbot: QtBot, program: Program, first: EditedPhoto, running: Gate
) -> None:
    click_thumbnail(qtbot, program, 1)
    with qtbot.waitSignal(program.edits.finished) as finished:
        running.open()
    notice = program.window.notice_bar
    assert notice.action_button.text() == "Show result"
    program.history.remove(finished.args[0])
    assert notice.action_button.text() == "Undo"
    program.history.show_node(finished.args[0])  # as if its image had been read only now
    assert program.document.result is first
    assert program.window.canvas.view.after is first.display_image


def test_an_unchanged_result_is_reported_when_it_is_shown(
    qtbot: QtBot, program: Program, editor: FakeEditor, first: EditedPhoto, running: Gate
) -> None:
    editor.is_unchanged = (True,)
    click_thumbnail(qtbot, program, 1)
    with qtbot.waitSignal(program.edits.finished):
        running.open()
    notice = program.window.notice_bar
    assert notice.message.text() == "The edit is done."
    qtbot.mouseClick(notice.action_button, Qt.MouseButton.LeftButton)
    assert notice.isVisible()
    assert notice.message.text() == "Hardly anything changed."


def test_the_result_on_screen_when_the_edit_began_can_be_seen_again(
    qtbot: QtBot, program: Program, running: Gate
) -> None:
    shown = program.document.result
    assert shown is not None
    click_node(qtbot, program, shown)
    assert program.window.canvas.view.after is shown.display_image
    running.open()
    qtbot.waitUntil(lambda: not program.queue.is_busy)
    assert program.document.result is shown


def test_the_photo_of_the_running_edit_shows_it_again(
    qtbot: QtBot, program: Program, editor: FakeEditor, first: EditedPhoto, running: Gate
) -> None:
    click_thumbnail(qtbot, program, 1)
    click_thumbnail(qtbot, program, 0)
    with qtbot.waitSignal(program.edits.finished) as finished:
        running.open()
    assert program.document.result is finished.args[0]
    assert not program.window.notice_bar.isVisible()


def test_the_next_edit_is_shown_again_after_one_that_was_not(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, editor: FakeEditor, running: Gate
) -> None:
    click_thumbnail(qtbot, program, 1)
    qtbot.keyClick(program.window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: editor.cancelled_edits == 1)
    running.open()
    result = make_edit("make it brighter")
    assert program.document.result is result


def test_a_failure_is_reported_while_another_result_is_on_screen(
    qtbot: QtBot, program: Program, editor: FakeEditor, first: EditedPhoto, running: Gate
) -> None:
    editor.error = OutOfMemory("memory.editing", "Not enough memory.", "Try a smaller resolution.")
    click_thumbnail(qtbot, program, 1)
    with qtbot.waitSignal(program.edits.failed):
        running.open()
    assert program.window.notice_bar.message.text() == "Not enough memory."
    assert program.document.result is first


def test_a_result_becomes_the_source_while_an_edit_goes_on(
    qtbot: QtBot, program: Program, first: EditedPhoto, running: Gate
) -> None:
    count = len(program.tree.listed)
    menu = open_menu(program, first)
    action = next(action for action in menu.actions() if action.text() == "Use as source")
    action.trigger()
    menu.close()
    source = program.document.source
    assert source is not None
    assert source.parent is first
    running.open()
    qtbot.waitUntil(lambda: not program.queue.is_busy)
    assert program.document.shown is source
    assert len(program.tree.listed) == count + 1


def test_a_result_that_is_dropped_leaves_the_mark_on_the_one_on_screen(
    qtbot: QtBot, program: Program, first: EditedPhoto
) -> None:
    click_thumbnail(qtbot, program, 2)
    shown = program.document.result
    program.history.remove(first)
    assert program.window.history_strip.current is shown
