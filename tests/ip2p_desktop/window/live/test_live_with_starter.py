"""The live preview and the ideas with the model that ships with the program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditArea
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.previews import preview_speed

GREY = 6
"""Levels by which the channels of a grey pixel differ at most."""


@pytest.fixture
def real_program(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """The program with its own editor and model, and a portrait."""
    monkeypatch.setattr(preview_speed, "LIMIT_SECONDS", 60.0)  # however busy the machine is
    program = build_program(qapp, Preferences(paths.preferences_file()))
    qtbot.waitUntil(lambda: program.installed.is_known)
    program.window.show()
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(paths.resources_folder() / "samples" / "portrait-man.jpg")
    yield program
    program.window.close()
    program.shut_down()
    program.window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def preview_of(qtbot: QtBot, program: Program, instruction: str) -> QImage:
    program.document.live_preview = None
    program.window.composer.instruction_box.setText(instruction)
    qtbot.waitUntil(lambda: program.document.live_preview is not None)
    assert program.document.live_preview is not None
    return program.document.live_preview.levels[0]


def is_grey(colour: QColor) -> bool:
    channels = (colour.red(), colour.green(), colour.blue())
    return max(channels) - min(channels) <= GREY


def test_previews_show_what_the_model_does_where_it_may(qtbot: QtBot, real_program: Program) -> None:
    program = real_program
    assert program.document.source is not None
    size = program.document.source.display_image.size
    whole = preview_of(qtbot, program, "make it black and white")
    assert max(whole.width(), whole.height()) == min(1024, max(size.width(), size.height()))
    assert abs(whole.width() / whole.height() - size.width() / size.height()) < 0.01
    face, wall = (whole.width() // 2, whole.height() // 3), (5, 5)
    assert is_grey(whole.pixelColor(*face))
    assert is_grey(whole.pixelColor(*wall))
    program.document.live_preview = None
    program.document.change(area=EditArea.BACKGROUND)
    qtbot.waitUntil(lambda: program.document.live_preview is not None)
    background = program.document.live_preview.levels[0]
    assert is_grey(background.pixelColor(*wall))
    assert not is_grey(background.pixelColor(*face)), "only the background may change"
    program.document.change(area=EditArea.AUTOMATIC)
    program.window.composer.instruction_box.setText("give him a hat")
    qtbot.waitUntil(lambda: program.document.live_preview is None)


def test_ideas_are_those_of_the_knowledge(qtbot: QtBot, real_program: Program) -> None:
    program = real_program
    program.ideas.open()
    qtbot.waitUntil(lambda: program.ideas.dialog is not None and program.ideas.dialog.isVisible())
    dialog = program.ideas.dialog
    assert dialog is not None
    assert len(dialog.ideas.ideas) == 46
    qtbot.waitUntil(lambda: program.ideas.thumbnails.image("make it sepia") is not None)
    assert not program.document.live_preview
    dialog.close()
