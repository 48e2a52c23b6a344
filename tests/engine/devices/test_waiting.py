"""Threads sleep while they wait if other processes need the cores, and spin otherwise."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.devices.waiting import (
    AdaptiveWaitPolicy,
    ContentionDetector,
    CoreMeter,
    CoreUse,
    IdleThreadTeam,
    adaptive_wait,
)
from engine.editing.editor import Editor
from engine.request import EditRequest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libgomp is used on Linux")

BUSY, QUIET = CoreUse(0.1, 1.0), CoreUse(0.1, 0.0)


class FixedMeter(CoreMeter):
    """Gives the same reading every time."""

    def __init__(self, use: CoreUse | None) -> None:
        self.use = use

    def read(self) -> CoreUse | None:
        return self.use


@pytest.fixture
def _several_threads() -> Iterator[None]:
    """As many as there are cores, and at least two."""
    before = torch.get_num_threads()
    torch.set_num_threads(max(2, len(os.sched_getaffinity(0))))
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _no_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.delenv(name, raising=False)


class FakeProcessor:
    """A clock, counts of two cores of which this process may use the first, and its own processor time."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.own = 0.0
        self.stat = folder / "stat"
        self.write(0)
        monkeypatch.setattr("engine.devices.waiting.os.sched_getaffinity", lambda process: {1})
        monkeypatch.setattr("engine.devices.waiting.os.sysconf", lambda name: 100)
        monkeypatch.setattr("engine.devices.waiting.time.perf_counter", lambda: self.now)
        monkeypatch.setattr("engine.devices.waiting.time.process_time", lambda: self.own)

    def write(self, ticks: int) -> None:
        """Each kind of work on our core counts as busy; neither idle time nor the other core does."""
        parts = f"{ticks} {ticks} {ticks} 999 999 {ticks} {ticks} {ticks} 0 0"
        self.stat.write_text(f"cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 {'5000 ' * 10}\ncpu1 {parts}\nintr 5 0 0\n")


def test_the_meter_leaves_out_this_process_and_other_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = FakeProcessor(tmp_path, monkeypatch)
    meter = CoreMeter(machine.stat)
    machine.write(10)
    machine.now, machine.own = 1.0, 0.4
    use = meter.read()
    assert use is not None
    assert (use.seconds, use.cores) == pytest.approx((1.0, 0.2))


def test_a_reading_too_early_is_none_and_the_next_covers_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = FakeProcessor(tmp_path, monkeypatch)
    meter = CoreMeter(machine.stat)
    machine.now = 0.01
    assert meter.read() is None
    machine.write(2)
    machine.now = 0.2
    assert meter.read() == CoreUse(pytest.approx(0.2), pytest.approx(0.6))


def test_threads_spin_again_only_after_a_calm_second() -> None:
    contention = ContentionDetector()
    assert not contention.add(QUIET, 0)
    assert contention.add(BUSY, 0)
    for _ in range(9):
        assert contention.add(QUIET, 0)
    assert contention.add(CoreUse(0.1, 0.2), 0)  # neither crowded nor calm
    for _ in range(9):
        assert contention.add(QUIET, 0)
    assert not contention.add(CoreUse(0.2, 0.0), 0)


def test_a_long_calm_reading_is_enough_and_a_missing_one_changes_nothing() -> None:
    contention = ContentionDetector()
    assert not contention.add(None, 0)
    assert contention.add(BUSY, 0)
    assert contention.add(None, 0)
    assert not contention.add(CoreUse(30.0, 0.05), 0)


def test_cores_that_no_thread_is_for_may_be_busy() -> None:
    assert not ContentionDetector().add(BUSY, 1)
    assert ContentionDetector().add(CoreUse(0.1, 1.5), 1)


@pytest.mark.usefixtures("_several_threads")
def test_threads_sleep_while_other_processes_need_the_cores() -> None:
    waiting = AdaptiveWaitPolicy(FixedMeter(BUSY))
    assert not waiting.is_sleeping
    with waiting.active():
        assert waiting.is_sleeping
    assert not waiting.is_sleeping
    waiting.meter = FixedMeter(CoreUse(2.0, 0.0))
    with waiting.active():
        assert not waiting.is_sleeping


def test_a_single_thread_waits_for_nobody() -> None:
    with (waiting := AdaptiveWaitPolicy(FixedMeter(BUSY))).active():
        assert not waiting.is_sleeping


@pytest.mark.usefixtures("_several_threads")
def test_a_parked_team_has_as_many_threads_as_torch_computes_with() -> None:
    tasks = Path("/proc/self/task")
    before = set(tasks.iterdir())
    team = IdleThreadTeam()
    assert team.has_started.wait(30)
    assert len(set(tasks.iterdir()) - before) == torch.get_num_threads()
    team.end()


@pytest.mark.usefixtures("_several_threads")
def test_what_an_edit_makes_does_not_depend_on_it(
    editor: Editor, request_edit: EditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for use in (CoreUse(2.0, 0.0), BUSY):
        monkeypatch.setattr(editor, "_waiting", AdaptiveWaitPolicy(FixedMeter(use)))
        made.append(editor.edit(request_edit).edited_image.tobytes())
    assert made[0] == made[1]


@pytest.mark.parametrize("name", ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"])
def test_the_users_own_setting_is_left_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert AdaptiveWaitPolicy.if_supported() is not None
    monkeypatch.setenv(name, "1")
    assert AdaptiveWaitPolicy.if_supported() is None


def test_nothing_is_adapted_where_other_load_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.devices.waiting.STAT", tmp_path / "missing")
    assert AdaptiveWaitPolicy.if_supported() is None
    monkeypatch.undo()
    monkeypatch.setattr("engine.devices.waiting.sys.platform", "darwin")
    waiting = AdaptiveWaitPolicy.if_supported()
    assert waiting is None
    with adaptive_wait(waiting):
        assert torch.ones(2).sum() == 2
