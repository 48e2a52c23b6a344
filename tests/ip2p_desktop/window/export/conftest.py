"""Results to save, made with the scripted editor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_tree import EditedPhoto

MakeEdit = Callable[[str], EditedPhoto]


@pytest.fixture
def make_result(qtbot: QtBot, program: Program, open_photo: Callable[[], None]) -> MakeEdit:
    open_photo()

    def make(instruction: str) -> EditedPhoto:
        program.document.change(instruction=instruction)
        with qtbot.waitSignal(program.edits.finished) as finished:
            program.edits.start()
        result = finished.args[0]
        assert isinstance(result, EditedPhoto)
        return result

    return make
