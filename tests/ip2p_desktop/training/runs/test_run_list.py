"""The list of all runs: their states, and what is cleaned up."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.stored_runs import stopped_run
from pytestqt.qtbot import QtBot

from engine.files.locking import is_locked, locked
from ip2p_desktop.base.paths import runs_folder
from ip2p_desktop.training.runs.run_list import RunList, RunState, find_runs
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def with_events(run: TrainingRun, *events: dict[str, object]) -> TrainingRun:
    lines = [json.dumps({**event, "time": 1.0}) for event in events]
    (run.folder / "events.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return run


def step(number: int) -> dict[str, object]:
    values = {"total_steps": 5, "loss": 0.5, "learning_rate": 1e-4, "seconds_left": 3.0}
    return {"type": "step", "step": number, **values}


FINISHED = {"type": "finished", "step": 5, "stopped": False, "model": "model"}
PAUSED = {"type": "paused", "step": 4, "reason": "request", "message": "Paused."}


def state_of(runs: Path) -> RunState:
    (summary,) = find_runs(runs)
    return summary.state


def test_runs_are_listed_the_latest_first(plan: TrainingPlan, runs: Path) -> None:
    older = stopped_run(replace(plan, name="older"), runs, 2)
    newer = stopped_run(replace(plan, name="newer"), runs, 3)
    os.utime(older.folder / "teaching.json", (1, 1))
    assert [summary.run for summary in find_runs(runs)] == [newer, older]


def test_other_folders_and_damaged_runs_are_not_listed(plan: TrainingPlan, runs: Path) -> None:
    (stopped_run(replace(plan, name="broken"), runs, 2).folder / "teaching.json").write_text("{")
    (runs / "foreign").mkdir()
    (runs / "file.txt").write_text("")
    assert find_runs(runs) == []
    assert find_runs(runs / "nowhere") == []


def test_a_run_that_another_window_shows_is_in_use(plan: TrainingPlan, runs: Path) -> None:
    run = stopped_run(plan, runs, 2)
    lock = run.lock()
    assert lock.tryLock(0)
    assert state_of(runs) == RunState.IN_USE
    assert [summary.state for summary in find_runs(runs, run.folder)] == [RunState.STOPPED]
    lock.unlock()
    assert state_of(runs) == RunState.STOPPED


def test_the_events_and_the_lock_say_what_became_of_a_run(plan: TrainingPlan, runs: Path) -> None:
    run = with_events(stopped_run(plan, runs, 2), step(3), step(4))
    (summary,) = find_runs(runs)
    assert (summary.state, summary.step, summary.can_resume) == (RunState.CRASHED, 4, True)
    with locked(run.folder / "run.lock"):
        assert state_of(runs) == RunState.TRAINING
        with_events(run, step(4), PAUSED)
        assert state_of(runs) == RunState.PAUSED
    with_events(run, step(5), FINISHED)
    (run.folder / "model").mkdir()
    assert state_of(runs) == RunState.READY
    with_events(run, step(4), {"type": "failed", "kind": "memory", "message": "Memory was short."})
    (summary,) = find_runs(runs)
    assert (summary.state, summary.failure) == (RunState.FAILED, "Memory was short.")


def test_a_discarded_run_is_deleted_at_the_next_look(plan: TrainingPlan, runs: Path) -> None:
    discarded = {**FINISHED, "stopped": True, "model": "", "reason": "discard"}
    run = with_events(stopped_run(plan, runs, 2), step(4), discarded)
    with locked(run.folder / "run.lock"):
        assert len(find_runs(runs)) == 1
    assert find_runs(runs) == []
    assert not run.folder.exists()


def test_asking_for_a_lock_creates_and_keeps_none(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    assert not is_locked(lock)
    assert not lock.exists()
    lock.touch()  # left by a program that was killed
    assert not is_locked(lock)
    with locked(lock):
        assert is_locked(lock)


def test_the_list_measures_and_removes(qtbot: QtBot, plan: TrainingPlan, data_folder: Path) -> None:
    stopped_run(plan, runs_folder(), 2)
    shown = RunList()
    with qtbot.waitSignal(shown.changed):
        shown.reload()
    assert shown.summaries[0].disk > 0
    with qtbot.waitSignal(shown.changed):
        shown.remove(shown.summaries[0].run)
    assert shown.summaries == []
    assert list(runs_folder().iterdir()) == []
    shown.close()
