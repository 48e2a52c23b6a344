"""The state of teaching, with real child processes."""

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
from ip2p_desktop.training.training_runs import TrainingPlan, resumable_runs
from ip2p_desktop.training.training_session import TrainingPhase, TrainingSession

MakeTeaching = Callable[[str], TrainingSession]
PATIENCE = 30_000


def reaches(qtbot: QtBot, teaching: TrainingSession, phase: TrainingPhase) -> None:
    qtbot.waitUntil(lambda: teaching.phase == phase, timeout=PATIENCE)


def stopped(qtbot: QtBot, teaching: TrainingSession, plan: TrainingPlan) -> None:
    """Teaches three steps and stops."""
    teaching.start(plan)
    qtbot.waitUntil(lambda: teaching.progress.step == 3, timeout=PATIENCE)
    teaching.stop()
    reaches(qtbot, teaching, TrainingPhase.DONE)


def test_all_steps_are_taught_and_the_model_is_installed(
    qtbot: QtBot, make_teaching: MakeTeaching, plan: TrainingPlan
) -> None:
    teaching = make_teaching("learn")
    phases: list[TrainingPhase] = []
    teaching.phase_changed.connect(phases.append)
    with qtbot.waitSignal(teaching.model_installed, timeout=PATIENCE) as blocker:
        teaching.start(plan)
    assert phases == [TrainingPhase.PREPARING, TrainingPhase.TRAINING, TrainingPhase.DONE]
    assert list_models(models_folder()) == [teaching.model]
    assert teaching.model is not None
    assert blocker.args == [teaching.model.path]
    assert teaching.model.name == "Negative"
    assert [point.step for point in teaching.progress.losses] == [1, 2, 3, 4, 5]
    assert list(runs_folder().iterdir()) == []
    assert not teaching.is_resumable()


def test_a_stopped_run_keeps_its_model_and_goes_on_later(
    qtbot: QtBot, make_teaching: MakeTeaching, plan: TrainingPlan
) -> None:
    teaching = make_teaching("linger")
    stopped(qtbot, teaching, plan)
    assert teaching.outcome is not None
    assert teaching.outcome.sentence() == "Stopped after step 3. The model of that step is kept."
    assert [card.description for card in list_models(models_folder())] == ["step 3"]
    assert teaching.is_resumable()

    after_restart = make_teaching("learn")
    (run,) = after_restart.resumable_runs()
    assert (run.step, run.plan) == (3, plan)
    after_restart.resume(run)
    reaches(qtbot, after_restart, TrainingPhase.DONE)
    assert [card.description for card in list_models(models_folder())] == ["step 5"]
    assert [point.step for point in after_restart.progress.losses] == [4, 5]
    assert after_restart.resumable_runs() == []


def test_going_on_keeps_the_curve(qtbot: QtBot, make_teaching: MakeTeaching, plan: TrainingPlan) -> None:
    teaching = make_teaching("linger")
    stopped(qtbot, teaching, plan)
    assert teaching.run is not None
    teaching.resume(teaching.run)
    reaches(qtbot, teaching, TrainingPhase.DONE)
    assert [point.step for point in teaching.progress.losses] == [1, 2, 3, 4, 5]


def test_a_base_model_that_has_moved_is_found_by_its_name(
    qtbot: QtBot, make_teaching: MakeTeaching, plan: TrainingPlan, tmp_path: Path
) -> None:
    teaching = make_teaching("linger")
    stopped(qtbot, teaching, replace(plan, base_model=tmp_path / "old place"))
    (run,) = teaching.resumable_runs()
    teaching.resume(run, [ModelCard(path=plan.base_model, name="Starter")])
    assert teaching.run is not None
    assert teaching.run.plan.base_model == plan.base_model
    reaches(qtbot, teaching, TrainingPhase.DONE)


def test_a_failure_is_kept_and_what_it_left_is_removed(
    qtbot: QtBot, make_teaching: MakeTeaching, plan: TrainingPlan
) -> None:
    teaching = make_teaching("diverge")
    teaching.start(plan)
    reaches(qtbot, teaching, TrainingPhase.FAILED)
    assert str(teaching.failure) == "The loss became NaN. Start again."
    assert list(runs_folder().iterdir()) == []
    assert not teaching.is_resumable()


def test_a_run_that_fails_after_a_checkpoint_can_go_on(
    qtbot: QtBot, make_teaching: MakeTeaching, plan: TrainingPlan
) -> None:
    stopped(qtbot, make_teaching("linger"), replace(plan, steps=9))
    teaching = make_teaching("crash")
    (run,) = teaching.resumable_runs()
    teaching.resume(run)
    reaches(qtbot, teaching, TrainingPhase.FAILED)
    assert "ended unexpectedly" in str(teaching.failure)
    assert teaching.is_resumable()
    assert teaching.resumable_runs() == [run]


