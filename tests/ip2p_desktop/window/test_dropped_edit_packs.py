"""An edit pack that is dropped or opened is installed, and offered for use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.edit_packs import INSTRUCTION, make_pack, rewritten
from fakes.shared_folder import shared_folder
from fakes.tiny_editor import save_tiny_editor
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.library import ModelCard, read_model_card
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.window.controls.notice_bar import NoticeBar

TIMEOUT_MS = 120_000


@pytest.fixture
def starter(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> ModelCard:
    """A starter with real, small networks."""
    folder = shared_folder(tmp_path_factory, "pack base", save_tiny_editor)
    monkeypatch.setattr(paths, "starter_model", lambda: folder)
    return read_model_card(folder)


@pytest.fixture
def pack(starter: ModelCard, tmp_path: Path) -> Path:
    return make_pack(tmp_path / "stencil.ip2p-edit", starter.path)


@pytest.fixture
def bar(program: Program) -> NoticeBar:
    return program.window.notice_bar


def drop(program: Program, *files: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    canvas, action = program.window.canvas, Qt.DropAction.CopyAction
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(canvas, QDragEnterEvent(QPoint(50, 50), action, data, button, keys))
    QApplication.sendEvent(canvas, QDropEvent(QPointF(50, 50), action, data, button, keys))


def wait_for(qtbot: QtBot, bar: NoticeBar, text: str) -> None:
    qtbot.waitUntil(lambda: text in bar.message.text(), timeout=TIMEOUT_MS)


def test_a_dropped_pack_is_offered_and_used(
    qtbot: QtBot, program: Program, bar: NoticeBar, pack: Path, open_photo: Callable[[], None]
) -> None:
    open_photo()
    drop(program, pack)
    assert bar.message.text() == "Adding the edit in stencil.ip2p-edit…"
    wait_for(qtbot, bar, "“Stencil” is added.")
    assert bar.advice.text() == f"Edits with “{INSTRUCTION}”. Licence: CC-BY-4.0."
    assert program.document.model is not None
    assert program.document.model.name != "Stencil", "it is only offered"
    bar.action_button.click()
    qtbot.waitUntil(lambda: program.document.model.name == "Stencil", timeout=TIMEOUT_MS)
    assert program.document.state.instruction == INSTRUCTION
    assert program.window.settings_panel.model_menu.value.name == "Stencil"
    assert not bar.isVisible()
    assert program.document.source is not None, "the photo stays"


def test_a_pack_that_is_there_already_is_offered_again(
    qtbot: QtBot, program: Program, bar: NoticeBar, pack: Path
) -> None:
    for text in ("is added", "is there already"):
        program.files.open_files([pack])
        wait_for(qtbot, bar, text)
    qtbot.waitUntil(lambda: program.installed.is_current)
    assert [card.name for card in program.installed.cards].count("Stencil") == 1


def test_photos_that_are_dropped_with_a_pack_are_opened(
    qtbot: QtBot, program: Program, bar: NoticeBar, pack: Path, photo: Path
) -> None:
    with qtbot.waitSignal(program.edit_packs.installer.installed, timeout=TIMEOUT_MS):
        drop(program, photo, pack)
    qtbot.waitUntil(lambda: program.document.source is not None, timeout=TIMEOUT_MS)
    wait_for(qtbot, bar, "“Stencil” is added.")


def test_what_cannot_be_installed_is_one_sentence(
    qtbot: QtBot, program: Program, bar: NoticeBar, pack: Path, tmp_path: Path
) -> None:
    base = {"name": "Film look 2", "fingerprint": "f" * 32}
    other = rewritten(pack, tmp_path / "other.ip2p-edit", description={"base": base})
    program.files.open_files([other])
    wait_for(qtbot, bar, "other.ip2p-edit needs the model “Film look 2”, which is not installed.")
    text = tmp_path / "text.ip2p-edit"
    text.write_text("hello")
    program.files.open_files([text])
    wait_for(qtbot, bar, "text.ip2p-edit is damaged: it is not a whole zip file.")
    assert [card.name for card in program.installed.cards].count("Stencil") == 0


def test_a_pack_without_an_instruction_can_be_used(
    qtbot: QtBot, program: Program, bar: NoticeBar, pack: Path, tmp_path: Path
) -> None:
    silent = rewritten(pack, tmp_path / "silent.ip2p-edit", description={"instructions": [], "licence": ""})
    program.document.change(instruction="make it blue")
    program.files.open_files([silent])
    wait_for(qtbot, bar, "is added")
    bar.action_button.click()
    qtbot.waitUntil(lambda: program.document.model.name == "Stencil", timeout=TIMEOUT_MS)
    assert program.document.state.instruction == "make it blue"
