"""Plans are measured in real processes, which end with their use."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.library import ModelCard, read_model_card
from ip2p_desktop.base.paths import runs_folder, starter_model, trainer_program
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.plans.default_settings import default_settings
from ip2p_desktop.training.runs.trainer_process import TrainerProcess
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_probe import TrainingEstimate, TrainingProbe
from ip2p_desktop.training.runs.training_runs import TrainingPlan
from ip2p_desktop.training.runs.training_session import TrainingSession

MakeDialog = Callable[[str], TrainingDialog]
MakeSession = Callable[[str], TrainingSession]
TIMEOUT = 60_000
SCRIPT = Path(__file__).resolve().parent.parent / "scripted_trainer.py"
LENGTHS = (200, 500, 4000)
LEFT = Qt.MouseButton.LeftButton
MEASURING = "Measuring how long it takes on this computer…"


def process_of(qtbot: QtBot, probe: TrainingProbe) -> QProcess:
    """The latest process, after it has started."""
    process = probe.findChildren(TrainerProcess)[-1]._process
    qtbot.waitUntil(lambda: process.state() == QProcess.ProcessState.Running)
    return process


def ends(qtbot: QtBot, process: QProcess) -> None:
    qtbot.waitUntil(lambda: process.state() == QProcess.ProcessState.NotRunning, timeout=TIMEOUT)


def show_plan(qtbot: QtBot, dialog: TrainingDialog, pairs: Path) -> None:
    dialog.choose_folder(pairs)
    qtbot.waitUntil(dialog.examples_page.next_button.isEnabled)
    qtbot.mouseClick(dialog.examples_page.next_button, LEFT)


def estimate(dialog: TrainingDialog) -> str:
    label = dialog.findChild(QLabel, "training_estimate")
    assert isinstance(label, QLabel)
    return label.text()


def measured(qtbot: QtBot, dialog: TrainingDialog) -> str:
    """The text on the page after the measurement."""
    qtbot.waitUntil(lambda: estimate(dialog) == MEASURING, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: estimate(dialog) != MEASURING, timeout=TIMEOUT)
    return estimate(dialog)


def times(dialog: TrainingDialog) -> list[str]:
    return [card.time for card in dialog.plan_page.length.cards.values()]


def test_time_and_memory_of_the_chosen_length_are_shown(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog("train")
    show_plan(qtbot, dialog, pairs)
    assert estimate(dialog) == "More steps take longer."
    assert measured(qtbot, dialog) == "About 9 minutes on this computer. It needs 1.2 GB of memory."
    assert times(dialog) == ["about 4 minutes", "about 9 minutes", "about 51 minutes"]
    dialog.plan_page.length.steps = 10
    assert estimate(dialog) == "Less than a minute on this computer. It needs 1.2 GB of memory."
    assert not runs_folder().exists()


def test_lengths_that_do_not_fit_are_marked_and_can_be_started(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog("fill")
    show_plan(qtbot, dialog, pairs)
    assert measured(qtbot, dialog) == "Does not fit: 2.1 GB of free disk space are needed."
    assert times(dialog) == ["about 4 minutes", "Does not fit", "Does not fit"]
    dialog.plan_page.length.steps = 200
    assert estimate(dialog) == "About 4 minutes on this computer. It needs 1.2 GB of memory."
    assert dialog.plan_page.start_button.isEnabled()


def test_too_little_memory_fits_no_length(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog("starve")
    show_plan(qtbot, dialog, pairs)
    message = "Does not fit: this computer has too little memory to train this model."
    assert measured(qtbot, dialog) == message
    assert times(dialog) == ["Does not fit"] * 3


def test_a_failed_probe_leaves_the_page_unchanged(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog("crash")
    show_plan(qtbot, dialog, pairs)
    assert measured(qtbot, dialog) == "More steps take longer."
    assert times(dialog) == ["", "", ""]


def test_starting_a_run_ends_the_probe(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog("hang")
    show_plan(qtbot, dialog, pairs)
    qtbot.waitUntil(dialog.session.probe.is_running)
    process = process_of(qtbot, dialog.session.probe)
    dialog.plan_page.length.steps = 5
    qtbot.mouseClick(dialog.plan_page.start_button, LEFT)
    assert dialog.session.is_running()
    assert not dialog.session.probe.is_running()
    ends(qtbot, process)
    qtbot.waitUntil(lambda: dialog.session.phase == TrainingPhase.DONE, timeout=TIMEOUT)


def test_closing_the_dialog_ends_the_probe_and_opening_it_starts_another(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog("hang")
    show_plan(qtbot, dialog, pairs)
    probe = dialog.session.probe
    qtbot.waitUntil(probe.is_running)
    process = process_of(qtbot, probe)
    dialog.close()
    assert not probe.is_running()
    ends(qtbot, process)
    dialog.show()
    qtbot.waitUntil(probe.is_running)


def test_another_base_model_is_measured_again(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path, models: list[ModelCard], tmp_path: Path
) -> None:
    dialog = make_dialog("hang")
    dialog.show_models([*models, ModelCard(path=tmp_path, name="Another")])
    show_plan(qtbot, dialog, pairs)
    probe = dialog.session.probe
    qtbot.waitUntil(probe.is_running)
    first = process_of(qtbot, probe)
    dialog.plan_page.model_box.setCurrentIndex(1)
    ends(qtbot, first)
    assert probe.is_running()


def test_another_dataset_ends_the_probe(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog("hang")
    show_plan(qtbot, dialog, pairs)
    probe = dialog.session.probe
    qtbot.waitUntil(probe.is_running)
    process = process_of(qtbot, probe)
    dialog.choose_folder(pairs)
    ends(qtbot, process)
    assert estimate(dialog) == "More steps take longer."


def test_the_same_plan_is_measured_once(qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan) -> None:
    probe = make_session("train").probe
    probe.begin(plan, LENGTHS)
    (process,) = probe.findChildren(TrainerProcess)
    probe.begin(replace(plan, name="Another", steps=7), LENGTHS)
    assert probe.findChildren(TrainerProcess) == [process]
    qtbot.waitUntil(lambda: probe.estimate is not None, timeout=TIMEOUT)
    probe.begin(plan, LENGTHS)
    assert not probe.is_running()


def test_no_plan_is_measured_during_a_run(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("linger")
    session.start(plan)
    session.start_probe(plan, LENGTHS)
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
session.start_probe(plan, [200])
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
    probe = TrainingProbe([*trainer_program(), "model.micro_batch_size=1"])
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
