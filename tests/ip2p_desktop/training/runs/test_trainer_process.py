"""The trainer's process, tested with short real processes."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.paths import trainer_program
from ip2p_desktop.training.runs.trainer_process import TrainerProcess
from trainer.protocol.events import (
    CheckpointSaved,
    Event,
    StepFinished,
    TrainingFinished,
    TrainingStarted,
)

STARTED = TrainingStarted(start_step=0, total_steps=9, examples=8, device="cpu", dtype="fp32", run="run")
STEP = StepFinished(step=1, total_steps=9, loss=0.5, learning_rate=1e-4, seconds_left=3.0)
SAVED = CheckpointSaved(step=1, path="run/step-1")


def printing(*events: Event) -> str:
    """A Python program that prints events."""
    return f"print({chr(10).join(event.to_line() for event in events)!r}, flush=True)\n"


class RecordedProcess(TrainerProcess):
    """Records its signals."""

    def __init__(self, command: list[str]) -> None:
        super().__init__(command)
        self.events: list[Event] = []
        self.event_received.connect(self.events.append)


def start(script: str) -> RecordedProcess:
    process = RecordedProcess([sys.executable, "-c", script])
    process.start()
    return process


def wait_for_end(qtbot: QtBot, process: RecordedProcess) -> None:
    with qtbot.waitSignal(process.finished, timeout=20_000):
        pass
    assert not process.is_running()


def test_events_arrive_in_order(qtbot: QtBot) -> None:
    finished = TrainingFinished(step=9, stopped=False, model="run/model")
    process = start(printing(STARTED, STEP, SAVED, finished))
    wait_for_end(qtbot, process)
    assert process.events == [STARTED, STEP, SAVED, finished]


def test_a_line_may_arrive_in_pieces_even_within_a_character(qtbot: QtBot) -> None:
    line = json.dumps({"type": "preparing", "stage": "läuft 🦊"}, ensure_ascii=False).encode() + b"\n"
    script = "import sys, os\n" + "".join(f"os.write(1, {line[i : i + 1]!r})\n" for i in range(len(line)))
    process = start(script + printing(TrainingFinished(step=1, stopped=False, model="m")))
    wait_for_end(qtbot, process)
    assert [getattr(event, "stage", None) for event in process.events] == ["läuft 🦊", None]


def test_a_last_line_without_line_break_counts(qtbot: QtBot) -> None:
    finished = TrainingFinished(step=1, stopped=False, model="m")
    process = start(f"print({finished.to_line()!r}, end='')")
    wait_for_end(qtbot, process)
    assert process.events == [finished]


def test_stray_unknown_and_error_lines_go_to_the_log(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    lines = ("Loading: 10 %", '{"type": "weather"}', "[1]", '{"type": "step", "step": "three"}')
    stray = "".join(f"print({line!r})\n" for line in lines)
    errors = "import sys; print('for people', file=sys.stderr)\n"
    process = start(stray + errors + printing(TrainingFinished(step=1, stopped=False, model="m")))
    wait_for_end(qtbot, process)
    assert len(process.events) == 1
    for text in ("Loading: 10 %", "weather", "for people"):
        assert text in caplog.text


def test_a_program_that_is_not_there_ends_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    process = TrainerProcess([str(tmp_path / "missing")])
    with qtbot.waitSignal(process.finished):
        process.start()
    assert not process.is_running()


def test_an_abandoned_process_ends_without_signals_and_is_deleted(qtbot: QtBot) -> None:
    process = start(printing(STARTED) + "input()")
    qtbot.waitUntil(lambda: STARTED in process.events, timeout=20_000)
    child = process._process
    ends: list[None] = []
    process.finished.connect(lambda: ends.append(None))
    with qtbot.waitSignal(process.destroyed):
        process.abandon()
    assert child.state() == QProcess.ProcessState.NotRunning
    assert ends == []


def test_nothing_is_left_running_when_the_owner_is_deleted(qtbot: QtBot) -> None:
    process = start(printing(STARTED) + "input()")
    qtbot.waitUntil(lambda: STARTED in process.events, timeout=20_000)
    child = process._process
    with qtbot.waitSignal(process.destroyed):
        process.deleteLater()
    assert child.state() == QProcess.ProcessState.NotRunning


def test_nothing_is_left_running_when_the_owner_is_forgotten(qtbot: QtBot) -> None:
    owners = [start(printing(STARTED) + "input()")]
    qtbot.waitUntil(lambda: STARTED in owners[0].events, timeout=20_000)
    child = owners[0]._process
    owners.clear()
    assert child.state() == QProcess.ProcessState.NotRunning


def test_the_trainer_is_this_program_with_a_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trainer_program() == [sys.executable, "-m", "ip2p_desktop", "--trainer"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert trainer_program() == [sys.executable, "--trainer"]
