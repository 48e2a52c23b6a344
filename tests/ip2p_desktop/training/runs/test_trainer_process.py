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
from ip2p_desktop.training.runs.training_outcome import TrainingOutcome
from trainer.protocol.events import (
    CheckpointSaved,
    Event,
    StepFinished,
    TrainingFailed,
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

    def __init__(self, command: list[str], *, stop_timeout_ms: int, terminate_timeout_ms: int) -> None:
        super().__init__(command, stop_timeout_ms=stop_timeout_ms, terminate_timeout_ms=terminate_timeout_ms)
        self.events: list[Event] = []
        self.event_received.connect(self.events.append)


def start(
    script: str, *, stop_timeout_ms: int = 30_000, terminate_timeout_ms: int = 5_000
) -> RecordedProcess:
    process = RecordedProcess(
        [sys.executable, "-c", script],
        stop_timeout_ms=stop_timeout_ms,
        terminate_timeout_ms=terminate_timeout_ms,
    )
    process.start()
    return process


def ended(qtbot: QtBot, process: RecordedProcess) -> TrainingOutcome:
    with qtbot.waitSignal(process.finished, timeout=20_000) as blocker:
        pass
    outcome = blocker.args[0]
    assert isinstance(outcome, TrainingOutcome)
    assert not process.is_running()
    return outcome


def test_events_arrive_in_order_and_the_outcome_names_the_model(qtbot: QtBot) -> None:
    finished = TrainingFinished(step=9, stopped=False, model="run/model")
    process = start(printing(STARTED, STEP, SAVED, finished))
    outcome = ended(qtbot, process)
    assert process.events == [STARTED, STEP, SAVED, finished]
    assert outcome.was_successful()
    assert outcome.is_complete()
    assert (outcome.model, outcome.last_checkpoint) == (Path("run/model"), Path("run/step-1"))
    assert outcome.sentence() == "All steps are done."


def test_steps_are_announced_on_their_own(qtbot: QtBot) -> None:
    process = start(printing(STEP) + "input()")
    with qtbot.waitSignal(process.progressed, timeout=20_000) as blocker:
        pass
    assert blocker.args == [STEP]
    process.kill()


def test_a_line_may_arrive_in_pieces_even_within_a_character(qtbot: QtBot) -> None:
    line = json.dumps({"type": "preparing", "stage": "läuft 🦊"}, ensure_ascii=False).encode() + b"\n"
    script = "import sys, os\n" + "".join(f"os.write(1, {line[i : i + 1]!r})\n" for i in range(len(line)))
    process = start(script + printing(TrainingFinished(step=1, stopped=False, model="m")))
    ended(qtbot, process)
    assert [getattr(event, "stage", None) for event in process.events] == ["läuft 🦊", None]


def test_a_last_line_without_line_break_counts(qtbot: QtBot) -> None:
    line = TrainingFinished(step=1, stopped=False, model="m").to_line()
    assert ended(qtbot, start(f"print({line!r}, end='')")).was_successful()


def test_stray_unknown_and_error_lines_go_to_the_log(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    lines = ("Loading: 10 %", '{"type": "weather"}', "[1]", '{"type": "step", "step": "three"}')
    stray = "".join(f"print({line!r})\n" for line in lines)
    errors = "import sys; print('for people', file=sys.stderr)\n"
    process = start(stray + errors + printing(TrainingFinished(step=1, stopped=False, model="m")))
    assert ended(qtbot, process).was_successful()
    assert len(process.events) == 1
    for text in ("Loading: 10 %", "weather", "for people"):
        assert text in caplog.text


def test_a_failure_has_the_message_of_the_trainer(qtbot: QtBot) -> None:
    failed = TrainingFailed(kind="memory", message="Not enough memory.", advice="Close other programs.")
    outcome = ended(qtbot, start(printing(STARTED, failed) + "import sys; sys.exit(1)"))
    assert not outcome.was_successful()
    assert outcome.sentence() == "Not enough memory. Close other programs."
    assert outcome.failure is not None
    assert outcome.failure.kind == "memory"


def test_an_end_without_an_event_gives_a_sentence(qtbot: QtBot) -> None:
    outcome = ended(qtbot, start(printing(STARTED) + "import os; os._exit(3)"))
    assert not outcome.was_successful()
    assert "ended unexpectedly (exit code 3)" in outcome.sentence()
    assert outcome.failure is not None
    assert (outcome.failure.code, outcome.failure.values) == ("crash.ended", {"code": 3})


def test_being_ended_by_the_system_gives_a_sentence(qtbot: QtBot) -> None:
    process = start("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    outcome = ended(qtbot, process)
    assert "The system ended the training program." in outcome.sentence()
    assert outcome.failure is not None
    assert outcome.failure.code == "crash.killed"


def test_a_program_that_is_not_there_gives_a_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    process = TrainerProcess([str(tmp_path / "missing")])
    with qtbot.waitSignal(process.finished) as blocker:
        process.start()
    assert "could not be started" in blocker.args[0].sentence()
    assert blocker.args[0].failure.code == "crash.not-started"


def test_stop_is_sent_on_standard_input_and_the_end_awaited(qtbot: QtBot) -> None:
    finished = TrainingFinished(step=1, stopped=True, model="run/model")
    process = start(printing(STARTED, STEP) + "assert input() == 'stop'\n" + printing(SAVED, finished))
    qtbot.waitUntil(lambda: STEP in process.events, timeout=20_000)
    process.stop()
    outcome = ended(qtbot, process)
    assert outcome.stop_requested
    assert outcome.was_successful()
    assert not outcome.is_complete()
    assert outcome.exit_code == 0
    assert outcome.sentence() == "Stopped after step 1. The model of that step is kept."


def test_a_stubborn_process_is_terminated(qtbot: QtBot) -> None:
    process = start(printing(STARTED, SAVED) + "while True: input()", stop_timeout_ms=50)
    qtbot.waitUntil(lambda: SAVED in process.events, timeout=20_000)
    process.stop()
    outcome = ended(qtbot, process)
    assert outcome.failure is None
    assert outcome.sentence() == "Stopped. Training can be resumed from the last saved step."


def test_a_process_deaf_to_termination_is_killed(qtbot: QtBot) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    script = deaf + printing(STARTED) + "while True: input()"
    process = start(script, stop_timeout_ms=50, terminate_timeout_ms=50)
    qtbot.waitUntil(lambda: STARTED in process.events, timeout=20_000)
    process.stop()
    outcome = ended(qtbot, process)
    assert outcome.stop_requested
    assert outcome.sentence() == "Stopped before anything was saved."


def test_a_listener_may_wait_for_the_end(qtbot: QtBot) -> None:
    finished = TrainingFinished(step=1, stopped=True, model="run/model")
    process = start(printing(STARTED) + "input()\n" + printing(SAVED, finished))
    process.event_received.connect(lambda event: process.stop_and_wait(20_000))
    outcome = ended(qtbot, process)
    assert process.events == [STARTED, SAVED, finished]
    assert outcome.was_successful()


def test_waiting_for_the_end_is_bounded(qtbot: QtBot) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    script = deaf + printing(STARTED) + "while True: input()"
    process = start(script, terminate_timeout_ms=50)
    qtbot.waitUntil(lambda: STARTED in process.events, timeout=20_000)
    with qtbot.waitSignal(process.finished):
        process.stop_and_wait(50)
    assert not process.is_running()


def test_an_abandoned_process_ends_without_signals_and_is_deleted(qtbot: QtBot) -> None:
    process = start(printing(STARTED) + "input()")
    qtbot.waitUntil(lambda: STARTED in process.events, timeout=20_000)
    child = process._process
    outcomes: list[TrainingOutcome] = []
    process.finished.connect(outcomes.append)
    with qtbot.waitSignal(process.destroyed):
        process.abandon()
    assert child.state() == QProcess.ProcessState.NotRunning
    assert outcomes == []


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
