"""Tests of the dialogs in which files and folders are chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QDir, QEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from ip2p_desktop.widgets.controls.file_choosing import choose_folder, choose_photos


def shown_dialog(parent: QWidget, name: str) -> QFileDialog:
    """The dialog that a parent shows."""
    dialog = parent.findChild(QFileDialog, name)
    assert isinstance(dialog, QFileDialog)
    return dialog


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget, before_close_func=close_dialogs)
    return widget


def close_dialogs(widget: QWidget) -> None:
    """One that stays open keeps the pointer from the windows of other tests."""
    for dialog in widget.findChildren(QFileDialog):
        dialog.reject()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_no_dialog_begins_in_the_working_folder(
    parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    choose_folder(parent, "first", "Folder", lambda _: None)
    assert shown_dialog(parent, "first").directory() != QDir(str(tmp_path))


def test_a_dialog_begins_in_the_given_folder_and_tells_what_was_chosen(
    qtbot: QtBot, parent: QWidget, tmp_path: Path
) -> None:
    chosen: list[list[Path]] = []
    choose_photos(parent, "photos", "Photos", chosen.append, folder=tmp_path)
    dialog = shown_dialog(parent, "photos")
    assert Path(dialog.directory().absolutePath()) == tmp_path
    dialog.filesSelected.emit([str(tmp_path / "a.png"), str(tmp_path / "b.png")])
    assert chosen == [[tmp_path / "a.png", tmp_path / "b.png"]]
    dialog.reject()
    qtbot.waitUntil(lambda: parent.findChild(QFileDialog) is None)


def test_a_folder_that_is_gone_is_not_where_a_dialog_begins(parent: QWidget, tmp_path: Path) -> None:
    choose_folder(parent, "gone", "Folder", lambda _: None, folder=tmp_path / "gone")
    assert shown_dialog(parent, "gone").directory() != QDir(str(tmp_path / "gone"))
