"""A button that copies the command of the very run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from ip2p_desktop.base import paths
from ip2p_desktop.training.plans.run_command import Launcher, command_line, command_words

SEVERAL = 2
"""The number of GPUs in the commands for several; people write their own over it."""
SAID_MS = 4000


class CopyCommandButton(QPushButton):
    """A menu of commands: for this computer, and for several GPUs."""

    copied = Signal(str)

    def __init__(self, settings: Callable[[], Sequence[str]], parent: QWidget | None = None) -> None:
        """`settings` returns the arguments of the run."""
        super().__init__(parent)
        self.setObjectName("copy_command")
        self.setAutoDefault(False)
        self._settings = settings
        menu = QMenu(self)
        menu.setObjectName("copy_command_menu")
        texts = {
            Launcher.TRAINER: self.tr("For this computer"),
            Launcher.TORCHRUN: self.tr("For several GPUs, with torchrun"),
            Launcher.ACCELERATE: self.tr("For several GPUs, with accelerate"),
        }
        # the packaged program brings neither of the launchers
        launchers = [Launcher.TRAINER] if paths.is_frozen() else list(texts)
        for launcher in launchers:
            menu.addAction(texts[launcher], partial(self.copy, launcher))
        self.setMenu(menu)
        self._timer = QTimer(self, singleShot=True, interval=SAID_MS)
        self._timer.timeout.connect(self._show_name)
        self._show_name()

    def copy(self, launcher: Launcher) -> None:
        """Copy the command to the clipboard, and say so for a moment."""
        processes = 1 if launcher is Launcher.TRAINER else SEVERAL
        line = command_line(command_words(self._settings(), launcher, processes=processes))
        QGuiApplication.clipboard().setText(line)
        self.setText(self.tr("Copied"))
        self._timer.start()
        self.copied.emit(line)

    def _show_name(self) -> None:
        self.setText(self.tr("Copy as command"))
        self.setAccessibleName(self.text())
