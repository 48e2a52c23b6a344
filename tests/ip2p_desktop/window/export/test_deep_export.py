"""Results of photos with 16 bits for each colour: kept in the session, exported, taken as source, deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile
from fakes.deep_photos import deep_scene, deep_tiff
from fakes.session_steps import Start, quit_program
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.session.store.node_files import deep_file
from ip2p_desktop.window.export.export_dialog import ExportDialog

SCENE = deep_scene(300, 200)
EDIT_MS = 120_000


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return deep_tiff(tmp_path / "scene.tif", SCENE)


@pytest.fixture
def real_program(qtbot: QtBot, qapp: QApplication, data_folder: Path) -> Iterator[Program]:
    """The program with the real engine and the shipped starter."""
    program = build_program(qapp, Preferences(paths.preferences_file()))
    qtbot.waitUntil(lambda: program.installed.is_known and program.sessions.is_restored)
    program.window.show()
    yield program
    program.window.close()
    program.shut_down()
    program.window.deleteLater()


def edited(qtbot: QtBot, program: Program, instruction: str) -> EditedPhoto:
    program.document.change(instruction=instruction)
    with qtbot.waitSignal(program.document.result_changed, timeout=EDIT_MS):
        program.window.actions_.edit.trigger()
    result = program.document.result
    assert result is not None
    return result


def opened_dialog(program: Program) -> ExportDialog:
    program.window.actions_.export.trigger()
    dialog = program.window.findChild(ExportDialog, "export_dialog")
    assert isinstance(dialog, ExportDialog)
    return dialog


def exported(qtbot: QtBot, program: Program, dialog: ExportDialog, target: Path) -> None:
    qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    files = program.window.findChild(QFileDialog, "export_file_dialog")
    with qtbot.waitSignal(program.files.saved, timeout=EDIT_MS):
        files.fileSelected.emit(str(target))


@pytest.mark.slow
def test_a_result_is_exported_with_the_fineness_of_its_photo(
    qtbot: QtBot, real_program: Program, photo: Path, tmp_path: Path
) -> None:
    program = real_program
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(photo)
    first = edited(qtbot, program, "make it sepia")
    assert first.pixels.has_deep
    dialog = opened_dialog(program)
    dialog.format.value = "TIFF"
    assert dialog.deep.isVisibleTo(dialog)
    assert dialog.deep.value
    assert not dialog.depth_note.isVisibleTo(dialog)
    exported(qtbot, program, dialog, tmp_path / "sepia.tif")
    values = tifffile.imread(tmp_path / "sepia.tif")
    assert values.dtype == np.uint16
    assert np.abs(values / 257 - np.asarray(first.image())).max() < 3
    # a result taken as photo keeps them, and so does the edit of it
    program.window.actions_.use_as_source.trigger()
    second = edited(qtbot, program, "make it black and white")
    deep = second.deep()
    assert deep is not None
    assert len(np.unique(deep)) > 8 * len(np.unique(np.asarray(second.image())))


def test_a_result_without_them_says_why(
    qtbot: QtBot, program: Program, make_edit: Callable[[str], EditedPhoto]
) -> None:
    result = make_edit("make it snow")  # the editor of tests makes 8 bits
    assert not result.pixels.has_deep
    dialog = opened_dialog(program)
    dialog.format.value = "PNG"
    assert not dialog.deep.isVisibleTo(dialog)
    assert dialog.depth_note.isVisibleTo(dialog)
    dialog.format.value = "JPEG"
    assert not dialog.depth_note.isVisibleTo(dialog)
    assert not dialog.options.is_deep


def test_the_photo_is_kept_with_16_bits_when_its_file_is_gone(
    qtbot: QtBot, start: Start, photo: Path
) -> None:
    first = start()
    with qtbot.waitSignal(first.document.source_changed):
        first.files.open_file(photo)
    source = first.document.source
    assert source is not None
    qtbot.waitUntil(lambda: source.pixels.file is not None)
    quit_program(first)
    photo.unlink()
    again = start()
    qtbot.waitUntil(lambda: again.document.source is not None)
    restored = again.document.source
    assert restored is not None
    assert np.array_equal(restored.pixels.read_deep(), SCENE)  # type: ignore[arg-type]
    file = restored.pixels.file
    assert file is not None
    assert deep_file(file).exists()
