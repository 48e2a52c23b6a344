"""The remaining time of an edit comes from its estimate, then from its own steps."""

from __future__ import annotations

import pytest

from engine.editing.costs import Estimate
from engine.progress import Progress, Stage
from ip2p_desktop.editing.job_clock import LIBRARY_SECONDS, JobClock

ESTIMATE = Estimate(
    load_seconds=4.0,
    peak_bytes=None,
    reading_seconds=1.0,
    step_seconds=2.0,
    finishing_seconds=3.0,
    storing_seconds=1.0,
    steps=5,
    variations=2,
)
"""Loading 4, reading 1, then twice: 5 steps of 2, finishing 3, storing 1; in total 33."""


class Hands:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def clock(hands: Hands) -> JobClock:
    return JobClock(hands)


@pytest.mark.parametrize(
    ("progress", "seconds"),
    [
        (Progress(Stage.LOADING_LIBRARIES), LIBRARY_SECONDS + 33),
        (Progress(Stage.LOADING_MODEL, 0, 100), 33),
        (Progress(Stage.LOADING_MODEL, 75, 100), 30),
        (Progress(Stage.READING), 29),
        (Progress(Stage.SAMPLING, 0, 10), 28),
        (Progress(Stage.COMPILING), 28),
        (Progress(Stage.FINISHING, 0, 2), 28),
    ],
)
def test_before_the_first_step_the_time_is_that_of_the_estimate(
    clock: JobClock, progress: Progress, seconds: float
) -> None:
    clock.start(ESTIMATE, loads=True)
    assert clock.seconds_left == 33
    clock.report(progress)
    assert clock.seconds_left == pytest.approx(seconds)


def test_a_loaded_model_takes_no_time(clock: JobClock) -> None:
    clock.start(ESTIMATE, loads=False)
    assert clock.seconds_left == 29


def run_of(speed: float) -> list[tuple[float, Progress]]:
    """An edit of two variations whose stages take `speed` times as long as estimated."""
    stages = [(4.0, Progress(Stage.LOADING_MODEL, 0, 100)), (1.0, Progress(Stage.READING))]
    for number in (0, 1):
        stages += [(2.0, Progress(Stage.SAMPLING, number * 5 + step, 10)) for step in range(5)]
        stages += [(0.0, Progress(Stage.SAMPLING, number * 5 + 5, 10))]
        stages += [(3.0, Progress(Stage.FINISHING, number, 2)), (1.0, Progress(Stage.STORING, number, 2))]
    return [(speed * seconds, progress) for seconds, progress in stages]


@pytest.mark.parametrize("speed", [0.3, 1.0, 2.5])
def test_the_share_covers_all_stages_and_never_decreases(clock: JobClock, hands: Hands, speed: float) -> None:
    clock.start(ESTIMATE, loads=True)
    shares: list[float] = []
    for seconds, progress in run_of(speed):
        clock.report(progress)
        for _ in range(4):
            share = clock.share
            assert share is not None
            shares.append(share)
            hands.now += seconds / 4
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert 0.9 < shares[-1] < 1


def test_as_expected_every_second_counts_the_same(clock: JobClock, hands: Hands) -> None:
    clock.start(ESTIMATE, loads=True)
    elapsed = 0.0
    for seconds, progress in run_of(1.0):
        clock.report(progress)
        assert clock.share == pytest.approx(elapsed / 33, abs=1e-6)
        assert clock.seconds_left == pytest.approx(max(33 - elapsed, 0.1))  # never quite nothing
        hands.now += seconds
        elapsed += seconds


def test_steps_are_timed_as_soon_as_one_is_made(clock: JobClock, hands: Hands) -> None:
    clock.start(ESTIMATE, loads=False)
    clock.report(Progress(Stage.SAMPLING, 0, 10))
    hands.now += 10
    clock.report(Progress(Stage.SAMPLING, 1, 10))
    assert clock.seconds_left == pytest.approx(9 * 10 + 2 * 4)


def test_without_an_estimate_the_steps_alone_tell_the_time(clock: JobClock, hands: Hands) -> None:
    clock.start(None, loads=True)
    for progress in (Progress(Stage.LOADING_MODEL, 50, 100), Progress(Stage.SAMPLING, 0, 4)):
        clock.report(progress)
        assert (clock.seconds_left, clock.share) == (None, None)
    hands.now += 3
    clock.report(Progress(Stage.SAMPLING, 1, 4))
    assert clock.seconds_left == pytest.approx(9)
    assert clock.share == pytest.approx(3 / 12)


def test_an_edit_that_takes_longer_waits_for_what_follows(clock: JobClock, hands: Hands) -> None:
    clock.start(ESTIMATE, loads=False)
    clock.report(Progress(Stage.FINISHING, 1, 2))
    hands.now += 100
    assert clock.seconds_left == pytest.approx(10 * 2 + 1)
