"""Training as the main window shows it: the badge, notices, quitting, and the next start."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.base.paths import runs_folder
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs import training_session
from ip2p_desktop.training.runs.run_list import RunState, find_runs
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingPlan
from ip2p_desktop.training.runs.training_session import TrainingSession

HERE = Path(__file__).resolve().parent
TIMEOUT = 30_000


@pytest.fixture
def behave(end_trainers: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Chooses what the trainer of the program does."""

    def choose(behaviour: str) -> None:
        command = [sys.executable, str(HERE / "scripted_trainer.py"), behaviour]
        monkeypatch.setattr(training_session, "trainer_program", lambda: command)

    return choose


def planned(folder: Path, steps: int = 5) -> TrainingPlan:
    return TrainingPlan(
        dataset=folder, base_model=folder, base_model_name="Starter", name="Snow at dusk", steps=steps
    )


def started(program: Program, folder: Path, steps: int = 5) -> TrainingSession:
    session = program.models.training_action.session
    session.start(planned(folder, steps))
    return session


def left_behind(qtbot: QtBot, make_session: Callable[[str], TrainingSession], folder: Path, how: str) -> None:
    """A run that an earlier window has started, and did not see end."""
    earlier = make_session(how)
    earlier.start(planned(folder))
    phases = (TrainingPhase.DONE, TrainingPhase.FAILED)
    is_over = lambda: earlier.phase in phases or (how == "linger" and earlier.progress.step == 3)  # noqa: E731
    qtbot.waitUntil(is_over, timeout=TIMEOUT)
    earlier.shut_down()


def badge(program: Program) -> str:
    button = program.window.header.training_badge
    return button.text() if button.isVisible() else ""


def test_the_badge_shows_the_run_while_the_dialog_is_closed(
    qtbot: QtBot, program: Program, behave: Callable[[str], None], tmp_path: Path
) -> None:
    behave("linger")
    assert badge(program) == ""
    session = started(program, tmp_path)
    qtbot.waitUntil(lambda: badge(program) == "60 % · about 2 min", timeout=TIMEOUT)
    button = program.window.header.training_badge
    assert button.accessibleName() == "Training “Snow at dusk” · Step 3 of 5 · about 2 minutes left"
    assert button.focusPolicy() == Qt.FocusPolicy.StrongFocus
    session.pause()
    qtbot.waitUntil(lambda: badge(program) == "Paused at 60 %", timeout=TIMEOUT)
    assert not program.window.notice_bar.isVisible(), "the user has asked for the pause"
    session.continue_training()
    qtbot.waitUntil(lambda: session.phase == TrainingPhase.TRAINING, timeout=TIMEOUT)
    program.window.resize(720, 600)
    qtbot.waitUntil(lambda: badge(program) == "60 %")
    session.stop()
    qtbot.waitUntil(lambda: badge(program) == "Ready", timeout=TIMEOUT)


def test_the_badge_opens_the_dialog_by_keyboard(
    qtbot: QtBot, program: Program, behave: Callable[[str], None], tmp_path: Path
) -> None:
    behave("linger")
    started(program, tmp_path)
    qtbot.waitUntil(lambda: badge(program) != "", timeout=TIMEOUT)
    button = program.window.header.training_badge
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    dialog = program.window.findChild(TrainingDialog)
    assert dialog is not None
    assert dialog.pages.currentWidget() is dialog.progress_page
    dialog.close()


def test_a_model_that_is_ready_is_told_and_shown(
    qtbot: QtBot, program: Program, behave: Callable[[str], None], tmp_path: Path
) -> None:
    behave("train")
    session = started(program, tmp_path)
    bar = program.window.notice_bar
    qtbot.waitUntil(bar.isVisible, timeout=TIMEOUT)
    assert bar.message.text() == "The model “Snow at dusk” is trained."
    assert badge(program) == "Model ready"
    bar.action_button.click()
    dialog = program.window.findChild(TrainingDialog)
    assert dialog is not None
    assert dialog.isVisible()
    assert not bar.isVisible()
    qtbot.waitUntil(lambda: find_runs(runs_folder(), session.run and session.run.folder)[0].run.is_seen)
    session.keep()
    qtbot.waitUntil(lambda: badge(program) == "", timeout=TIMEOUT)
    dialog.close()


def test_a_full_disk_is_told_with_a_button_that_goes_on(
    qtbot: QtBot, program: Program, behave: Callable[[str], None], tmp_path: Path
) -> None:
    behave("full")
    session = started(program, tmp_path)
    bar = program.window.notice_bar
    qtbot.waitUntil(bar.isVisible, timeout=TIMEOUT)
    assert bar.message.text() == "Training “Snow at dusk” is paused: The disk is full."
    assert bar.advice.text() == "Free some space."
    assert bar.action_button.text() == "Try again"
    bar.action_button.click()
    qtbot.waitUntil(lambda: session.phase == TrainingPhase.DONE, timeout=TIMEOUT)
    assert session.result is not None


