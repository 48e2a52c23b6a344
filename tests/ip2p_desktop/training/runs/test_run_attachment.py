"""Runs that go on without their window, and windows that find them again; with real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.library import list_models
from ip2p_desktop.base.paths import models_folder, runs_folder
from ip2p_desktop.training.runs.open_run import is_trained
from ip2p_desktop.training.runs.run_attachment import MOST_BYTES
from ip2p_desktop.training.runs.run_list import RunState, find_runs
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingPlan
from ip2p_desktop.training.runs.training_session import TrainingSession

MakeSession = Callable[[str], TrainingSession]
SCRIPTED_TRAINER = Path(__file__).resolve().parent.parent / "scripted_trainer.py"
TIMEOUT = 30_000
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from ip2p_desktop.training.runs.training_runs import TrainingPlan
from ip2p_desktop.training.runs.training_session import TrainingSession

def tell():
    if session.progress.step == 3:
        session.progressed.disconnect(tell)
        print(session._attachment._trainer.pid, flush=True)
        if sys.argv[4] == "quit":
            application.quit()

application = QCoreApplication([])
session = TrainingSession(program=[sys.executable, *sys.argv[1:3]])
session.progressed.connect(tell)
here = Path(sys.argv[3])
session.start(TrainingPlan(dataset=here, base_model=here, base_model_name="", name="Alone", steps=9))
sys.exit(application.exec())
"""


