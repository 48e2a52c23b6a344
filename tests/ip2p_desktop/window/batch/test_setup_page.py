"""What the setup of a batch says before anything is edited."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from fakes.fake_editor import FakeEditor
from fakes.mask_painter import Painter
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.editing.batch.batch_runner import BatchPhase
from ip2p_desktop.editing.batch.batch_setup import PHOTOS_FOLDER, PREPARING_SECONDS, unfinished_batches
from ip2p_desktop.widgets.controls.file_choosing import pictures_folder
from ip2p_desktop.window.batch.batch_dialog import BatchDialog


def test_a_painted_area_is_said_to_be_left_out(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], dialog: BatchDialog
) -> None:
    page = dialog.setup_page
    open_photo()
    assert page.left_out.isHidden()
    painter = Painter(qtbot, program)
    painter.brush(20)
    painter.drag((10, 10))
    qtbot.waitUntil(page.left_out.isVisible)
    assert page.left_out.text().startswith("The painted area is not used here")
    program.document.change(uses_mask=False)
    assert page.left_out.isHidden()


def test_a_folder_that_cannot_be_written_is_said_before_the_first_edit(
    qtbot: QtBot,
    program: Program,
    dialog: BatchDialog,
    ready: Callable[[], None],
    photos: Path,
    editor: FakeEditor,
) -> None:
    page = dialog.setup_page
    page.folder.value = photos / "a.png" / "out"
    ready()
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.notice.isVisible)
    assert "cannot be written (Not a directory)" in page.notice.message.text()
    assert program.batches.runner.phase is BatchPhase.NONE
    assert not editor.requests
    assert not paths.batches_folder().exists()


def test_what_a_kill_during_the_preparation_left_is_deleted_after_a_while(tmp_path: Path) -> None:
    for name, age in (("old", 2 * PREPARING_SECONDS), ("new", 0)):
        copies = tmp_path / name / PHOTOS_FOLDER
        copies.mkdir(parents=True)
        (copies / "0.png").touch()
        begun = time.time() - age
        os.utime(tmp_path / name, (begun, begun))
    assert unfinished_batches(tmp_path) == []
    assert [place.name for place in tmp_path.iterdir()] == ["new"]


def test_results_of_a_sample_do_not_come_into_the_folder_of_the_program(
    qtbot: QtBot, program: Program, dialog: BatchDialog, photo: Path
) -> None:
    sample = paths.sample_photos()[0]
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(sample)
    assert dialog.setup_page.photos.uses_opened
    assert dialog.setup_page.default_folder() == pictures_folder() / "edited"
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(photo)
    assert dialog.setup_page.default_folder() == photo.parent / "edited"