def test_a_crash_is_told_with_a_button_that_goes_on(
    qtbot: QtBot, program: Program, behave: Callable[[str], None], tmp_path: Path
) -> None:
    behave("crash")
    session = started(program, tmp_path)
    bar = program.window.notice_bar
    qtbot.waitUntil(bar.isVisible, timeout=TIMEOUT)
    sentence = "The training program ended unexpectedly (exit code 3)."
    assert bar.message.text() == f"Training “Snow at dusk”: {sentence}"
    assert badge(program) == "Training failed"
    assert bar.action_button.text() == "Resume"
    bar.action_button.click()
    assert session.is_running()
    assert not bar.isVisible()
    qtbot.waitUntil(lambda: session.phase != TrainingPhase.FAILED, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: session.phase == TrainingPhase.FAILED, timeout=TIMEOUT)


def test_the_next_start_finds_a_run_that_goes_on(
    qtbot: QtBot,
    program: Program,
    behave: Callable[[str], None],
    make_session: Callable[[str], TrainingSession],
    tmp_path: Path,
) -> None:
    left_behind(qtbot, make_session, tmp_path, "linger")
    behave("linger")
    program.models.training_action.find_runs()
    qtbot.waitUntil(lambda: badge(program) == "60 % · about 2 min", timeout=TIMEOUT)
    assert not program.window.notice_bar.isVisible()
    program.window.close()
    question = program.window.findChild(QMessageBox, "quit_question")
    assert question is not None
    assert program.window.isVisible()
    stop = next(button for button in question.buttons() if button.objectName() == "stop_training")
    stop.click()
    assert not program.window.isVisible()
    program.models.training_action.shut_down()
    qtbot.waitUntil(lambda: find_runs(runs_folder())[0].state == RunState.READY, timeout=TIMEOUT)


@pytest.mark.parametrize(
    ("how", "message", "text"),
    [
        ("train", "The model “Snow at dusk” is trained.", "Model ready"),
        ("crash", "Training “Snow at dusk”: The training program ended unexpectedly.", "Training failed"),
    ],
)
def test_the_next_start_tells_how_a_run_ended_until_it_was_seen(
    qtbot: QtBot,
    program: Program,
    behave: Callable[[str], None],
    make_session: Callable[[str], TrainingSession],
    tmp_path: Path,
    how: str,
    message: str,
    text: str,
) -> None:
    left_behind(qtbot, make_session, tmp_path, how)
    behave("train")
    action, bar = program.models.training_action, program.window.notice_bar
    action.find_runs()
    qtbot.waitUntil(bar.isVisible, timeout=TIMEOUT)
    assert bar.message.text() == message
    assert badge(program) == text
    qtbot.mouseClick(program.window.header.training_badge, Qt.MouseButton.LeftButton)
    assert program.window.findChild(TrainingDialog).isVisible()
    qtbot.waitUntil(lambda: badge(program) == ("Model ready" if how == "train" else ""))
    folder = action.session.run.folder if action.session.run else None
    qtbot.waitUntil(lambda: find_runs(runs_folder(), folder)[0].run.is_seen, timeout=TIMEOUT)
    program.window.findChild(TrainingDialog).close()


def test_without_runs_nothing_of_training_is_made_at_the_start(qtbot: QtBot, program: Program) -> None:
    action = program.models.training_action
    action.find_runs()
    action._background.close()
    assert action._session is None
    assert isinstance(program.window.header.training_badge, QToolButton)
    assert badge(program) == ""


def test_a_kept_model_is_used_with_its_instruction(
    qtbot: QtBot,
    program: Program,
    behave: Callable[[str], None],
    judge_with: Callable[[str], None],
    tmp_path: Path,
) -> None:
    behave("train")
    judge_with("judge")
    program.window.composer.instruction_box.value = "make it night"
    session = started(program, tmp_path)
    qtbot.waitUntil(lambda: session.phase == TrainingPhase.DONE, timeout=TIMEOUT)
    program.models.training_action.open()
    dialog = program.window.findChild(TrainingDialog)
    assert dialog is not None
    qtbot.mouseClick(dialog.progress_page.result_button, Qt.MouseButton.LeftButton)
    dialog.result_page.name_box.setText("Snow, but less")
    qtbot.mouseClick(dialog.result_page.keep_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.progress_page.use_button.isVisible, timeout=TIMEOUT)
    assert program.document.state.instruction == "make it night", "nothing is used before that is asked for"
    qtbot.mouseClick(dialog.progress_page.use_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    qtbot.waitUntil(
        lambda: program.document.model is not None and program.document.model.name == "Snow, but less"
    )
    assert program.window.settings_panel.model_menu.menu.currentText() == "Snow, but less"
    assert program.window.composer.instruction_box.value == "invert it"
