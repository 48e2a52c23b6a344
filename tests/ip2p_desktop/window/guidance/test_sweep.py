"""A grid of edits fills as results arrive; one is kept and the others can be removed."""

from __future__ import annotations

import pytest
from fakes.fake_editor import FakeEditor, Gate
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from engine.editing.costs import Estimate
from engine.errors import OutOfMemory
from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.window.guidance.sweep_dialog import SweepDialog
from ip2p_desktop.window.guidance.sweep_grid import CellState
from ip2p_desktop.window.guidance.sweep_plan import SweepKind, guidance_plan, seed_plan

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(ready: Program) -> SweepDialog:
    ready.window.actions_.grid.trigger()
    dialog = ready.sweeps.dialog
    assert dialog.isVisible()
    return dialog


def finish(qtbot: QtBot, program: Program) -> None:
    qtbot.waitUntil(lambda: not program.queue.is_busy, timeout=30_000)


def test_a_plan_of_guidance_covers_the_useful_range_with_one_seed(ready: Program) -> None:
    plan = guidance_plan(ready.document.state, ready.guidance.ranges, 3)
    pairs = [(each.settings.text_guidance_scale, each.settings.image_guidance_scale) for each in plan.states]
    assert pairs == [(text, image) for image in (1.8, 1.5, 1.2) for text in (6, 7.5, 9)]
    assert {each.settings.seed for each in plan.states} == {7}


def test_a_plan_of_seeds_begins_with_the_current_one() -> None:
    state = EditState(instruction="make it snowy").with_values(seed=7)
    plan = seed_plan(state, 5)
    seeds = [each.settings.seed for each in plan.states]
    assert seeds[0] == 7
    assert len(set(seeds)) == 25
    assert {each.with_values(seed=7) for each in plan.states} == {plan.states[0]}


def test_the_cells_fill_as_results_arrive(
    qtbot: QtBot, ready: Program, editor: FakeEditor, dialog: SweepDialog
) -> None:
    gate = editor.step_gates[0] = Gate()
    assert dialog.estimate.text().startswith("9 edit")
    assert {cell.state for cell in dialog.grid.cells} == {CellState.PLANNED}
    qtbot.mouseClick(dialog.start, LEFT)
    qtbot.waitUntil(lambda: gate.is_reached)
    states = [cell.state for cell in dialog.grid.cells]
    assert states == [CellState.RUNNING, *[CellState.WAITING] * 8]
    assert not dialog.start.isEnabled()
    assert dialog.cancel.isVisible()
    gate.open()
    finish(qtbot, ready)
    assert all(cell.state is CellState.DONE and cell.result is not None for cell in dialog.grid.cells)
    assert [cell.values for cell in dialog.grid.cells[:3]] == ["6 · 1.8", "7.5 · 1.8", "9 · 1.8"]
    assert len(editor.requests) == 9
    assert {request.settings.seed for request in editor.requests} == {7}
    assert dialog.start.isEnabled()
    assert not dialog.cancel.isVisible()


def test_keeping_one_sets_its_settings_and_removes_the_others_on_request(
    qtbot: QtBot, ready: Program, dialog: SweepDialog
) -> None:
    dialog.side.value = 2
    qtbot.mouseClick(dialog.start, LEFT)
    finish(qtbot, ready)
    assert not dialog.keep.isEnabled()
    chosen = dialog.grid.cells[1]
    qtbot.mouseClick(chosen, LEFT)
    qtbot.waitUntil(lambda: ready.document.result is chosen.result)
    assert ready.document.state.settings.text_guidance_scale == 7.5, "looking changes nothing"
    qtbot.mouseClick(dialog.keep, LEFT)
    settings = ready.document.state.settings
    assert (settings.text_guidance_scale, settings.image_guidance_scale) == (9, 1.8)
    assert len(ready.tree.listed) == 5
    qtbot.mouseClick(dialog.remove, LEFT)
    assert ready.tree.listed == (ready.document.source, chosen.result)
    assert ready.document.result is chosen.result
    assert not dialog.isVisible()
    ready.window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: len(ready.tree.listed) == 5)
    assert ready.document.result is chosen.result


def test_a_sequence_fills_a_cell_with_its_last_result(
    qtbot: QtBot, ready: Program, editor: FakeEditor, dialog: SweepDialog
) -> None:
    ready.document.change(instruction="make it foggy, then make it black and white")
    dialog.side.value = 2
    qtbot.mouseClick(dialog.start, LEFT)
    finish(qtbot, ready)
    assert len(editor.requests) == 8
    results = [cell.result for cell in dialog.grid.cells]
    assert {result.state.instruction for result in results if result} == {"make it black and white"}
    assert [cell.state for cell in dialog.grid.cells] == [CellState.DONE] * 4


def test_a_cell_is_chosen_with_the_keyboard(qtbot: QtBot, ready: Program, dialog: SweepDialog) -> None:
    dialog.side.value = 2
    qtbot.mouseClick(dialog.start, LEFT)
    finish(qtbot, ready)
    cell = dialog.grid.cells[2]
    cell.setFocus()
    qtbot.keyClick(cell, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: ready.document.result is cell.result)
    assert dialog.keep.isEnabled()


