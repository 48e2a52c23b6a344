"""The state of training, with real trainers that are processes of their own."""

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
from ip2p_desktop.training.runs.run_list import RunState, find_runs
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingPlan, read_run
from ip2p_desktop.training.runs.training_session import TrainingSession

MakeSession = Callable[[str], TrainingSession]
TIMEOUT = 30_000


def reaches(qtbot: QtBot, session: TrainingSession, phase: TrainingPhase) -> None:
    qtbot.waitUntil(lambda: session.phase == phase, timeout=TIMEOUT)


def takes_steps(qtbot: QtBot, session: TrainingSession, plan: TrainingPlan) -> None:
    """Starts a run, and waits until three steps are taken."""
    session.start(plan)
    qtbot.waitUntil(lambda: session.progress.step == 3, timeout=TIMEOUT)


def stopped(qtbot: QtBot, session: TrainingSession, plan: TrainingPlan) -> None:
    """Trains three steps and stops."""
    takes_steps(qtbot, session, plan)
    session.stop()
    reaches(qtbot, session, TrainingPhase.DONE)


def resume_only(qtbot: QtBot, session: TrainingSession) -> None:
    """Resumes the only run on disk as a new window does."""
    (summary,) = find_runs(runs_folder())
    session.resume(summary.run)
    reaches(qtbot, session, TrainingPhase.DONE)


def steps_of(session: TrainingSession) -> list[int]:
    return [point.step for point in session.progress.losses]


def keep(qtbot: QtBot, session: TrainingSession, *, keeps_run: bool = False) -> ModelCard:
    with qtbot.waitSignal(session.model_installed, timeout=TIMEOUT):
        session.keep(keeps_run=keeps_run)
    assert session.model is not None
    return session.model


def test_all_steps_are_trained_and_the_model_is_kept_on_request(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("train")
    phases: list[TrainingPhase] = []
    session.phase_changed.connect(phases.append)
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.DONE)
    assert phases[0] == TrainingPhase.PREPARING
    assert session.result is not None
    assert (session.result.step, session.result.total_steps) == (5, 5)
    assert steps_of(session) == [1, 2, 3, 4, 5]
    assert session.progress.device == "cpu"
    assert session.progress.started_at is not None
    assert not session.is_resumable()
    assert list_models(models_folder()) == []
    qtbot.waitUntil(lambda: session.progress.disk > 0, timeout=TIMEOUT)
    model = keep(qtbot, session)
    assert session.progress.disk == 0
    assert list_models(models_folder()) == [model]
    assert model.name == "Negative"
    assert session.result is None
    assert list(runs_folder().iterdir()) == []


def test_a_run_that_is_kept_with_its_model_is_trained_further(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("train")
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.DONE)
    first = keep(qtbot, session, keeps_run=True)
    session.shut_down()
    later = make_session("train")
    (summary,) = find_runs(runs_folder())
    assert (summary.state, summary.run.kept) == (RunState.KEPT, first.path)
    later.attach(summary.run.folder)
    reaches(qtbot, later, TrainingPhase.DONE)
    assert later.can_train_further()
    qtbot.waitUntil(lambda: later.model is not None, timeout=TIMEOUT)
    assert later.model == first
    later.train_further(4)
    qtbot.waitUntil(lambda: later.result is not None and later.result.step == 9, timeout=TIMEOUT)
    assert steps_of(later) == list(range(1, 10))
    second = keep(qtbot, later)
    assert second.path == first.path
    assert [card.description for card in list_models(models_folder())] == ["step 9"]


