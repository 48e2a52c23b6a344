"""Plans are measured in real processes, which end with their use."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from pytestqt.qtbot import QtBot

from engine.library import read_model_card
from ip2p_desktop.base.paths import runs_folder, starter_model, trainer_program
from ip2p_desktop.training.plans.default_settings import default_settings
from ip2p_desktop.training.plans.training_estimate import TrainingEstimate
from ip2p_desktop.training.runs.trainer_process import TrainerProcess
from ip2p_desktop.training.runs.training_probe import TrainingProbe
from ip2p_desktop.training.runs.training_runs import TrainingPlan
from ip2p_desktop.training.runs.training_session import TrainingSession

MakeSession = Callable[[str], TrainingSession]
TIMEOUT = 60_000
SCRIPT = Path(__file__).resolve().parent.parent / "scripted_trainer.py"
LENGTHS = (200, 500, 4000)


def process_of(qtbot: QtBot, probe: TrainingProbe) -> QProcess:
    """The latest process, after it has started."""
    process = probe.findChildren(TrainerProcess)[-1]._process
    qtbot.waitUntil(lambda: process.state() == QProcess.ProcessState.Running)
    return process


def test_the_same_plan_is_measured_once(qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan) -> None:
    probe = make_session("train").probe
    probe.begin(plan, LENGTHS)
    (process,) = probe.findChildren(TrainerProcess)
    probe.begin(replace(plan, name="Another", steps=7), LENGTHS)
    assert probe.findChildren(TrainerProcess) == [process]
    qtbot.waitUntil(lambda: probe.estimate is not None, timeout=TIMEOUT)
    probe.begin(plan, LENGTHS)
    assert not probe.is_running()


def test_the_start_of_a_run_ends_the_measurement(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("linger")
    session.probe.begin(plan, LENGTHS)
    assert session.probe.is_running()
    session.start(plan)
    assert not session.probe.is_running()


APPLICATION = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, Qt
from ip2p_desktop.training.runs.training_runs import TrainingPlan
from ip2p_desktop.training.runs.training_session import TrainingSession
from ip2p_desktop.training.runs.trainer_process import TrainerProcess

application = QCoreApplication([])
session = TrainingSession(program=[sys.executable, sys.argv[1], "hang"])
here = Path(sys.argv[2])
plan = TrainingPlan(dataset=here, base_model=here, base_model_name="", name="Quit", steps=9)
session.probe.begin(plan, [200])
(process,) = session.probe.findChildren(TrainerProcess)
application.aboutToQuit.connect(lambda: print("ended:", not process.is_running()))
process.event_received.connect(lambda event: (sys.argv[3] == "stopped" and session.probe.stop()))
once = Qt.ConnectionType.SingleShotConnection
process._process.readyReadStandardOutput.connect(application.quit, once)
sys.exit(application.exec())
"""


@pytest.mark.parametrize("before", ["running", "stopped"])
def test_an_application_that_quits_leaves_no_probe(tmp_path: Path, before: str) -> None:
    command = [sys.executable, "-c", APPLICATION, str(SCRIPT), str(tmp_path), before]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert ended.stderr == ""
    assert ended.stdout == "ended: True\n"


def test_no_probe_outlives_its_owner(qtbot: QtBot, plan: TrainingPlan) -> None:
    probe = TrainingProbe([sys.executable, str(SCRIPT), "hang"])
    probe.begin(plan, LENGTHS)
    child = process_of(qtbot, probe)
    with qtbot.waitSignal(probe.destroyed):
        probe.deleteLater()
    assert child.state() == QProcess.ProcessState.NotRunning


def test_more_steps_than_those_that_do_not_fit_do_not_fit() -> None:
    estimate = TrainingEstimate(seconds_per_step=0.5, memory=0, disk=0, too_many=1000)
    assert estimate.seconds(300) == 150
    assert [estimate.fits(steps) for steps in (999, 1000, 1001)] == [True, False, False]


def test_old_edits_are_made_for_the_steps_that_draw_them() -> None:
    estimate = TrainingEstimate(
        seconds_per_step=0.5, memory=0, disk=0, preparation=10, replay_seconds_per_step=0.25, replay_steps=200
    )
    assert [estimate.seconds(steps) for steps in (0, 100, 200, 1000)] == [10, 85, 160, 560]


def test_the_real_trainer_answers(qtbot: QtBot, plan: TrainingPlan, data_folder: Path) -> None:
    small = ("model.micro_batch_size=1", "data.resolution=64", "trainer.threads=1")
    probe = TrainingProbe([*trainer_program(), *small])
    settings = default_settings(read_model_card(starter_model()), keeps_edits=True)
    probe.begin(replace(plan, base_model=starter_model(), settings=settings), LENGTHS)
    qtbot.waitUntil(lambda: not probe.is_running(), timeout=300_000)
    assert probe.estimate is not None
    assert probe.estimate.preparation > 0
    assert probe.estimate.replay_seconds_per_step > 0
    assert probe.estimate.replay_steps == 768 / 0.8
    assert not (data_folder / "cache").exists()
    assert probe.estimate.seconds_per_step > 0
    assert probe.estimate.disk > 10_000_000
    assert probe.estimate.too_many is None
    assert not runs_folder().exists()