def test_a_data_folder_that_cannot_be_written_is_named(
    make_teaching: MakeTeaching, plan: TrainingPlan, data_folder: Path
) -> None:
    data_folder.write_text("in the way")
    teaching = make_teaching("learn")
    teaching.start(plan)
    assert teaching.phase == TrainingPhase.FAILED
    assert "cannot be written" in str(teaching.failure)


def test_quitting_stops_the_run_and_keeps_what_was_learned(
    qtbot: QtBot, make_teaching: MakeTeaching, plan: TrainingPlan
) -> None:
    teaching = make_teaching("linger")
    teaching.start(plan)
    qtbot.waitUntil(lambda: teaching.progress.step == 3, timeout=PATIENCE)
    teaching.shutdown()
    assert [card.description for card in list_models(models_folder())] == ["step 3"]
    assert [run.step for run in resumable_runs(runs_folder())] == [3]


def test_a_model_that_cannot_be_installed_is_not_lost(
    qtbot: QtBot, make_teaching: MakeTeaching, plan: TrainingPlan
) -> None:
    teaching = make_teaching("learn")
    models_folder().parent.mkdir()
    models_folder().write_text("in the way")
    teaching.start(plan)
    reaches(qtbot, teaching, TrainingPhase.FAILED)
    assert f"{models_folder()} cannot be written" in str(teaching.failure)
    assert teaching.is_resumable()
    models_folder().unlink()
    (run,) = teaching.resumable_runs()
    teaching.resume(run)
    reaches(qtbot, teaching, TrainingPhase.DONE)
    assert [card.description for card in list_models(models_folder())] == ["step 5"]


APPLICATION = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from ip2p_desktop.training.training_runs import TrainingPlan
from ip2p_desktop.training.training_session import TrainingSession

application = QCoreApplication([])
teaching = TrainingSession(program=[sys.executable, sys.argv[1], "linger"])
teaching.progressed.connect(lambda: teaching.progress.step == 3 and application.quit())
here = Path(sys.argv[2])
teaching.start(TrainingPlan(dataset=here, base_model=here, base_model_name="", name="Quit", steps=9))
sys.exit(application.exec())
"""


def test_an_application_that_quits_stops_its_run(tmp_path: Path) -> None:
    script = Path(__file__).resolve().parent / "scripted_trainer.py"
    command = [sys.executable, "-c", APPLICATION, str(script), str(tmp_path)]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert ended.stderr == ""
    assert [card.description for card in list_models(models_folder())] == ["step 3"]
    assert [run.step for run in resumable_runs(runs_folder())] == [3]


def test_one_run_at_a_time(qtbot: QtBot, make_teaching: MakeTeaching, plan: TrainingPlan) -> None:
    teaching = make_teaching("linger")
    teaching.start(plan)
    teaching.start(replace(plan, name="Another"))
    teaching.begin_anew()
    qtbot.waitUntil(lambda: teaching.progress.step == 3, timeout=PATIENCE)
    assert teaching.run is not None
    assert teaching.run.plan.name == "Negative"
    assert len([child for child in runs_folder().iterdir() if child.is_dir()]) == 1


def test_a_stopped_run_can_be_removed(qtbot: QtBot, make_teaching: MakeTeaching, plan: TrainingPlan) -> None:
    teaching = make_teaching("linger")
    stopped(qtbot, teaching, plan)
    (run,) = teaching.resumable_runs()
    with qtbot.waitSignal(teaching.runs_changed):
        teaching.forget(run)
    assert teaching.resumable_runs() == []
    assert not teaching.is_resumable()
    assert len(list_models(models_folder())) == 1


def test_a_folder_is_searched_and_its_examples_are_loaded(
    qtbot: QtBot, make_teaching: MakeTeaching, pairs: Path
) -> None:
    teaching = make_teaching("learn")
    teaching.choose(pairs)
    assert teaching.dataset.is_searching()
    qtbot.waitUntil(lambda: len(teaching.dataset.thumbnails) > 0)
    assert teaching.phase == TrainingPhase.CHECKED
    assert teaching.dataset.findings is not None
    assert len(teaching.dataset.findings.listing.pairs) == 8
    assert [shown.original.width() for shown in teaching.dataset.thumbnails] == [96] * 4


def test_only_the_last_chosen_folder_counts(qtbot: QtBot, make_teaching: MakeTeaching, pairs: Path) -> None:
    teaching = make_teaching("learn")
    teaching.choose(Path(__file__).parent)
    teaching.choose(pairs)
    qtbot.waitUntil(lambda: not teaching.dataset.is_searching())
    assert teaching.dataset.failure is None
    teaching.choose(Path(__file__).parent)
    qtbot.waitUntil(lambda: not teaching.dataset.is_searching())
    assert "neither metadata.jsonl" in str(teaching.dataset.failure)
    assert teaching.phase == TrainingPhase.CHOOSE


@pytest.mark.parametrize("module", ["torch", "diffusers", "numpy", "omegaconf"])
def test_nothing_heavy_is_imported(module: str) -> None:
    script = f"import sys, ip2p_desktop.training.dialog.training_dialog; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
