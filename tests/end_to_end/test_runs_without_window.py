"""A run of the real trainer on the starter, whose window is killed, and then its trainer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.library import list_models, read_model_card
from ip2p_desktop.base.paths import models_folder, runs_folder, starter_model, trainer_program
from ip2p_desktop.training.runs.run_list import RunState, find_runs
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_session import TrainingSession

ROOT = Path(__file__).resolve().parents[2]
PAIRS = ROOT / "tests" / "assets" / "pairs"
SMALL = [
    *("model.micro_batch_size=1", "data.replay.pairs=0", "data.resolution=64", "data.check=False"),
    *("trainer.val_check_interval=0", "trainer.threads=1", "data.num_workers=0"),
]
STEPS = 40
TIMEOUT = 300_000
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from ip2p_desktop.base.paths import starter_model, trainer_program
from ip2p_desktop.training.runs.training_runs import TrainingPlan
from ip2p_desktop.training.runs.training_session import TrainingSession

def tell():
    if session.progress.step >= 2:
        session.progressed.disconnect(tell)
        print(session._attachment._trainer.pid, flush=True)

application = QCoreApplication([])
session = TrainingSession(program=[*trainer_program(), *sys.argv[3:]])
session.progressed.connect(tell)
base = starter_model()
every = "exp_manager.checkpoint_callback_params.every_n_train_steps=3"
session.start(
    TrainingPlan(
        dataset=Path(sys.argv[1]),
        base_model=base,
        base_model_name="Starter",
        name="Negative",
        steps=int(sys.argv[2]),
        settings=(every, *sys.argv[3:]),
    )
)
sys.exit(application.exec())
"""


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The process number of a trainer whose window was killed."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    window = subprocess.Popen(
        [sys.executable, "-c", WINDOW, str(PAIRS), str(STEPS), *SMALL], stdout=subprocess.PIPE, text=True
    )
    assert window.stdout is not None
    number = int(window.stdout.readline())
    window.kill()
    window.communicate()
    yield number
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[TrainingSession]:
    session = TrainingSession(program=[*trainer_program(), *SMALL])
    yield session
    if session.is_running():
        session.discard()
        qtbot.waitUntil(lambda: not session.is_running(), timeout=TIMEOUT)
    session.shut_down()


def test_a_run_outlives_its_window_and_its_trainer(
    qtbot: QtBot, trainer: int, session: TrainingSession
) -> None:
    (summary,) = find_runs(runs_folder())
    assert summary.state == RunState.TRAINING
    session.attach(summary.run.folder)
    qtbot.waitUntil(lambda: session.progress.step >= 5, timeout=TIMEOUT)
    session.pause()
    qtbot.waitUntil(lambda: session.phase == TrainingPhase.PAUSED, timeout=TIMEOUT)
    paused_at = session.progress.step
    session.continue_training()
    qtbot.waitUntil(lambda: session.progress.step > paused_at, timeout=TIMEOUT)

    os.kill(trainer, signal.SIGKILL)
    qtbot.waitUntil(lambda: session.phase == TrainingPhase.FAILED, timeout=TIMEOUT)
    assert session.failure is not None
    assert session.failure.code == "crash.found"
    assert session.run is not None
    assert session.run.step >= 3
    assert session.is_resumable()
    session.resume(session.run, [read_model_card(starter_model())])
    qtbot.waitUntil(lambda: session.phase == TrainingPhase.TRAINING, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: session.progress.step > paused_at, timeout=TIMEOUT)
    session.stop()
    qtbot.waitUntil(lambda: session.phase == TrainingPhase.DONE, timeout=TIMEOUT)
    steps = [point.step for point in session.progress.losses]
    assert steps == sorted(set(steps)), "the curve goes on"
    assert steps[0] == 1
    assert session.result is not None
    assert session.result.step == session.progress.step
    session.keep()
    qtbot.waitUntil(lambda: session.model is not None, timeout=TIMEOUT)
    assert [card.name for card in list_models(models_folder())] == ["Negative"]
    assert list(runs_folder().iterdir()) == []
