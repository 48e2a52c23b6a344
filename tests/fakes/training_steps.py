"""What a person does in the training dialog."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_session import TrainingSession

TIMEOUT = 30_000
"""Milliseconds for a run of the scripted trainer."""


def button(dialog: TrainingDialog, name: str) -> QAbstractButton:
    found = dialog.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton)
    return found


def press(qtbot: QtBot, dialog: TrainingDialog, name: str) -> None:
    assert button(dialog, name).isVisible(), f"{name} is hidden"
    qtbot.mouseClick(button(dialog, name), Qt.MouseButton.LeftButton)


def text(dialog: TrainingDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text() if label.isVisible() else ""


def choose(qtbot: QtBot, dialog: TrainingDialog, folder: Path) -> None:
    dialog.choose_folder(folder)
    qtbot.waitUntil(lambda: not dialog.session.dataset.is_searching())


def start(qtbot: QtBot, dialog: TrainingDialog, folder: Path, steps: int = 5) -> None:
    choose(qtbot, dialog, folder)
    press(qtbot, dialog, "next")
    dialog.plan_page.length.steps = steps
    press(qtbot, dialog, "start")


def open_runs(qtbot: QtBot, dialog: TrainingDialog) -> None:
    qtbot.waitUntil(button(dialog, "show_runs").isVisible, timeout=TIMEOUT)
    press(qtbot, dialog, "show_runs")
    qtbot.waitUntil(lambda: not dialog.session.run_list.is_reading)
    QApplication.processEvents()  # the rows have their places


def reaches(qtbot: QtBot, dialog: TrainingDialog, phase: TrainingPhase) -> None:
    qtbot.waitUntil(lambda: dialog.session.phase == phase, timeout=TIMEOUT)


def keep_model(qtbot: QtBot, dialog: TrainingDialog) -> None:
    press(qtbot, dialog, "show_result")
    press(qtbot, dialog, "keep_model")
    qtbot.waitUntil(lambda: dialog.session.model is not None, timeout=TIMEOUT)


def kill_trainer(session: TrainingSession) -> None:
    """Ends a run that a failed test has left: its trainer would go on without the session."""
    if session._attachment is not None:
        session._attachment.kill()
