"""Where no program of the system shows a path, the path itself is shown, to be selected and copied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.models.dialog.models_dialog import ModelsDialog
from ip2p_desktop.widgets.system_viewer import show_in_system

NO_PROGRAM = "No program was found to show this. Copy it to open it elsewhere."


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the system was asked to show; it has no program for it."""
    asked: list[str] = []

    def refuse(url: QUrl) -> bool:
        asked.append(url.toString())
        return False

    monkeypatch.setattr(QDesktopServices, "openUrl", refuse)
    return asked


def close_box() -> tuple[str, str]:
    """Copies from the message box, which closes it; returns its texts."""
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    texts = box.text(), box.informativeText()
    assert box.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    copy = next(button for button in box.buttons() if button.text() == "Copy")
    copy.click()
    assert QApplication.clipboard().text() == texts[1]
    return texts


def test_the_folder_of_a_saved_result(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], tmp_path: Path, asked: list[str]
) -> None:
    open_photo()
    program.document.change(instruction="make it snow")
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    folder = tmp_path / "<b>R & D<b>"
    folder.mkdir()
    assert program.document.result is not None
    with qtbot.waitSignal(program.files.saved):
        program.saving.save_to(program.document.result, folder / "snow.png")
    program.window.notice_bar.action_button.click()
    assert close_box() == (NO_PROGRAM, str(folder))


def test_the_models_folder_over_the_dialog_of_models(
    qtbot: QtBot, program: Program, asked: list[str]
) -> None:
    program.window.actions_.models.trigger()
    dialog = program.window.findChild(ModelsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.installed_page.model_rows))
    dialog.installed_page.show_folder.click()
    assert close_box() == (NO_PROGRAM, str(paths.models_folder()))
    dialog.catalogue_page._open_page("https://example.org/model")
    assert close_box() == (NO_PROGRAM, "https://example.org/model")
    dialog.close()


def test_nothing_is_said_where_a_program_shows_it(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)
    show_in_system("https://example.org", program.window)
    assert QApplication.activeModalWidget() is None
