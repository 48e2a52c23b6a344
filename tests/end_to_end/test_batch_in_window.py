"""A batch in the window with the real editor and the shipped starter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.images.edit_record import read_edit_record
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.batch.batch_runner import BatchPhase

TIMEOUT_MS = 300_000
INSTRUCTION = "make it foggy, then black and white"


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication) -> Iterator[Program]:
    program = build_program(qapp, Preferences(paths.preferences_file()))
    program.window.show()
    qtbot.waitUntil(lambda: program.installed.is_known)
    yield program
    program.window.close()
    program.shut_down()
    program.window.deleteLater()


def chroma(image: Image.Image) -> float:
    return float(np.ptp(np.asarray(image.convert("RGB"), np.int16), axis=2).mean())


def test_five_dropped_photos_are_edited_in_two_steps(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    photos = tmp_path / "holiday"
    photos.mkdir()
    for path in paths.sample_photos()[:5]:
        with Image.open(path) as image:
            image.reduce(8).save(photos / path.name)
    qtbot.keyClicks(program.window.composer.instruction_box, INSTRUCTION)
    program.window.actions_.batch.trigger()
    dialog = program.batches.dialog
    dialog.choose([photos])
    qtbot.waitUntil(dialog.setup_page.start_button.isEnabled)
    qtbot.mouseClick(dialog.setup_page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: program.batches.runner.phase is BatchPhase.ENDED, timeout=TIMEOUT_MS)
    made = sorted((photos / "edited").iterdir())
    assert len(made) == 5
    for path in made:
        original = photos / path.name.replace("-make-it-foggy-then-black-and-white", "")
        with Image.open(path) as result, Image.open(original) as photo:
            assert result.size == photo.size
            assert chroma(result) < 0.4 * chroma(photo)
        record = read_edit_record(path)
        assert record is not None
        assert record.instruction == INSTRUCTION
