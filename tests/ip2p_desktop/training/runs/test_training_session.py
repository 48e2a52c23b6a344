"""The state of training, with real child processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.library import ModelCard, list_models
from ip2p_desktop.base.paths import models_folder, runs_folder
from ip2p_desktop.training.runs.training_runs import TrainingPlan, resumable_runs
from ip2p_desktop.training.runs.training_session import TrainingPhase, TrainingSession

MakeSession = Callable[[str], TrainingSession]
TIMEOUT = 30_000


def reaches(qtbot: QtBot, session: TrainingSession, phase: TrainingPhase) -> None:
    qtbot.waitUntil(lambda: session.phase == phase, timeout=TIMEOUT)


def stopped(qtbot: QtBot, session: TrainingSession, plan: TrainingPlan) -> None:
    """Trains three steps and stops."""
    session.start(plan)
    qtbot.waitUntil(lambda: session.progress.step == 3, timeout=TIMEOUT)
    session.stop()
    reaches(qtbot, session, TrainingPhase.DONE)


def test_all_steps_are_trained_and_the_model_is_installed(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("train")
    phases: list[TrainingPhase] = []
    session.phase_changed.connect(phases.append)
    with qtbot.waitSignal(session.model_installed, timeout=TIMEOUT) as blocker:
        session.start(plan)
    assert phases == [TrainingPhase.PREPARING, TrainingPhase.TRAINING, TrainingPhase.DONE]
    assert list_models(models_folder()) == [session.model]
    assert session.model is not None
    assert blocker.args == [session.model.path]
    assert session.model.name == "Negative"
    assert [point.step for point in session.progress.losses] == [1, 2, 3, 4, 5]
    assert list(runs_folder().iterdir()) == []
    assert not session.is_resumable()


def test_a_stopped_run_keeps_its_model_and_goes_on_later(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("linger")
    stopped(qtbot, session, plan)
    assert session.outcome is not None
    assert session.outcome.sentence() == "Stopped after step 3. The model of that step is kept."
    assert [card.description for card in list_models(models_folder())] == ["step 3"]
    assert session.is_resumable()

    after_restart = make_session("train")
    (run,) = after_restart.resumable_runs()
    assert (run.step, run.plan) == (3, plan)
    after_restart.resume(run)
    reaches(qtbot, after_restart, TrainingPhase.DONE)
    assert [card.description for card in list_models(models_folder())] == ["step 5"]
    assert [point.step for point in after_restart.progress.losses] == [4, 5]
    assert after_restart.resumable_runs() == []


def test_going_on_keeps_the_curve(qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan) -> None:
    session = make_session("linger")
    stopped(qtbot, session, plan)
    assert session.run is not None
    session.resume(session.run)
    reaches(qtbot, session, TrainingPhase.DONE)
    assert [point.step for point in session.progress.losses] == [1, 2, 3, 4, 5]


def test_a_base_model_that_has_moved_is_found_by_its_name(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan, tmp_path: Path
) -> None:
    session = make_session("linger")
    stopped(qtbot, session, replace(plan, base_model=tmp_path / "old place"))
    (run,) = session.resumable_runs()
    session.resume(run, [ModelCard(path=plan.base_model, name="Starter")])
    assert session.run is not None
    assert session.run.plan.base_model == plan.base_model
    reaches(qtbot, session, TrainingPhase.DONE)


def test_a_failure_is_kept_and_what_it_left_is_removed(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("diverge")
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.FAILED)
    assert str(session.failure) == "The loss became NaN. Start again."
    assert list(runs_folder().iterdir()) == []
    assert not session.is_resumable()


def test_a_run_that_fails_after_a_checkpoint_can_go_on(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    stopped(qtbot, make_session("linger"), replace(plan, steps=9))
    session = make_session("crash")
    (run,) = session.resumable_runs()
    session.resume(run)
    reaches(qtbot, session, TrainingPhase.FAILED)
    assert "ended unexpectedly" in str(session.failure)
    assert session.is_resumable()
    assert session.resumable_runs() == [run]


def test_a_data_folder_that_cannot_be_written_is_named(
    make_session: MakeSession, plan: TrainingPlan, data_folder: Path
) -> None:
    data_folder.write_text("in the way")
    session = make_session("train")
    session.start(plan)
    assert session.phase == TrainingPhase.FAILED
    assert "cannot be written" in str(session.failure)


def test_quitting_stops_the_run_with_a_checkpoint(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("linger")
    session.start(plan)
    qtbot.waitUntil(lambda: session.progress.step == 3, timeout=TIMEOUT)
    session.shut_down()
    assert [card.description for card in list_models(models_folder())] == ["step 3"]
    assert [run.step for run in resumable_runs(runs_folder())] == [3]


def test_a_model_that_cannot_be_installed_is_not_lost(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("train")
    models_folder().parent.mkdir()
    models_folder().write_text("in the way")
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.FAILED)
    assert f"{models_folder()} cannot be written" in str(session.failure)
    assert session.is_resumable()
    models_folder().unlink()
    (run,) = session.resumable_runs()
    session.resume(run)
    reaches(qtbot, session, TrainingPhase.DONE)
    assert [card.description for card in list_models(models_folder())] == ["step 5"]


APPLICATION = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from ip2p_desktop.training.runs.training_runs import TrainingPlan
from ip2p_desktop.training.runs.training_session import TrainingSession

application = QCoreApplication([])
session = TrainingSession(program=[sys.executable, sys.argv[1], "linger"])
session.progressed.connect(lambda: session.progress.step == 3 and application.quit())
here = Path(sys.argv[2])
session.start(TrainingPlan(dataset=here, base_model=here, base_model_name="", name="Quit", steps=9))
sys.exit(application.exec())
"""