def test_seeds_are_tried_too(qtbot: QtBot, ready: Program, editor: FakeEditor, dialog: SweepDialog) -> None:
    dialog.kind.value = SweepKind.SEEDS
    qtbot.mouseClick(dialog.start, LEFT)
    finish(qtbot, ready)
    assert len({request.settings.seed for request in editor.requests}) == 9
    scales = {request.settings.text_guidance_scale for request in editor.requests}
    assert scales == {ready.document.state.settings.text_guidance_scale}
    assert [cell.values for cell in dialog.grid.cells] == [
        str(request.settings.seed) for request in editor.requests
    ]


def test_cancelling_ends_only_the_edits_of_the_grid(
    qtbot: QtBot, ready: Program, editor: FakeEditor, dialog: SweepDialog
) -> None:
    gate = editor.step_gates[0] = Gate()
    dialog.side.value = 2
    qtbot.mouseClick(dialog.start, LEFT)
    qtbot.waitUntil(lambda: gate.is_reached)
    ready.document.change(instruction="make it warmer")
    ready.edits.start()
    qtbot.mouseClick(dialog.cancel, LEFT)
    gate.open()
    finish(qtbot, ready)
    assert [cell.state for cell in dialog.grid.cells] == [CellState.CANCELLED] * 4
    assert [node.state.instruction for node in ready.tree.listed[1:]] == ["make it warmer"]
    assert dialog.status.text() == "No result was made."
    assert not dialog.keep.isVisible()


def test_a_failure_is_shown_in_its_cell(
    qtbot: QtBot, ready: Program, editor: FakeEditor, dialog: SweepDialog
) -> None:
    editor.error = OutOfMemory("memory", "Not enough memory.")
    dialog.side.value = 2
    qtbot.mouseClick(dialog.start, LEFT)
    finish(qtbot, ready)
    assert {cell.state for cell in dialog.grid.cells} == {CellState.FAILED}
    assert not any(cell.isEnabled() for cell in dialog.grid.cells)


@pytest.mark.parametrize("size", [(660, 740), (620, 420)])
def test_all_of_the_largest_grid_fits(qtbot: QtBot, dialog: SweepDialog, size: tuple[int, int]) -> None:
    dialog.side.value = 5
    dialog.resize(*size)
    QApplication.processEvents()
    assert dialog.size().toTuple() == size
    menus = dialog.findChildren(QComboBox)
    for widget in (*dialog.grid.cells, *menus, dialog.start, dialog.close_button, dialog.estimate):
        corner = widget.mapTo(dialog, QPoint(widget.width() - 1, widget.height() - 1))
        assert dialog.rect().contains(corner)
        assert widget.visibleRegion().boundingRect().size() == widget.size()


def test_without_a_photo_nothing_starts(qtbot: QtBot, program: Program) -> None:
    program.window.actions_.grid.trigger()
    dialog = program.sweeps.dialog
    qtbot.mouseClick(dialog.start, LEFT)
    assert not program.queue.is_busy
    assert program.window.notice_bar.isVisible()


def test_the_time_of_the_grid_is_estimated_from_earlier_edits(
    qtbot: QtBot, ready: Program, dialog: SweepDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_seconds = Estimate(
        load_seconds=None,
        peak_bytes=None,
        reading_seconds=0.5,
        step_seconds=1.0,
        finishing_seconds=0.25,
        storing_seconds=0.25,
        steps=1,
        variations=1,
    )
    monkeypatch.setattr(ready.sweeps._costs, "forecast", lambda *_: two_seconds)
    dialog.side.value = 4
    qtbot.waitUntil(lambda: "Takes about 32 s." in dialog.estimate.text())


def test_a_result_that_is_removed_cannot_be_kept_until_it_is_back(
    qtbot: QtBot, ready: Program, dialog: SweepDialog
) -> None:
    qtbot.mouseClick(dialog.start, LEFT)
    finish(qtbot, ready)
    cell = dialog.grid.cells[4]
    qtbot.mouseClick(cell, LEFT)
    assert dialog.keep.isEnabled()
    result = cell.result
    assert result is not None
    ready.history.remove_together([result])
    assert cell.state is CellState.REMOVED
    assert not cell.isEnabled()
    assert "Removed" in cell.accessibleName()
    assert not dialog.keep.isEnabled()
    cell.grab()
    ready.window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: cell.state is CellState.DONE)
    assert cell.isEnabled()


def test_the_results_of_another_session_cannot_be_kept(
    qtbot: QtBot, ready: Program, dialog: SweepDialog
) -> None:
    qtbot.mouseClick(dialog.start, LEFT)
    finish(qtbot, ready)
    qtbot.mouseClick(dialog.grid.cells[4], LEFT)
    ready.window.actions_.new_session.trigger()
    qtbot.waitUntil(lambda: dialog.grid.cells[4].state is CellState.REMOVED)
    assert not dialog.keep.isEnabled()