class OtherWindow:
    """A program with a session that trains; tells the number of the trainer's process after three steps."""

    def __init__(self, folder: Path, *, behaviour: str = "linger", then: str = "stay") -> None:
        arguments = [str(SCRIPTED_TRAINER), behaviour, str(folder), then]
        self.process = subprocess.Popen(
            [sys.executable, "-c", WINDOW, *arguments], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.trainer = int(self.process.stdout.readline())


@pytest.fixture
def other_window(end_trainers: None, tmp_path: Path) -> Iterator[Callable[..., OtherWindow]]:
    windows: list[OtherWindow] = []

    def make(**options: str) -> OtherWindow:
        windows.append(OtherWindow(tmp_path, **options))
        return windows[-1]

    yield make
    for window in windows:
        window.process.kill()
        window.process.communicate()
        with suppress(ProcessLookupError):
            os.kill(window.trainer, signal.SIGKILL)


def steps_of(session: TrainingSession) -> list[int]:
    return [point.step for point in session.progress.losses]


def reaches(qtbot: QtBot, session: TrainingSession, phase: TrainingPhase) -> None:
    qtbot.waitUntil(lambda: session.phase == phase, timeout=TIMEOUT)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_survives_its_window_and_is_found_again(
    qtbot: QtBot, make_session: MakeSession, other_window: Callable[..., OtherWindow], number: signal.Signals
) -> None:
    window = other_window()
    window.process.send_signal(number)
    window.process.wait()
    (summary,) = find_runs(runs_folder())
    assert (summary.state, summary.step) == (RunState.TRAINING, 3)
    session = make_session("linger")
    session.attach(summary.run.folder)
    reaches(qtbot, session, TrainingPhase.TRAINING)
    assert session.run is not None
    assert (session.run.plan.name, steps_of(session)) == ("Alone", [1, 2, 3])
    session.pause()
    reaches(qtbot, session, TrainingPhase.PAUSED)
    session.continue_training()
    reaches(qtbot, session, TrainingPhase.TRAINING)
    session.stop()
    reaches(qtbot, session, TrainingPhase.DONE)
    assert session.result is not None
    with qtbot.waitSignal(session.model_installed, timeout=TIMEOUT):
        session.keep()
    assert [card.description for card in list_models(models_folder())] == ["step 3"]
    assert list(runs_folder().iterdir()) == []


def test_quitting_leaves_the_run_going_on(
    qtbot: QtBot, make_session: MakeSession, other_window: Callable[..., OtherWindow]
) -> None:
    window = other_window(then="quit")
    assert window.process.wait() == 0
    (summary,) = find_runs(runs_folder())
    assert summary.state == RunState.TRAINING
    session = make_session("linger")
    session.attach(summary.run.folder)
    reaches(qtbot, session, TrainingPhase.TRAINING)


def test_a_window_is_kept_from_the_run_of_another(
    qtbot: QtBot, make_session: MakeSession, other_window: Callable[..., OtherWindow]
) -> None:
    other_window()
    (summary,) = find_runs(runs_folder())
    assert summary.state == RunState.IN_USE
    session = make_session("linger")
    with qtbot.waitSignal(session.refused, timeout=TIMEOUT) as blocker:
        session.attach(summary.run.folder)
    assert blocker.args[0].code == "run.in-other-window"
    assert session.phase == TrainingPhase.CHOOSE
    session.resume(summary.run)
    reaches(qtbot, session, TrainingPhase.FAILED)
    assert session.failure is not None
    assert session.failure.code == "run.in-other-window"


def test_a_trainer_that_is_killed_is_told_and_resumed_where_it_was_saved(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("linger")
    session.start(plan)
    qtbot.waitUntil(lambda: session.progress.step == 3, timeout=TIMEOUT)
    session.stop()
    reaches(qtbot, session, TrainingPhase.DONE)
    session.train_further(6)
    qtbot.waitUntil(lambda: session.progress.step == 6, timeout=TIMEOUT)
    assert session._attachment is not None
    session._attachment.kill()
    reaches(qtbot, session, TrainingPhase.FAILED)
    assert session.failure is not None
    assert session.failure.code == "crash.killed"
    assert session.run is not None
    assert (session.run.step, session.is_resumable()) == (3, True)
    session.resume(session.run)
    qtbot.waitUntil(lambda: session.progress.step == 6, timeout=TIMEOUT)
    assert steps_of(session) == [1, 2, 3, 4, 5, 6]


def test_a_trainer_that_died_without_a_window_is_told_at_the_next_start(
    qtbot: QtBot, make_session: MakeSession, other_window: Callable[..., OtherWindow]
) -> None:
    window = other_window()
    window.process.kill()
    window.process.wait()
    os.kill(window.trainer, signal.SIGKILL)
    qtbot.waitUntil(lambda: find_runs(runs_folder())[0].state == RunState.CRASHED, timeout=TIMEOUT)
    (summary,) = find_runs(runs_folder())
    session = make_session("linger")
    session.attach(summary.run.folder)
    reaches(qtbot, session, TrainingPhase.FAILED)
    assert session.failure is not None
    assert session.failure.code == "crash.found"
    assert steps_of(session) == [1, 2, 3]
    assert session.is_resumable(), "what was prepared is still there"


def made_elsewhere(folder: Path, plan: TrainingPlan) -> Path:
    """Makes a run look as if `python -m trainer` had been called for it."""
    (folder / "teaching.json").unlink()
    settings = {
        "data.data_path": str(plan.dataset),
        "model.unet_config.from_pretrained": str(plan.base_model),
        "model.name": "",
        "trainer.max_steps": 5,
        "exp_manager.exp_dir": "experiments",
        "exp_manager.name": "mine",
        "model.optim.lr": 1e-4,
        "data.instruction": "costs ${5}",
    }
    record = {"version": 1, "start_name": "Starter", "settings": settings}
    (folder / "run.json").write_text(json.dumps(record))
    return folder


def test_a_run_made_elsewhere_is_watched_trained_further_and_left_in_place(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan, tmp_path: Path
) -> None:
    first = make_session("linger")
    first.start(plan)
    qtbot.waitUntil(lambda: first.progress.step == 3, timeout=TIMEOUT)
    first.stop()
    reaches(qtbot, first, TrainingPhase.DONE)
    assert first.run is not None
    folder = Path(shutil.move(first.run.folder, tmp_path / "elsewhere"))
    first.shut_down()
    session = make_session("train")
    session.attach(made_elsewhere(folder, plan))
    reaches(qtbot, session, TrainingPhase.DONE)
    assert session.run is not None
    assert (session.run.plan.name, session.run.is_own) == ("negative pairs", False)
    assert session.run.plan.settings == ("model.optim.lr=0.0001", 'data.instruction="costs \\\\${5}"')
    assert steps_of(session) == [1, 2, 3]
    session.train_further(4)
    qtbot.waitUntil(lambda: session.result is not None and session.result.step == 7, timeout=TIMEOUT)
    session.discard()
    reaches(qtbot, session, TrainingPhase.CHOOSE)
    assert (folder / "events.jsonl").is_file()
    assert (folder / "model").is_dir()
    assert not (folder / "teaching.json").exists()


def test_a_folder_that_vanishes_is_told(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan, tmp_path: Path
) -> None:
    session = make_session("linger")
    session.start(plan)
    qtbot.waitUntil(lambda: session.progress.step == 3, timeout=TIMEOUT)
    assert session.run is not None
    folder = session.run.folder
    session.shut_down()
    assert is_trained(folder)
    shutil.rmtree(folder)
    after = make_session("linger")
    with qtbot.waitSignal(after.refused, timeout=TIMEOUT) as blocker:
        after.attach(folder)
    assert blocker.args[0].code == "run.not-found"


def test_a_computer_that_was_asleep_is_noticed(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session("linger")
    session.start(plan)
    qtbot.waitUntil(lambda: session.progress.step == 3, timeout=TIMEOUT)
    assert session._attachment is not None
    with qtbot.assertNotEmitted(session.woke, wait=200):
        pass
    with qtbot.waitSignal(session.woke, timeout=TIMEOUT) as blocker:
        session._attachment._last_tick -= 3600
    assert blocker.args[0] >= 3600
    assert session.phase == TrainingPhase.TRAINING


def test_a_long_story_is_read_in_the_background(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("linger")
    session.start(plan)
    qtbot.waitUntil(lambda: session.progress.step == 3, timeout=TIMEOUT)
    session.stop()
    reaches(qtbot, session, TrainingPhase.DONE)
    assert session.run is not None
    folder, events = session.run.folder, session.run.folder / "events.jsonl"
    session.shut_down()
    lines = events.read_text().splitlines()
    step = next(json.loads(line) for line in lines if '"step"' in line and "loss" in line)
    more = [json.dumps({**step, "step": number, "total_steps": 90_000}) for number in range(4, 50_000)]
    events.write_text("\n".join([*lines[:-2], *more, '{"type": "step", "torn', lines[-1]]) + "\n")
    later = make_session("linger")
    later.attach(folder)
    reaches(qtbot, later, TrainingPhase.DONE)
    assert later.progress.step == 49_999
    assert 400 <= len(later.progress.losses) <= 1000


def test_many_events_at_once_are_taken_in_parts(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("linger")
    session.start(plan)
    qtbot.waitUntil(lambda: session.progress.step == 3, timeout=TIMEOUT)
    assert session.run is not None
    assert session._attachment is not None
    parts: list[int] = []
    session._attachment.looked.connect(lambda look: parts.append(len(look.events)))
    steps = range(4, 4004)
    known = {"total_steps": 9000, "loss": 0.1, "learning_rate": 1e-4, "seconds_left": 9.0}
    values = {"type": "step", **known, "unknown": "x" * 150}
    lines = [json.dumps({**values, "step": step}) for step in steps]
    with (session.run.folder / "events.jsonl").open("a") as file:
        file.write("\n".join(lines) + "\n")
    qtbot.waitUntil(lambda: session.progress.step == steps[-1], timeout=TIMEOUT)
    assert sum(parts) == len(steps)
    assert max(parts) * len(lines[0]) <= 1.01 * MOST_BYTES
    assert session.phase == TrainingPhase.TRAINING
    session.stop()
    qtbot.waitUntil(lambda: session.phase == TrainingPhase.DONE, timeout=TIMEOUT)
