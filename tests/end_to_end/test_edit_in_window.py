"""The window with the real editor and the starter that ships: open, write, Enter, look."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ip2p_desktop import paths
from ip2p_desktop.app import build_program
from ip2p_desktop.settings import Settings

MINUTES_MS = 60_000


@pytest.mark.skipif(not paths.starter_model().is_dir(), reason="this checkout has no starter model")
def test_a_photo_is_edited_in_the_window(qtbot: QtBot, qapp: QApplication) -> None:
    program = build_program(qapp, Settings())
    window, document = program.window, program.document
    window.show()
    with qtbot.waitSignal(document.source_changed):
        window.canvas.file_offered.emit(paths.sample_photos()[0])
    document.num_inference_steps = 2
    document.resolution = 128
    qtbot.keyClicks(window.composer.instruction_box, "make it black and white")
    with qtbot.waitSignal(program.desk.editing.finished, timeout=3 * MINUTES_MS):
        qtbot.keyClick(window.composer.instruction_box, Qt.Key.Key_Return)
    assert document.edited is not None
    assert document.source is not None
    edited, source = document.edited.result.edited_image, document.source.image
    assert edited.width / edited.height == pytest.approx(source.width / source.height, rel=0.05)
    assert window.canvas.view.after is document.edited.picture
    window.close()
    program.shut_down()
    window.deleteLater()
