"""The message boxes of the window. None of them blocks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from ip2p_desktop.base import paths
from ip2p_desktop.widgets.object_names import named


def confirm_quit(
    window: QWidget, leave_training: Callable[[], None], stop_training: Callable[[], None]
) -> None:
    """Ask what becomes of a training run when the program ends; call one of the functions, or none."""
    question = QCoreApplication.translate("MessageBoxes", "A training is running.")
    details = QCoreApplication.translate(
        "MessageBoxes",
        "It can go on without the window; the next start finds it again. If it stops, what was trained so "
        "far is kept, and it can be resumed.",
    )
    box = _box(window, "quit_question", question, details)
    box.setIcon(QMessageBox.Icon.Question)
    leave_text = QCoreApplication.translate("MessageBoxes", "Quit and keep &training")
    stop_text = QCoreApplication.translate("MessageBoxes", "Quit and &stop training")
    leave = box.addButton(leave_text, QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton(stop_text, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(leave)
    for button, name in ((leave, "leave_training"), (stop, "stop_training")):
        button.setObjectName(name)
    leave.clicked.connect(leave_training)
    stop.clicked.connect(stop_training)
    box.open()


def confirm_cancelling(window: QWidget, count: int, quit_anyway: Callable[[], None]) -> None:
    """Ask whether to quit while `count` edits wait, which are not kept; then call `quit_anyway`."""
    question = QCoreApplication.translate("MessageBoxes", "Edits that wait and would not be made: {count}.")
    details = QCoreApplication.translate("MessageBoxes", "The results made so far are kept.")
    box = _box(window, "queue_question", question.format(count=count), details)
    box.setIcon(QMessageBox.Icon.Question)
    quit_text = QCoreApplication.translate("MessageBoxes", "Quit")
    stay_text = QCoreApplication.translate("MessageBoxes", "Keep editing")
    leave = box.addButton(quit_text, QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton(stay_text, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    leave.clicked.connect(quit_anyway)
    box.open()


def confirm_loss(window: QWidget, count: int, quit_anyway: Callable[[], None]) -> None:
    """Ask whether to quit while `count` images are not on disk; call `quit_anyway` on confirmation."""
    question = QCoreApplication.translate(
        "MessageBoxes", "Photos and results that could not be stored and would be lost: {count}."
    )
    details = QCoreApplication.translate(
        "MessageBoxes", "Free some disk space, or save them in another place."
    )
    box = _box(window, "loss_question", question.format(count=count), details)
    box.setIcon(QMessageBox.Icon.Warning)
    stay_text = QCoreApplication.translate("MessageBoxes", "Stay here")
    leave_text = QCoreApplication.translate("MessageBoxes", "Quit and lose them")
    box.addButton(stay_text, QMessageBox.ButtonRole.RejectRole)
    leave = box.addButton(leave_text, QMessageBox.ButtonRole.DestructiveRole)
    leave.clicked.connect(quit_anyway)
    box.open()


def confirm_replacing_original(
    window: QWidget, name: str, replace: Callable[[], None], choose_again: Callable[[], None]
) -> None:
    """Ask before a result replaces an open photo; call one of the functions, or none."""
    question = QCoreApplication.translate("MessageBoxes", "“{name}” is the original photo. Replace it?")
    details = QCoreApplication.translate(
        "MessageBoxes", "The original will be gone, and cannot be restored by this program."
    )
    box = _box(window, "original_question", question.format(name=name), details)
    box.setIcon(QMessageBox.Icon.Warning)
    again_text = QCoreApplication.translate("MessageBoxes", "Choose another name…")
    replace_text = QCoreApplication.translate("MessageBoxes", "Replace the original")
    again = box.addButton(again_text, QMessageBox.ButtonRole.AcceptRole)
    confirmed = box.addButton(replace_text, QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(again)
    again.clicked.connect(choose_again)
    confirmed.clicked.connect(replace)
    box.open()


def _box(window: QWidget, name: str, text: str, details: str) -> QMessageBox:
    box = named(QMessageBox(window), name)
    box.setWindowTitle(paths.APP_NAME)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(details)
    box.finished.connect(box.deleteLater)
    return box
