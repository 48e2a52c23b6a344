"""The edits that wait are listed with their photo and time, and can be moved and cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor, Gate
from PIL import Image
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QMessageBox
from pytestqt.qtbot import QtBot

from engine.editing.cost_history import CostHistory
from engine.editing.costs import EditKind, Measurement
from engine.library import ModelCard
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.window.queue.queue_list import DETAIL
from ip2p_desktop.window.queue.queue_panel import QueuePanel


@pytest.fixture
def history(starter: ModelCard) -> CostHistory:
    """20 steps of half a second; reading and decoding take a second each, loading 8."""
    history = CostHistory(paths.edit_costs_file())
    kind = EditKind(model=str(starter.path), device="cpu", dtype="fp32", pixels=512 * 384, branches=3)
    seconds = {"load_seconds": 8.0, "reading_seconds": 1.0, "step_seconds": 0.5, "decode_seconds": 1.0}
    history.add(Measurement(kind=kind, peak_bytes=None, **seconds))
    return history


def write(program: Program, instruction: str) -> None:
    program.window.composer.instruction_box.setText(instruction)


def add(qtbot: QtBot, program: Program, *instructions: str) -> None:
    for instruction in instructions:
        write(program, instruction)
        qtbot.keyClick(program.window.composer.instruction_box, Qt.Key.Key_Return)


@pytest.fixture
def gate(editor: FakeEditor) -> Gate:
    editor.load_gate = Gate()
    return editor.load_gate


@pytest.fixture
def panel(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], history: CostHistory, gate: Gate
) -> Iterator[QueuePanel]:
    """Shown with Ctrl+J, while one edit runs and three wait."""
    open_photo()
    add(qtbot, program, "make it snow", "make it warmer", "make it foggy", "make it night")
    panel = program.window.findChild(QueuePanel)
    assert isinstance(panel, QueuePanel)
    assert not panel.isVisible()
    qtbot.keyClick(program.window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert panel.isVisible()
    yield panel
    gate.open()


def instructions(panel: QueuePanel) -> list[str]:
    return [panel.list.item(row).text() for row in range(panel.list.count())]


def waiting(program: Program) -> list[str]:
    return [job.edit_state.instruction for job in program.queue.waiting]


def test_each_row_has_photo_instruction_and_time(qtbot: QtBot, program: Program, panel: QueuePanel) -> None:
    assert instructions(panel) == ["make it warmer", "make it foggy", "make it night"]
    item = panel.list.item(0)
    qtbot.waitUntil(lambda: item.data(DETAIL) == "dog.jpg · about 11 s")
    assert item.data(Qt.ItemDataRole.AccessibleTextRole) == "make it warmer, dog.jpg · about 11 s"
    # the running one needs 20 s with loading, the others and one more about 11 s each
    qtbot.waitUntil(lambda: panel.wait_label.text() == "One more edit would be ready in about 1 min.")
    qtbot.waitUntil(lambda: program.window.composer.progress_row.time_left.text() == "about 20 s left")


def test_the_estimate_is_there_before_the_first_step(
    qtbot: QtBot, program: Program, panel: QueuePanel, editor: FakeEditor, gate: Gate
) -> None:
    row = program.window.composer.progress_row
    editor.step_gates[0] = Gate()
    gate.open()
    qtbot.waitUntil(lambda: editor.step_gates[0].is_reached)
    qtbot.waitUntil(lambda: "Editing" in row.label.text())
    assert row.time_left.text()
    editor.step_gates[0].open()


def test_rows_move_with_keys_buttons_and_by_dragging(
    qtbot: QtBot, program: Program, panel: QueuePanel
) -> None:
    alt = Qt.KeyboardModifier.AltModifier
    panel.list.setCurrentRow(2)
    qtbot.keyClick(panel.list, Qt.Key.Key_Up, alt)
    assert waiting(program) == instructions(panel) == ["make it warmer", "make it night", "make it foggy"]
    assert panel.list.currentRow() == 1
    qtbot.mouseClick(panel.up_button, Qt.MouseButton.LeftButton)
    assert waiting(program) == instructions(panel) == ["make it night", "make it warmer", "make it foggy"]
    assert not panel.up_button.isEnabled()
    qtbot.mouseClick(panel.down_button, Qt.MouseButton.LeftButton)
    assert waiting(program)[0] == "make it warmer"
    # what Qt does when a row is dropped
    panel.list.model().moveRow(QModelIndex(), 2, QModelIndex(), 0)
    assert waiting(program) == instructions(panel) == ["make it foggy", "make it warmer", "make it night"]


def test_one_edit_or_all_are_cancelled(qtbot: QtBot, program: Program, panel: QueuePanel) -> None:
    panel.list.setCurrentRow(1)
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert waiting(program) == instructions(panel) == ["make it warmer", "make it night"]
    qtbot.mouseClick(panel.cancel_button, Qt.MouseButton.LeftButton)
    assert waiting(program) == ["make it warmer"]
    assert program.queue.running is not None
    qtbot.mouseClick(panel.cancel_all_button, Qt.MouseButton.LeftButton)
    assert not program.queue.is_busy
    assert not panel.isVisible()


def test_esc_in_the_panel_hides_it_and_cancels_nothing(
    qtbot: QtBot, program: Program, panel: QueuePanel
) -> None:
    qtbot.keyClick(panel.list, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert len(program.queue.waiting) == 3
    assert not program.window.composer.progress_row.waiting_button.isChecked()
    assert program.window.composer.instruction_box.hasFocus()
    qtbot.mouseClick(program.window.composer.progress_row.waiting_button, Qt.MouseButton.LeftButton)
    assert panel.isVisible()


@pytest.mark.parametrize("size", [(1240, 820), (1024, 640), (720, 400)])
def test_the_panel_lies_above_the_instruction_within_the_window(
    program: Program, panel: QueuePanel, size: tuple[int, int]
) -> None:
    program.window.resize(*size)
    parent = panel.parentWidget()
    assert parent.rect().contains(panel.geometry())
    composer = program.window.composer
    assert panel.geometry().bottom() <= composer.mapTo(parent, composer.rect().topLeft()).y()
    assert panel.list.height() >= panel.list.row_height()


def open_other(qtbot: QtBot, program: Program, photo: Path) -> SourcePhoto:
    other = photo.with_name("cat.png")
    Image.new("RGB", (80, 60), "teal").save(other)
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(other)
    source = program.document.source
    assert source is not None
    return source


def test_edits_of_a_photo_go_on_when_another_is_opened(
    qtbot: QtBot, program: Program, panel: QueuePanel, photo: Path, gate: Gate, editor: FakeEditor
) -> None:
    first = program.document.source
    arrived: list[object] = []
    program.edits.arrived.connect(arrived.append)
    other = open_other(qtbot, program, photo)
    assert len(program.queue.waiting) == 3
    with qtbot.waitSignal(program.queue.is_busy_changed):
        gate.open()
    assert program.document.shown is other
    assert [node.source for node in arrived] == [first] * 4
    assert [each.instruction for each in editor.requests] == [
        *("make it snow", "make it warmer", "make it foggy", "make it night")
    ]
    notice = program.window.notice_bar
    assert notice.message.text() == "The edit of dog.jpg is done."
    qtbot.mouseClick(notice.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: program.document.shown is arrived[-1])


def test_a_sequence_is_followed_to_its_end(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], editor: FakeEditor
) -> None:
    open_photo()
    photo = program.document.source
    editor.step_gates[1] = gate = Gate()
    add(qtbot, program, "make it foggy, then black and white")
    row = program.window.composer.progress_row
    qtbot.waitUntil(lambda: row.label.text() == "Edit 1 of 2 · Editing · step 2 of 3")
    assert row.waiting_button.text() == "1 waiting"
    with qtbot.waitSignal(program.queue.is_busy_changed):
        gate.open()
    assert [each.instruction for each in editor.requests] == ["make it foggy", "make it black and white"]
    last = program.document.result
    assert last is not None
    assert last.state.instruction == "make it black and white"
    between = last.source.parent
    assert between is not None
    assert between.parent is photo
    assert between.state is not None
    assert between.state.instruction == "make it foggy"
    assert [node for node in program.tree.listed if node is not photo] == [between, last]
    assert not program.window.notice_bar.isVisible()
    program.window.actions_.undo.trigger()
    assert program.document.shown is between


def test_for_a_model_that_makes_one_edit_at_a_time_and_makes_a_sequence(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], editor: FakeEditor
) -> None:
    open_photo()
    model = program.document.model
    assert model is not None
    for is_split, text in ((True, "make it foggy and add snow"), (False, "make it dark and add a frame")):
        program.document.update_model(replace(model, one_edit_at_a_time=is_split))
        add(qtbot, program, text)
        qtbot.waitUntil(lambda: not program.queue.is_busy)
    asked = [each.instruction for each in editor.requests]
    assert asked == ["make it foggy", "add snow", "make it dark and add a frame"]


def test_cancelling_a_sequence_says_what_else_is_cancelled(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], editor: FakeEditor, gate: Gate
) -> None:
    open_photo()
    add(qtbot, program, "make it foggy, then black and white, then add snow")
    qtbot.waitUntil(lambda: gate.is_reached)
    qtbot.keyClick(program.window, Qt.Key.Key_Escape)
    assert not program.queue.is_busy
    text = program.window.notice_bar.message.text()
    assert text == "Cancelled. The edits after it in the sequence are cancelled too."


def test_a_failed_edit_of_a_sequence_says_what_else_is_cancelled(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], editor: FakeEditor
) -> None:
    open_photo()
    editor.error = RuntimeError("tensor sizes")
    with qtbot.waitSignal(program.edits.failed):
        add(qtbot, program, "make it foggy, then black and white")
    notice = program.window.notice_bar
    assert notice.message.text() == "Something unexpected went wrong (RuntimeError)."
    assert notice.advice.text().endswith("The edits after it in the sequence are cancelled too.")


def test_the_results_made_before_cancelling_are_kept(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], editor: FakeEditor
) -> None:
    open_photo()
    editor.second_gate = gate = Gate()
    program.document.change(variations=8)
    add(qtbot, program, "make it snow")
    qtbot.waitUntil(lambda: gate.is_reached)
    qtbot.waitUntil(lambda: len(program.tree.listed) == 2)
    assert program.document.result is program.tree.listed[-1]
    assert program.queue.is_busy
    qtbot.keyClick(program.window, Qt.Key.Key_Escape)
    assert program.window.notice_bar.message.text() == "Cancelled. Kept: 1 of 8 results."
    qtbot.waitUntil(lambda: editor.cancelled_edits == 1)
    assert len(program.tree.listed) == 2
    store = program.edits.store
    assert store is not None
    assert store.has_stored(program.tree.listed[-1])


def test_a_dragged_edit_that_begins_to_run_lets_no_other_be_dropped(
    qtbot: QtBot, program: Program, panel: QueuePanel, editor: FakeEditor, gate: Gate
) -> None:
    panel.list.setCurrentRow(0)
    dragged = panel.list.current_job
    panel.list.setState(QAbstractItemView.State.DraggingState)
    editor.load_gate = first = Gate()
    gate.open()
    qtbot.waitUntil(lambda: program.queue.running is dragged and first.is_reached)
    assert panel.list.selectedIndexes() == []
    panel.list.setState(QAbstractItemView.State.NoState)
    panel.list.setCurrentRow(1)
    panel.list.setState(QAbstractItemView.State.DraggingState)
    editor.load_gate = Gate()
    first.open()
    qtbot.waitUntil(lambda: len(program.queue.waiting) == 1)
    assert [panel.list.jobs[index.row()] for index in panel.list.selectedIndexes()] == list(
        program.queue.waiting
    ), "another one that is dragged stays in hand"
    editor.load_gate.open()


def test_an_edit_that_waits_keeps_its_settings_and_its_model(
    qtbot: QtBot, program: Program, panel: QueuePanel, editor: FakeEditor, gate: Gate, starter: ModelCard
) -> None:
    program.document.change(instruction="make it a postcard", turbo=True, text_guidance_scale=3.0)
    other = next(card for card in program.installed.cards if card.path != starter.path)
    program.document.choose_model(other)
    gate.open()
    qtbot.waitUntil(lambda: not program.queue.is_busy)
    assert {request.model for request in editor.requests} == {starter.path}
    assert not any(request.settings.turbo for request in editor.requests)
    assert len(editor.requests) == 4


def test_quitting_asks_before_edits_that_wait_are_lost(
    qtbot: QtBot, program: Program, panel: QueuePanel
) -> None:
    program.window.close()
    question = program.window.findChild(QMessageBox, "queue_question")
    assert isinstance(question, QMessageBox)
    assert "3" in question.text()
    assert program.window.isVisible()
    question.defaultButton().click()
    assert program.window.isVisible()
    assert len(program.queue.waiting) == 3
    program.window.close()
    question = program.window.findChildren(QMessageBox, "queue_question")[-1]
    question.buttons()[0].click()
    assert not program.window.isVisible()