def test_an_application_that_quits_stops_its_run(tmp_path: Path) -> None:
    script = Path(__file__).resolve().parent.parent / "scripted_trainer.py"
    command = [sys.executable, "-c", APPLICATION, str(script), str(tmp_path)]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert ended.stderr == ""
    assert [card.description for card in list_models(models_folder())] == ["step 3"]
    assert [run.step for run in resumable_runs(runs_folder())] == [3]


def test_one_run_at_a_time(qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan) -> None:
    session = make_session("linger")
    session.start(plan)
    session.start(replace(plan, name="Another"))
    session.start_over()
    qtbot.waitUntil(lambda: session.progress.step == 3, timeout=TIMEOUT)
    assert session.run is not None
    assert session.run.plan.name == "Negative"
    assert len([child for child in runs_folder().iterdir() if child.is_dir()]) == 1


def test_a_stopped_run_can_be_removed(qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan) -> None:
    session = make_session("linger")
    stopped(qtbot, session, plan)
    (run,) = session.resumable_runs()
    with qtbot.waitSignal(session.runs_changed):
        session.forget(run)
    assert session.resumable_runs() == []
    assert not session.is_resumable()
    assert len(list_models(models_folder())) == 1


def test_a_folder_is_searched_and_its_examples_are_loaded(
    qtbot: QtBot, make_session: MakeSession, pairs: Path
) -> None:
    session = make_session("train")
    session.choose(pairs)
    assert session.dataset.is_searching()
    qtbot.waitUntil(lambda: len(session.dataset.thumbnails) > 0)
    assert session.phase == TrainingPhase.CHECKED
    assert session.dataset.findings is not None
    assert len(session.dataset.findings.listing.pairs) == 8
    assert [shown.original.width() for shown in session.dataset.thumbnails] == [96] * 4


def test_only_the_last_chosen_folder_counts(qtbot: QtBot, make_session: MakeSession, pairs: Path) -> None:
    session = make_session("train")
    session.choose(Path(__file__).parent)
    session.choose(pairs)
    qtbot.waitUntil(lambda: not session.dataset.is_searching())
    assert session.dataset.failure is None
    session.choose(Path(__file__).parent)
    qtbot.waitUntil(lambda: not session.dataset.is_searching())
    assert "neither metadata.jsonl" in str(session.dataset.failure)
    assert session.phase == TrainingPhase.CHOOSE


@pytest.mark.parametrize("module", ["torch", "diffusers", "numpy", "omegaconf"])
def test_nothing_heavy_is_imported(module: str) -> None:
    script = f"import sys, ip2p_desktop.training.dialog.training_dialog; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
