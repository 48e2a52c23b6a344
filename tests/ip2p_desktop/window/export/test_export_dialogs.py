"""The dialogs of saving and exporting: formats, names, originals, and a computer that is slow."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.window.export import export_dialog as export_module
from ip2p_desktop.window.export.export_dialog import ExportDialog

MakeEdit = Callable[[str], EditedPhoto]


def opened_export(program: Program) -> ExportDialog:
    program.window.actions_.export.trigger()
    dialog = program.window.findChild(ExportDialog, "export_dialog")
    assert isinstance(dialog, ExportDialog)
    return dialog


def press_export(qtbot: QtBot, program: Program) -> QFileDialog:
    qtbot.mouseClick(opened_export(program).export_button, Qt.MouseButton.LeftButton)
    return program.window.findChild(QFileDialog, "export_file_dialog")


def test_the_chosen_format_gives_the_name_its_suffix(program: Program, make_edit: MakeEdit) -> None:
    make_edit("make it snow")
    program.window.actions_.save_as.trigger()
    dialog = program.window.findChild(QFileDialog, "save_dialog")
    for mark, suffix in (("JPEG", "jpg"), ("TIFF", "tif"), ("PNG", "png")):
        chosen = next(text for text in dialog.nameFilters() if text.startswith(mark))
        dialog.selectNameFilter(chosen)
        dialog.filterSelected.emit(chosen)
        assert [Path(name).name for name in dialog.selectedFiles()] == [f"dog - make it snow.{suffix}"]
        assert dialog.defaultSuffix() == suffix


def test_another_name_for_an_export_is_asked_with_its_format(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, photo: Path
) -> None:
    make_edit("make it snow")
    dialog = opened_export(program)
    dialog.format.value = "JPEG"
    qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    first = program.window.findChild(QFileDialog, "export_file_dialog")
    first.fileSelected.emit(str(photo))
    first.reject()
    first.setObjectName("used")
    box = program.window.findChild(QMessageBox, "original_question")
    next(button for button in box.buttons() if button.text() == "Choose another name…").click()
    assert program.window.findChild(QFileDialog, "save_dialog") is None
    again = program.window.findChild(QFileDialog, "export_file_dialog")
    assert again.defaultSuffix() == "jpg"


def test_an_export_with_standard_options_is_not_the_file_of_the_next_save(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, tmp_path: Path
) -> None:
    result = make_edit("make it snow")
    dialog = press_export(qtbot, program)
    with qtbot.waitSignal(program.files.saved):
        dialog.fileSelected.emit(str(tmp_path / "exported.png"))
    assert result.saved_file is None


def test_closing_the_export_dialog_does_not_wait_for_the_size(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow_size(*_: object) -> int:
        begun.set()
        assert may_end.wait(60)
        return 1

    monkeypatch.setattr(export_module, "encoded_size", slow_size)
    make_edit("make it snow")
    dialog = opened_export(program)
    qtbot.waitUntil(begun.is_set)
    # were it waited for, this would never return: only the next line lets the computation end
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert dialog.isHidden()
    may_end.set()
