"""Runs with files that no version of the program writes, or in places that cannot be written."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.foreign_run import read_foreign_run
from ip2p_desktop.training.runs.run_list import RunState, find_runs
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import read_run, saved_step

NESTED = "[" * 100_000
HUGE = 10**25
STARTED = {"start_step": 0, "total_steps": 5, "examples": 3, "device": "cpu", "dtype": "fp32", "run": "x"}
STEP = {"step": 1, "total_steps": 5, "loss": 0.5, "learning_rate": 1e-4, "seconds_left": 3.0}
SHOWN = {"step": 1, "number": 0, "instruction": "x", "source": "a.png", "edited": "b.png"}


def described(folder: Path, **values: object) -> Path:
    folder.mkdir(parents=True)
    plan = {"dataset": "/pairs", "base_model": "/model", "name": "Negative", "steps": 5}
    (folder / "teaching.json").write_text(json.dumps(plan | values))
    return folder


@pytest.mark.parametrize("text", [NESTED, '{"steps":' + "9" * 5000, '{"steps": NaN}', "\0", "\xff"])
def test_a_damaged_description_hides_no_other_run(tmp_path: Path, text: str) -> None:
    whole = described(tmp_path / "whole")
    damaged = described(tmp_path / "damaged")
    for name in ("teaching.json", "run.json"):
        (damaged / name).write_bytes(text.encode("latin-1"))
    assert read_run(damaged) is None
    assert read_foreign_run(damaged) is None
    assert [summary.run.folder for summary in find_runs(tmp_path)] == [whole]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such devices")
@pytest.mark.parametrize("name", ["teaching.json", "run.json", "events.jsonl"])
def test_a_link_to_a_device_is_not_read_without_end(tmp_path: Path, name: str) -> None:
    folder = described(tmp_path / "run")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to("/dev/zero")
    assert read_foreign_run(folder) is None
    assert len(find_runs(tmp_path)) == (name != "teaching.json")


def test_numbers_of_steps_that_nobody_takes_are_damage(tmp_path: Path) -> None:
    assert read_run(described(tmp_path / "steps", steps=HUGE)) is None
    assert read_run(described(tmp_path / "step", step=HUGE)) is None
    folder = described(tmp_path / "checkpoint")
    (folder / "checkpoints" / f"step-{HUGE}").mkdir(parents=True)
    assert saved_step(folder) == 0


@pytest.mark.parametrize(
    "event",
    [
        {"type": "step", **STEP, "loss": float("nan")},
        {"type": "step", **STEP, "step": HUGE, "total_steps": HUGE},
        {"type": "step", **STEP, "total_steps": -3},
        {"type": "step", **STEP, "seconds_left": 1e300},
        {"type": "step", **STEP, "memory": HUGE},
        {"type": "preparing", "stage": "caching", "done": 1, "total": 2**40},
        {"type": "snapshot", "step": HUGE, "path": "x"},
        {"type": "preview", **SHOWN, "time": 1e300},
        {"type": "preview", **SHOWN, "time": float("nan")},
        {"type": "finished", "step": HUGE, "stopped": False, "model": "m"},
    ],
    ids=lambda event: "-".join(map(str, event))[:40],
)
def test_a_run_with_an_impossible_event_is_shown(
    event: dict[str, Any], tmp_path: Path, make_dialog: Callable[..., TrainingDialog], qtbot: QtBot
) -> None:
    folder = described(tmp_path / "run", step=1)
    (folder / "model").mkdir()
    lines = [{"type": "started", **STARTED}, event]
    (folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    dialog = make_dialog()
    with qtbot.captureExceptions() as raised:
        dialog.session.attach(folder)
        ended = (TrainingPhase.DONE, TrainingPhase.FAILED)
        qtbot.waitUntil(lambda: dialog.session.phase in ended, timeout=60_000)
        qtbot.waitUntil(lambda: not dialog.session.run_list.is_reading, timeout=60_000)
        dialog.grab()
    assert raised == []


def test_a_run_that_cannot_be_locked_is_in_no_other_window(tmp_path: Path) -> None:
    """As on a disk that cannot be written, where there is nothing to protect."""
    described(tmp_path / ("long" * 63), step=1)  # the name of its lock is too long for a file
    assert [summary.state for summary in find_runs(tmp_path)] == [RunState.STOPPED]
