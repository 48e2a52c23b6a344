"""Edits wait for each other, and each ends on its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes.fake_editor import FakeEditor, Gate
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.errors import ImageUnreadable, OutOfMemory
from engine.progress import Stage
from engine.request import EditRequest
from ip2p_desktop.app import Program
from ip2p_desktop.editing.edit_client import EditClient
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.jobs import EditJob, JobState

WAITING, RUNNING, DONE = JobState.WAITING, JobState.RUNNING, JobState.DONE
CANCELLED, FAILED = JobState.CANCELLED, JobState.FAILED


MakeJob = Callable[[str], EditJob]


def states(*jobs: EditJob) -> list[JobState]:
    return [job.state for job in jobs]


def edited_instructions(editor: FakeEditor) -> list[str]:
    return [request.instruction for request in editor.requests]


def test_jobs_run_in_their_order_and_a_cancelled_one_never(
    qtbot: QtBot, queue: EditQueue, editor: FakeEditor, make_job: MakeJob
) -> None:
    editor.load_gate = gate = Gate()
    first, second, third = jobs = [make_job(f"edit {number}") for number in (1, 2, 3)]
    signals: list[tuple[str, EditJob]] = []
    queue.started.connect(lambda job: signals.append(("started", job)))
    queue.finished.connect(lambda job: signals.append(("finished", job)))
    queue.cancelled.connect(lambda job: signals.append(("cancelled", job)))
    for job in jobs:
        queue.submit(job)
    assert states(*jobs) == [RUNNING, WAITING, WAITING]
    assert (queue.running, queue.waiting, queue.is_busy) == (first, (second, third), True)
    queue.cancel(second)
    assert states(*jobs) == [RUNNING, CANCELLED, WAITING]
    with qtbot.waitSignal(queue.is_busy_changed):
        gate.open()
    assert states(*jobs) == [DONE, CANCELLED, DONE]
    assert edited_instructions(editor) == ["edit 1", "edit 3"]
    assert signals == [
        *[("started", first), ("cancelled", second), ("finished", first)],
        *[("started", third), ("finished", third)],
    ]
    assert queue.jobs == (first, second, third)


def test_each_job_has_its_own_progress(
    qtbot: QtBot, queue: EditQueue, editor: FakeEditor, make_job: MakeJob
) -> None:
    editor.step_gates[1] = gate = Gate()
    first, second = make_job("edit 1"), make_job("edit 2")
    seen: dict[int, list[Stage]] = {first.number: [], second.number: []}
    queue.changed.connect(lambda job: seen[job.number].append(job.progress.stage if job.progress else None))
    queue.submit(first)
    queue.submit(second)
    qtbot.waitUntil(lambda: first.progress is not None and first.progress.done == 2)
    assert second.progress is None
    with qtbot.waitSignal(queue.is_busy_changed):
        gate.open()
    assert (first.progress, second.progress) == (None, None)
    assert Stage.SAMPLING in seen[second.number]
    assert seen[second.number][-1] is None


def test_the_failure_of_one_does_not_stop_the_next(
    qtbot: QtBot, queue: EditQueue, editor: FakeEditor, make_job: MakeJob
) -> None:
    editor.error = OutOfMemory("memory.editing", "Not enough memory.", "Try a smaller resolution.")
    queue.failed.connect(lambda: setattr(editor, "error", None))
    first, second = make_job("edit 1"), make_job("edit 2")
    queue.submit(first)
    queue.submit(second)
    with qtbot.waitSignal(queue.failed) as failed:
        pass
    assert failed.args[0] is first
    assert states(first, second) == [FAILED, RUNNING]
    assert str(first.error) == "Not enough memory. Try a smaller resolution."
    with qtbot.waitSignal(queue.finished):
        pass
    assert states(first, second) == [FAILED, DONE]
    assert second.error is None


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ImageUnreadable("image.not-found", "It does not exist.", "Check the name."), "It does not exist."),
        (FileNotFoundError("gone"), "Something unexpected went wrong (FileNotFoundError)."),
    ],
)
def test_jobs_without_a_request_fail_and_the_next_runs(
    qtbot: QtBot,
    queue: EditQueue,
    make_job: MakeJob,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    text: str,
) -> None:
    broken = [make_job(f"edit {number}") for number in (1, 2)]
    last = make_job("edit 3")
    request_of = EditJob.request

    def request(job: EditJob) -> EditRequest:
        if job in broken:
            raise error
        return request_of(job)

    monkeypatch.setattr(EditJob, "request", request)
    failed: list[EditJob] = []
    queue.failed.connect(lambda job: failed.append(job))
    with qtbot.waitSignal(queue.finished):
        for job in (*broken, last):
            queue.submit(job)
    assert states(*broken, last) == [FAILED, FAILED, DONE]
    assert failed == broken
    assert broken[0].error is not None
    assert broken[0].error.message == text
    assert not queue.is_busy


@pytest.mark.parametrize("place", ["load", "step"])
def test_the_running_job_is_cancelled_at_once_and_the_next_runs(
    qtbot: QtBot, queue: EditQueue, editor: FakeEditor, make_job: MakeJob, place: str
) -> None:
    gate = Gate()
    if place == "load":
        editor.load_gate = gate
    else:
        editor.step_gates[1] = gate
    first, second = make_job("edit 1"), make_job("edit 2")
    queue.submit(first)
    queue.submit(second)
    qtbot.waitUntil(lambda: gate.is_reached)
    queue.cancel(first)
    assert states(first, second) == [CANCELLED, RUNNING]
    with qtbot.waitSignal(queue.is_busy_changed):
        gate.open()
    assert states(first, second) == [CANCELLED, DONE]
    assert editor.cancelled_edits == 1
    queue.cancel(first)
    queue.cancel(second)
    assert states(first, second) == [CANCELLED, DONE]


def test_shutting_down_cancels_all_and_takes_no_more(
    qtbot: QtBot, queue: EditQueue, client: EditClient, editor: FakeEditor, make_job: MakeJob
) -> None:
    editor.load_gate = gate = Gate()
    jobs = [make_job(f"edit {number}") for number in (1, 2, 3)]
    for job in jobs:
        queue.submit(job)
    qtbot.waitUntil(lambda: gate.is_reached)
    queue.shut_down()
    assert states(*jobs) == [CANCELLED] * 3
    late = make_job("edit 4")
    queue.submit(late)
    assert late not in queue.jobs
    client.shut_down()
    assert edited_instructions(editor) == ["edit 1"]
    assert editor.cancelled_edits == 1


def test_waiting_jobs_change_their_order(
    qtbot: QtBot, queue: EditQueue, editor: FakeEditor, make_job: MakeJob
) -> None:
    editor.load_gate = gate = Gate()
    first, second, third, fourth = jobs = [make_job(f"edit {number}") for number in (1, 2, 3, 4)]
    queue.submit(*jobs)
    with qtbot.waitSignal(queue.order_changed):
        queue.move(fourth, 0)
    assert queue.waiting == (fourth, second, third)
    queue.reorder([third, fourth])
    assert queue.waiting == (third, fourth, second)
    queue.move(first, 2)  # it runs already
    assert queue.running is first
    with qtbot.waitSignal(queue.is_busy_changed):
        gate.open()
    assert edited_instructions(editor) == ["edit 1", "edit 3", "edit 4", "edit 2"]


def test_each_variation_is_reported_as_soon_as_it_is_made(
    qtbot: QtBot, queue: EditQueue, editor: FakeEditor, make_job: MakeJob
) -> None:
    editor.second_gate = gate = Gate()
    job = make_job("edit 1")
    job.edit_state = job.edit_state.with_values(variations=3, seed=7)
    with qtbot.waitSignal(queue.produced):
        queue.submit(job)
    qtbot.waitUntil(lambda: gate.is_reached)
    assert (job.state, len(job.results)) == (RUNNING, 1)
    assert job.results[0].state.settings.seed == 7
    assert job.results[0].state.variations == 1
    with qtbot.waitSignal(queue.finished) as finished:
        gate.open()
    assert finished.args[2] == tuple(job.results)
    assert [result.state.settings.seed for result in job.results] == [7, 8, 9]


def write(program: Program, instruction: str) -> None:
    program.window.composer.instruction_box.setText(instruction)


def press_enter(qtbot: QtBot, program: Program) -> None:
    qtbot.keyClick(program.window.composer.instruction_box, Qt.Key.Key_Return)


def test_another_edit_can_be_submitted_while_one_runs(
    qtbot: QtBot, program: Program, editor: FakeEditor, open_photo: Callable[[], None]
) -> None:
    open_photo()
    editor.step_gates[1] = gate = Gate()
    row = program.window.composer.progress_row
    write(program, "make it snow")
    press_enter(qtbot, program)
    qtbot.waitUntil(lambda: row.label.text() == "Editing · step 2 of 3")
    assert not row.waiting_button.isVisible()
    write(program, "make it warmer")
    press_enter(qtbot, program)
    press_enter(qtbot, program)
    assert row.waiting_button.text() == "1 waiting"
    assert program.window.notice_bar.message.text() == "This edit is in the queue already."
    program.document.change(num_inference_steps=7)
    press_enter(qtbot, program)
    assert row.waiting_button.text() == "2 waiting"
    with qtbot.waitSignal(program.queue.is_busy_changed):
        gate.open()
    assert edited_instructions(editor) == ["make it snow", "make it warmer", "make it warmer"]
    assert [request.settings.num_inference_steps for request in editor.requests] == [20, 20, 7]
    assert len(program.window.history_strip.entries) == 4
    assert program.document.result is program.tree.listed[-1]
    assert program.window.composer.edit_button.isVisible()
    assert not row.waiting_button.isVisible()


def test_esc_cancels_the_running_edit_and_a_link_all_others(
    qtbot: QtBot, program: Program, editor: FakeEditor, open_photo: Callable[[], None]
) -> None:
    open_photo()
    editor.load_gate = gate = Gate()
    for instruction in ("make it snow", "make it warmer", "make it foggy"):
        write(program, instruction)
        press_enter(qtbot, program)
    qtbot.waitUntil(lambda: gate.is_reached)
    qtbot.keyClick(program.window, Qt.Key.Key_Escape)
    notice = program.window.notice_bar
    assert notice.message.text().startswith("Cancelled. 2 edit")
    assert program.queue.running is not None
    assert program.queue.running.edit_state.instruction == "make it warmer"
    assert notice.action_button.text() == "Cancel all"
    qtbot.mouseClick(notice.action_button, Qt.MouseButton.LeftButton)
    assert not program.queue.is_busy
    assert notice.message.text() == "All edits are cancelled."
    qtbot.waitUntil(lambda: editor.cancelled_edits >= 1)
    gate.open()
    write(program, "make it cooler")
    with qtbot.waitSignal(program.edits.finished):
        press_enter(qtbot, program)
    assert edited_instructions(editor)[0] == "make it snow"
    assert edited_instructions(editor)[-1] == "make it cooler"
    assert "make it foggy" not in edited_instructions(editor)


def test_another_result_stays_on_screen_during_all_edits(
    qtbot: QtBot, program: Program, editor: FakeEditor, open_photo: Callable[[], None]
) -> None:
    open_photo()
    write(program, "make it snow")
    with qtbot.waitSignal(program.edits.finished) as finished:
        press_enter(qtbot, program)
    first = finished.args[0]
    editor.step_gates[1] = gate = Gate()
    for instruction in ("make it warmer", "make it cooler"):
        write(program, instruction)
        press_enter(qtbot, program)
    qtbot.waitUntil(lambda: gate.is_reached)
    program.history.show_node(first)
    with qtbot.waitSignal(program.queue.is_busy_changed):
        gate.open()
    assert program.document.result is first
    assert len(program.tree.listed) == 4


def test_an_edit_of_the_photo_on_screen_is_followed_when_its_turn_comes(
    qtbot: QtBot, program: Program, editor: FakeEditor, open_photo: Callable[[], None]
) -> None:
    open_photo()
    first = program.document.source
    open_photo()
    second = program.document.source
    assert first is not None
    assert second is not None
    editor.step_gates[1] = gate = Gate()
    write(program, "make it snow")
    press_enter(qtbot, program)
    qtbot.waitUntil(lambda: gate.is_reached)
    program.history.show_node(first)
    write(program, "make it warmer")
    press_enter(qtbot, program)
    with qtbot.waitSignal(program.queue.finished) as finished:
        gate.open()
    assert finished.args[0].source is second
    assert program.document.shown is first
    assert program.window.notice_bar.message.text() == "The edit of dog.jpg is done."
    with qtbot.waitSignal(program.edits.finished) as finished:
        pass
    assert program.document.shown is finished.args[0]
    assert finished.args[0].source is first
    assert not program.window.notice_bar.isVisible()
