"""A window with a photo to paint on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes.mask_painter import Painter
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program


@pytest.fixture
def painter(qtbot: QtBot, program: Program, open_photo: Callable[[], None]) -> Painter:
    """The photo has 96 × 64 pixels."""
    open_photo()
    program.window.canvas.view.setFocus()
    return Painter(qtbot, program)
