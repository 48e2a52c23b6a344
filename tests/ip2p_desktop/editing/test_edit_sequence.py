"""Several edits in one instruction: each starts with the result of the one before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes.fake_editor import FakeEditor, Gate
from pytestqt.qtbot import QtBot

from engine.errors import OutOfMemory
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.jobs import EditJob, JobState, sequence_jobs

WAITING, RUNNING, DONE = JobState.WAITING, JobState.RUNNING, JobState.DONE
CANCELLED, FAILED = JobState.CANCELLED, JobState.FAILED


MakeJob = Callable[[str], EditJob]


def states(*jobs: EditJob) -> list[JobState]:
    return [job.state for job in jobs]


def edited_instructions(editor: FakeEditor) -> list[str]:
    return [request.instruction for request in editor.requests]


def texts(*jobs: EditJob) -> list[str]:
    return [job.edit_state.instruction for job in jobs]


MakeSequence = Callable[..., tuple[EditJob, ...]]


@pytest.fixture
def make_sequence(make_job: MakeJob) -> MakeSequence:
    def make(*steps: str, variations: int = 1) -> tuple[EditJob, ...]:
        job = make_job(", then ".join(steps))
        state = job.edit_state.with_values(variations=variations, seed=5)
        return sequence_jobs(steps, state, job.source, job.model)

    return make


def test_each_edit_of_a_sequence_starts_with_the_result_of_the_one_before(
    qtbot: QtBot, queue: EditQueue, editor: FakeEditor, make_sequence: MakeSequence
) -> None:
    first, second, third = make_sequence("fog", "snow", "night")
    photo = first.source
    with qtbot.waitSignal(queue.is_busy_changed, check_params_cb=lambda busy: not busy):
        queue.submit(first, second, third)
    assert states(first, second, third) == [DONE, DONE, DONE]
    assert edited_instructions(editor) == ["fog", "snow", "night"]
    assert (second.source.parent, third.source.parent) == (first.results[0], second.results[0])
    assert third.results[0].source.parent is second.results[0]
    assert second.results[0].source.parent is first.results[0]
    assert first.results[0].source is photo
    # the fake editor inverts: the second edit sees the negative
    sources = [request.source_image.getpixel((0, 0)) for request in editor.requests]
    assert sources == [(0, 0, 0), (255, 255, 255), (0, 0, 0)]
    assert [request.settings.seed for request in editor.requests] == [5, 5, 5]


def test_each_variation_goes_through_the_whole_sequence_with_its_seed(
    qtbot: QtBot, queue: EditQueue, editor: FakeEditor, make_sequence: MakeSequence
) -> None:
    jobs = make_sequence("fog", "snow", "night", variations=2)
    with qtbot.waitSignal(queue.is_busy_changed, check_params_cb=lambda busy: not busy):
        queue.submit(*jobs)
    made = [(each.instruction, each.settings.seed, each.variations) for each in editor.requests]
    assert made == [
        ("fog", 5, 2),
        *[("snow", 5, 1), ("night", 5, 1)],
        *[("snow", 6, 1), ("night", 6, 1)],
    ]
    first, *others = queue.jobs
    assert [job.source.parent for job in others[::2]] == first.results
    assert [job.step for job in queue.jobs] == [1, 2, 3, 2, 3]
    assert {job.state for job in queue.jobs} == {DONE}


def test_the_edits_of_a_sequence_keep_their_order(
    qtbot: QtBot, queue: EditQueue, editor: FakeEditor, make_job: MakeJob, make_sequence: MakeSequence
) -> None:
    editor.load_gate = gate = Gate()
    running, other = make_job("edit 1"), make_job("edit 2")
    queue.submit(running, *make_sequence("fog", "snow"), other)
    queue.move(queue.waiting[1], 0)
    assert texts(*queue.waiting) == ["fog", "snow", "edit 2"]
    queue.reorder([queue.waiting[1], other, queue.waiting[0]])
    assert texts(*queue.waiting) == ["fog", "edit 2", "snow"]
    with qtbot.waitSignal(queue.is_busy_changed, check_params_cb=lambda busy: not busy):
        gate.open()
    assert edited_instructions(editor) == ["edit 1", "fog", "edit 2", "snow"]


@pytest.mark.parametrize("how", ["running cancelled", "waiting cancelled", "failed"])
def test_when_an_edit_of_a_sequence_ends_early_those_after_it_are_cancelled(
    qtbot: QtBot,
    queue: EditQueue,
    editor: FakeEditor,
    make_job: MakeJob,
    make_sequence: MakeSequence,
    how: str,
) -> None:
    editor.load_gate = gate = Gate()
    first, second, third = make_sequence("fog", "snow", "night")
    other = make_job("edit 4")
    if how == "failed":
        editor.error = OutOfMemory("memory.editing", "Not enough memory.", "Try a smaller resolution.")
        queue.failed.connect(lambda: setattr(editor, "error", None))
    queue.submit(first, second, third, other)
    qtbot.waitUntil(lambda: gate.is_reached)
    if how == "running cancelled":
        queue.cancel(first)
    elif how == "waiting cancelled":
        queue.cancel(second)
    with qtbot.waitSignal(queue.is_busy_changed, check_params_cb=lambda busy: not busy):
        gate.open()
    expected = {"running cancelled": CANCELLED, "waiting cancelled": DONE, "failed": FAILED}[how]
    assert states(first, second, third, other) == [expected, CANCELLED, CANCELLED, DONE]
    assert edited_instructions(editor) == ["fog", "edit 4"]
