"""The live preview and the ideas with the model that ships with the program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes.mask_painter import Painter
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditArea
from engine.instructions.knowledge import read_knowledge
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


def test_a_preview_changes_only_what_is_painted(qtbot: QtBot, real_program: Program) -> None:
    program = real_program
    source = program.document.source
    assert source is not None
    width, height = source.image.size
    painter = Painter(qtbot, program)
    painter.brush(width / 5)
    painter.drag((width * 0.25, height * 0.25), (width * 0.25, height * 0.75))
    first = preview_of(qtbot, program, "make it sepia")
    shares = (0.25, 0.5), (0.75, 0.5)
    places = [(round(x * first.width()), round(y * first.height())) for x, y in shares]
    photo = source.display_image.levels[0].scaled(first.size())
    assert [difference(first, photo, place) > GREY for place in places] == [True, False]
    painter.drag((width * 0.75, height * 0.25), (width * 0.75, height * 0.75))
    before = program.document.live_preview
    qtbot.waitUntil(lambda: program.document.live_preview not in (None, before))
    assert program.document.live_preview is not None
    second = program.document.live_preview.levels[0]
    assert [difference(second, photo, place) > GREY for place in places] == [True, True]
    program.window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: program.document.live_preview is not None)
    qtbot.waitUntil(lambda: difference_of_preview(program, photo, places[1]) <= GREY)


def difference(one: QImage, other: QImage, place: tuple[int, int]) -> int:
    """The largest difference of a channel near a place, in levels."""
    near = [(place[0] + x, place[1] + y) for x in range(-8, 9, 4) for y in range(-8, 9, 4)]
    pairs = [(one.pixelColor(*each), other.pixelColor(*each)) for each in near]
    return max(
        max(abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue())) for a, b in pairs
    )


def difference_of_preview(program: Program, photo: QImage, place: tuple[int, int]) -> int:
    shown = program.document.live_preview
    return difference(shown.levels[0], photo, place) if shown is not None else 256


def test_ideas_are_those_of_the_knowledge(qtbot: QtBot, real_program: Program) -> None:
    program = real_program
    program.ideas.open()
    qtbot.waitUntil(lambda: program.ideas.dialog is not None and program.ideas.dialog.isVisible())
    dialog = program.ideas.dialog
    assert dialog is not None
    known = read_knowledge(paths.starter_model()).edits
    assert [idea.instruction for idea in dialog.ideas.ideas] == [edit.example for edit in known]
    qtbot.waitUntil(lambda: program.ideas.thumbnails.image("make it sepia") is not None)
    assert not program.document.live_preview
    dialog.close()
