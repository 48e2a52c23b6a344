"""An edit with a painted mask by the shipped model: outside of it, the photo is unchanged bit for bit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes.mask_painter import Painter
from fakes.session_steps import edit, open_file, quit_program
from PIL import Image, ImageChops
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication) -> Iterator[Program]:
    """With the shipped model and the real editor."""
    program = build_program(qapp, Preferences(paths.preferences_file()))
    qtbot.waitUntil(lambda: program.installed.is_known)
    program.window.resize(1024, 640)
    program.window.show()
    yield program
    quit_program(program)
    program.window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_outside_of_the_mask_every_pixel_is_that_of_the_photo(qtbot: QtBot, program: Program) -> None:
    source = open_file(qtbot, program, paths.sample_photos()[0])
    width, height = source.image.size
    painter = Painter(qtbot, program)
    painter.brush(height / 3, 0.5)
    painter.drag((width * 0.3, height * 0.5), (width * 0.6, height * 0.4))
    mask = painter.mask
    result = edit(qtbot, program, "make it black and white")
    difference = ImageChops.difference(result.image(), source.image).convert("L").point([0] + [255] * 255)
    outside = mask.point([255] + [0] * 255)
    assert ImageChops.multiply(difference, outside).getextrema() == (0, 0)
    inside = Image.composite(difference, Image.new("L", mask.size), mask.point([0] * 255 + [255]))
    assert sum(inside.histogram()[1:]) > 0.5 * mask.histogram()[255]
