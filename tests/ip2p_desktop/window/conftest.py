"""A program that is quit and started again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes.fake_editor import FakeEditor
from fakes.session_steps import Start, quit_program
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.library import ModelCard
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences


@pytest.fixture
def start(
    qtbot: QtBot, qapp: QApplication, starter: ModelCard, trained_model: ModelCard, editor: FakeEditor
) -> Iterator[Start]:
    """Starts the program, again if need be; waits until the models are known and the session is read."""
    programs: list[Program] = []

    def start_program(wait: bool = True) -> Program:
        program = build_program(qapp, Preferences(paths.preferences_file()), editor.make)
        programs.append(program)
        program.window.show()
        if wait:
            qtbot.waitUntil(lambda: program.installed.is_known and program.sessions.is_restored)
        return program

    yield start_program
    for program in programs:
        quit_program(program)
        program.window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