def test_a_stopped_run_has_a_model_and_goes_on_later(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("linger")
    stopped(qtbot, session, plan)
    assert session.outcome is not None
    assert session.outcome.sentence() == "Stopped after step 3 of 5."
    assert session.result is not None
    assert (session.result.step, session.result.total_steps) == (3, 5)
    assert session.is_resumable()
    session.shut_down()

    after_restart = make_session("train")
    resume_only(qtbot, after_restart)
    assert after_restart.result is not None
    assert after_restart.result.step == 5
    assert steps_of(after_restart) == [1, 2, 3, 4, 5]


def test_a_run_is_paused_and_goes_on(qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan) -> None:
    session = make_session("linger")
    takes_steps(qtbot, session, plan)
    session.pause()
    reaches(qtbot, session, TrainingPhase.PAUSED)
    assert session.progress.pause is not None
    assert session.progress.pause.reason == "request"
    assert session.is_running()
    session.continue_training()
    reaches(qtbot, session, TrainingPhase.TRAINING)
    assert session.progress.pause is None


def test_a_full_disk_pauses_and_going_on_loses_nothing(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("full")
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.PAUSED)
    assert session.progress.pause is not None
    assert str(session.progress.pause.report()) == "The disk is full. Free some space."
    session.continue_training()
    reaches(qtbot, session, TrainingPhase.DONE)
    assert steps_of(session) == [1, 2, 3, 4, 5]


def test_a_run_is_stopped_and_discarded(qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan) -> None:
    session = make_session("linger")
    takes_steps(qtbot, session, plan)
    session.discard()
    assert session.phase == TrainingPhase.STOPPING
    reaches(qtbot, session, TrainingPhase.CHOOSE)
    assert session.run is None
    assert list(runs_folder().iterdir()) == []


def test_a_run_that_has_ended_is_discarded_with_its_model_but_not_with_what_is_not_ours(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("train")
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.DONE)
    assert session.run is not None
    note = session.run.folder / "notes.txt"
    note.write_text("mine")
    session.discard()
    reaches(qtbot, session, TrainingPhase.CHOOSE)
    assert [path for path in runs_folder().rglob("*") if path.is_file()] == [note]


def test_a_trainer_that_obeys_no_command_is_killed_when_it_is_discarded(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ip2p_desktop.training.runs.training_session.DISCARD_TIMEOUT_MS", 200)
    session = make_session("ignore")
    takes_steps(qtbot, session, plan)
    session.discard()
    reaches(qtbot, session, TrainingPhase.CHOOSE)
    assert [path for path in runs_folder().rglob("*") if path.is_file()] == []


def test_a_base_model_that_has_moved_is_found_by_its_name_and_the_curve_goes_on(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan, tmp_path: Path
) -> None:
    session = make_session("linger")
    stopped(qtbot, session, replace(plan, base_model=tmp_path / "old place"))
    assert session.run is not None
    session.resume(session.run, [ModelCard(path=plan.base_model, name="Starter")])
    qtbot.waitUntil(lambda: session.result is not None and session.result.step == 5, timeout=TIMEOUT)
    assert session.run.plan.base_model == plan.base_model
    assert steps_of(session) == [1, 2, 3, 4, 5]


def test_a_failure_is_kept_and_what_it_left_is_removed(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("diverge")
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.FAILED)
    assert str(session.failure) == "The loss became NaN. Start again."
    assert list(runs_folder().iterdir()) == []
    assert not session.is_resumable()


def test_a_trainer_that_refuses_its_settings_is_quoted(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("refuse")
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.FAILED)
    assert str(session.failure) == "It is refused."


def test_the_log_of_the_trainer_holds_no_events(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("train")
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.DONE)
    assert session.run is not None
    assert (session.run.folder / "trainer.log").read_text() == "INFO trainer: training begins\n"
    assert steps_of(session) == [1, 2, 3, 4, 5]


def test_a_trainer_that_is_not_there_is_named(
    qtbot: QtBot, end_trainers: None, plan: TrainingPlan, tmp_path: Path
) -> None:
    session = TrainingSession(program=[str(tmp_path / "missing")])
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.FAILED)
    assert session.failure is not None
    assert session.failure.code == "crash.not-started"
    session.shut_down()


def test_a_run_that_crashes_can_go_on(qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan) -> None:
    first = make_session("linger")
    stopped(qtbot, first, replace(plan, steps=9))
    first.shut_down()
    session = make_session("crash")
    (summary,) = find_runs(runs_folder())
    session.resume(summary.run)
    reaches(qtbot, session, TrainingPhase.FAILED)
    assert session.failure is not None
    assert (session.failure.code, session.failure.values) == ("crash.ended", {"code": 3})
    assert session.is_resumable()
    assert session.run is not None
    assert session.run.step == 3
    session.shut_down()
    (summary,) = find_runs(runs_folder())
    assert (summary.state, summary.step) == (RunState.CRASHED, 5)


def test_a_data_folder_that_cannot_be_written_is_named(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan, data_folder: Path
) -> None:
    data_folder.write_text("in the way")
    session = make_session("train")
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.FAILED)
    assert "cannot be written" in str(session.failure)


