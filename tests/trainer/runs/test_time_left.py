"""The time that a run says is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.recorded_run import STEPS, RandomExamples, RecordedRun

from trainer.batches.batch import Batch
from trainer.protocol.commands import Commands
from trainer.protocol.events import StepFinished
from trainer.runs import time_left
from trainer.runs.time_left import TimeLeft, Work, times_due
from trainer.validation.preview_times import EARLY_STEP, PreviewTimes


class SetClock:
    """A clock that is set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        for name in ("perf_counter", "monotonic"):
            monkeypatch.setattr(time_left.time, name, lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    return SetClock(monkeypatch)


def take_steps(left: TimeLeft, clock: SetClock, count: int, seconds: float) -> None:
    for _ in range(count):
        clock.now += seconds
        left.add_step()


def test_recent_steps_count_and_the_first_ones_do_not(clock: SetClock) -> None:
    left = TimeLeft()
    take_steps(left, clock, 2, 30)
    assert left.seconds_per_step == pytest.approx(30)
    take_steps(left, clock, 30, 1)
    assert left.seconds_per_step == pytest.approx(1)
    take_steps(left, clock, 100, 3)
    assert left.seconds_per_step == pytest.approx(3, rel=0.05)


def test_a_night_in_between_ruins_nothing(clock: SetClock) -> None:
    left = TimeLeft()
    take_steps(left, clock, 30, 1)
    take_steps(left, clock, 1, 8 * 3600)
    assert left.seconds_per_step == pytest.approx(1, rel=0.2)


def test_other_work_and_pauses_are_no_steps(clock: SetClock) -> None:
    paused = 0.0
    left = TimeLeft(lambda: paused)
    take_steps(left, clock, 10, 1)
    with left.measured(Work.VALIDATION):
        clock.now += 20
        with left.measured(Work.CHECKPOINT):
            clock.now += 5
            paused += 4
    take_steps(left, clock, 1, 1)
    assert left.seconds_per_step == pytest.approx(1)
    assert left.seconds_of(Work.VALIDATION) == pytest.approx(20)
    assert left.seconds_of(Work.CHECKPOINT) == pytest.approx(1)


def test_the_first_time_counts_until_there_is_another(clock: SetClock) -> None:
    left = TimeLeft()
    for seconds, expected in ((20, 20), (4, 4), (6, 5)):
        with left.measured(Work.VALIDATION):
            clock.now += seconds
        assert left.seconds_of(Work.VALIDATION) == pytest.approx(expected)
    with left.measured(Work.FIRST_CHECKPOINT):
        clock.now += 2
    assert left.seconds_of(Work.CHECKPOINT) == pytest.approx(4)


@pytest.mark.parametrize(
    ("step", "interval", "expected"), [(1, 5, 2), (5, 5, 2), (6, 5, 1), (10, 5, 1), (3, 4, 3), (9, 0, 0)]
)
def test_what_is_due_at_a_step_still_counts(step: int, interval: int, expected: int) -> None:
    assert times_due(step, 10, interval) == expected


def test_previews_by_time_are_early_once_then_rare_and_never_most_of_the_work() -> None:
    now = 0.0
    times = PreviewTimes(2, lambda: now)
    times.begin(0)
    times.made(0, seconds=3)
    assert [step for step in range(EARLY_STEP + 2) if times.is_due(step)] == [EARLY_STEP, EARLY_STEP + 1]
    times.made(EARLY_STEP, seconds=3)
    now = 119.0
    assert not times.is_due(50)
    now = 121.0
    assert times.is_due(50)
    times.made(50, seconds=60)
    now += 500
    assert not times.is_due(90)
    now += 50
    assert times.is_due(90)
    assert not PreviewTimes(0, lambda: 1e9).is_due(EARLY_STEP)
    resumed = PreviewTimes(2, lambda: now)
    resumed.begin(300)
    assert not resumed.is_due(301)


class TimedExamples(RandomExamples):
    """Every batch takes two seconds; asks the run to stop with one of them."""

    commands: Commands

    def __init__(self, clock: SetClock, stops_at: int = STEPS) -> None:
        super().__init__()
        self._clock, self._stops_at = clock, stops_at

    def batch(self, number: int) -> Batch:
        self._clock.now += 2
        if number == self._stops_at:
            self.commands.request_stop()
        return super().batch(number)


def test_the_end_of_a_run_counts(tiny_editor: Path, tmp_path: Path, clock: SetClock) -> None:
    run = RecordedRun(tiny_editor, tmp_path / "run", examples=TimedExamples(clock))
    run.training.export_seconds = 100.0
    run()
    left = [event.seconds_left for event in run.events_of(StepFinished)]
    assert left == [100 + 2 * (STEPS - step) for step in range(1, STEPS + 1)]


def test_a_limit_of_the_time_shortens_it(tiny_editor: Path, tmp_path: Path, clock: SetClock) -> None:
    words = ("trainer.max_steps=100000000", "trainer.max_time=00:01:00:00")
    examples = TimedExamples(clock, stops_at=3)
    run = RecordedRun(tiny_editor, tmp_path / "run", *words, examples=examples)
    examples.commands = run.commands
    run()
    left = [event.seconds_left for event in run.events_of(StepFinished)]
    assert left == [3600 - 2 * step for step in range(1, 5)]
