"""Stopping and pausing, which wait for the end of a step, are shown at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fakes.shown_run import ShownSession, started, step_taken
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ip2p_desktop.training.dialog.progress.progress_page import ProgressPage
from ip2p_desktop.training.runs.training_crash import crashed
from ip2p_desktop.training.runs.training_outcome import TrainingOutcome
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingRun
from trainer.protocol.events import PreparationProgressed, TrainingContinued, TrainingPaused

MakePage = Callable[..., ProgressPage]


def test_stopping_says_at_once_what_it_waits_for_and_for_how_long(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    session.run = replace(run, step=100)
    session.enter(TrainingPhase.TRAINING, started(), step_taken(120))
    qtbot.mouseClick(page.stop_button, Qt.MouseButton.LeftButton)
    session.stop()
    assert page.sentence.text() == "Stopping: finishing the current step, then saving. Nothing is lost."
    assert page.remaining.isVisible()
    assert page.remaining.text() == "waiting for 0 s"
    session.phase_since -= 5
    qtbot.waitUntil(lambda: page.remaining.text() not in ("waiting for 0 s", ""))
    session.phase_since -= 180
    qtbot.waitUntil(lambda: "waiting for 3 min" in page.remaining.text())
    session.run = replace(run, step=120)
    session.progressed.emit()
    saved = "Stopping: step 120 is saved, and its model is being written."
    qtbot.waitUntil(lambda: page.sentence.text() == saved)
    session.outcome = TrainingOutcome(saved_step=120)
    session.enter(TrainingPhase.DONE)
    assert not page.remaining.isVisible()
    assert not page._wait_timer.isActive()


def test_a_pause_that_waits_for_a_step_is_shown_at_once(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    session.run = replace(run, step=100)
    session.enter(TrainingPhase.TRAINING, started(), step_taken(120))
    qtbot.mouseClick(page.row.pause_button, Qt.MouseButton.LeftButton)
    pause = page.row.pause_button
    assert session.asked == ["pause"]
    assert (pause.text(), pause.isEnabled()) == ("Pausing…", False)
    session.enter(TrainingPhase.PAUSED, TrainingPaused(step=121, reason="request", message=""))
    session.enter(TrainingPhase.TRAINING, TrainingContinued(step=121))
    assert (pause.text(), pause.isEnabled()) == ("&Pause", True)
    qtbot.mouseClick(page.row.pause_button, Qt.MouseButton.LeftButton)
    session.refused.emit(crashed(1).report())
    assert pause.isEnabled(), "it can be asked for again"


def test_stopping_before_the_first_step_says_that_nothing_was_trained(
    make_page: MakePage, session: ShownSession
) -> None:
    session.enter(TrainingPhase.PREPARING, PreparationProgressed(stage="replaying", done=120, total=1350))
    page = make_page()
    session.enter(TrainingPhase.STOPPING)
    assert page.sentence.text() == "Stopping: ending what is being prepared. Nothing was trained yet."
    assert page.remaining.isVisible()