def test_a_model_that_cannot_be_installed_is_not_lost(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("train")
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.DONE)
    models_folder().write_text("in the way")
    session.keep()
    qtbot.waitUntil(lambda: session.failure is not None, timeout=TIMEOUT)
    assert f"{models_folder()} cannot be written" in str(session.failure)
    models_folder().unlink()
    assert keep(qtbot, session).description == "step 5"
    assert session.failure is None


def test_one_run_at_a_time(qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan) -> None:
    session = make_session("linger")
    session.start(plan)
    session.start(replace(plan, name="Another"))
    session.start_over()
    qtbot.waitUntil(lambda: session.progress.step == 3, timeout=TIMEOUT)
    assert session.run is not None
    assert session.run.plan.name == "Negative"
    assert len([child for child in runs_folder().iterdir() if child.is_dir()]) == 1


def test_the_end_of_a_run_is_told_until_it_was_seen(
    qtbot: QtBot, make_session: MakeSession, plan: TrainingPlan
) -> None:
    session = make_session("train")
    session.start(plan)
    reaches(qtbot, session, TrainingPhase.DONE)
    assert session.run is not None
    folder = session.run.folder
    assert not find_runs(runs_folder(), folder)[0].run.is_seen
    session.mark_seen()
    session.shut_down()
    assert find_runs(runs_folder())[0].run.is_seen
    again = make_session("train")
    found = read_run(folder)
    assert found is not None
    again.resume(found)
    qtbot.waitUntil(lambda: again.phase == TrainingPhase.DONE, timeout=TIMEOUT)
    again.shut_down()
    assert not find_runs(runs_folder())[0].run.is_seen


def test_a_folder_is_searched_and_its_pairs_are_checked(
    qtbot: QtBot, make_session: MakeSession, pairs: Path
) -> None:
    session = make_session("train")
    session.choose(pairs)
    assert session.dataset.is_searching()
    qtbot.waitUntil(lambda: session.dataset.report is not None)
    assert session.phase == TrainingPhase.CHECKED
    assert session.dataset.findings is not None
    assert len(session.dataset.findings.listing.pairs) == 8
    assert session.dataset.usable() == len(session.dataset.gallery.entries) == 8


def test_only_the_last_chosen_folder_counts(qtbot: QtBot, make_session: MakeSession, pairs: Path) -> None:
    session = make_session("train")
    session.choose(Path(__file__).parent)
    session.choose(pairs)
    qtbot.waitUntil(lambda: not session.dataset.is_searching())
    assert session.dataset.failure is None
    session.choose(Path(__file__).parent)
    qtbot.waitUntil(lambda: not session.dataset.is_searching())
    assert "no metadata.jsonl" in str(session.dataset.failure)
    assert session.phase == TrainingPhase.CHOOSE


def test_nothing_heavy_is_imported() -> None:
    script = "import sys, ip2p_desktop.training.dialog.training_dialog; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "ip2p_desktop" in loaded
    assert loaded & {"torch", "diffusers", "numpy", "omegaconf"} == set()
