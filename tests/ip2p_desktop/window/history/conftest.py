"""Results made with the fake editor, and several photos."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto

MakeEdit = Callable[[str], EditedPhoto]


@pytest.fixture
def branch(program: Program, make_edit: MakeEdit) -> tuple[EditedPhoto, EditedPhoto, EditedPhoto]:
    """Two results of the photo, and one of the first of them, which is on screen."""
    first, second = make_edit("make it snow"), make_edit("make it warmer")
    program.history.show_node(first)
    program.history.use_as_source()
    return first, second, make_edit("make it foggy")


@pytest.fixture
def photos(qtbot: QtBot, program: Program, tmp_path: Path) -> tuple[SourcePhoto, ...]:
    """Three photos, of which the first is on screen."""
    files = [tmp_path / name for name in ("a.png", "b.png", "c.png")]
    for file, colour in zip(files, ("teal", "orange", "plum"), strict=True):
        Image.new("RGB", (32, 24), colour).save(file)
    with qtbot.waitSignal(program.files.reading_ended):
        program.files.open_files(files)
    return program.tree.photos
