"""Several photos and folders are opened together; what cannot be opened is named in one notice."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.photos import photo_opening
from ip2p_desktop.window.wiring import photo_controller


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Three photos whose widths are 11, 12 and 13."""
    folder = tmp_path / "photos"
    folder.mkdir()
    files = [folder / name for name in ("a.png", "B.jpg", "c.PNG")]
    for number, file in enumerate(files, 11):
        Image.new("RGB", (number, 10), "teal").save(file)
    return files


def offer(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


@pytest.fixture
def drop(qtbot: QtBot, program: Program) -> Callable[..., None]:
    """Drops files and folders on the canvas, and waits until no photo is being read."""

    def drop_them(*paths: Path) -> None:
        action, button, keys = (
            Qt.DropAction.CopyAction,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        canvas, data = program.window.canvas, offer(*paths)
        QApplication.sendEvent(canvas, QDragEnterEvent(QPoint(50, 50), action, data, button, keys))
        with qtbot.waitSignal(program.files.reading_ended):
            QApplication.sendEvent(canvas, QDropEvent(QPointF(50, 50), action, data, button, keys))

    return drop_them


def names(program: Program) -> list[str]:
    return [node.name for node in program.tree.listed]


def notice(program: Program) -> tuple[str, str]:
    bar = program.window.notice_bar
    return (bar.message.text(), bar.advice.text()) if bar.isVisible() else ("", "")


def test_dropped_photos_come_into_the_strip_and_the_first_is_shown(
    program: Program, drop: Callable[..., None], photos: Sequence[Path]
) -> None:
    drop(*photos)
    assert names(program) == ["a.png", "B.jpg", "c.PNG"]
    assert program.window.history_strip.opened_photos == program.tree.listed
    assert program.window.header.title.text() == "a.png"
    assert program.window.history_strip.current is program.tree.listed[0]
    assert [node.pixels.size.width() for node in program.tree.listed] == [11, 12, 13]
    assert notice(program) == ("", "")


def test_the_dialog_opens_several_photos(qtbot: QtBot, program: Program, photos: Sequence[Path]) -> None:
    program.window.actions_.open.trigger()
    dialog = program.window.findChild(QFileDialog, "open_dialog")
    assert dialog is not None
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    with qtbot.waitSignal(program.files.reading_ended):
        dialog.filesSelected.emit([str(photo) for photo in photos])
    dialog.reject()
    assert names(program) == ["a.png", "B.jpg", "c.PNG"]
    assert program.preferences.last_open_folder == photos[0].parent


def test_pasted_files_are_all_opened(qtbot: QtBot, program: Program, photos: Sequence[Path]) -> None:
    QApplication.clipboard().setMimeData(offer(*photos))
    with qtbot.waitSignal(program.files.reading_ended):
        program.window.actions_.paste.trigger()
    assert names(program) == ["a.png", "B.jpg", "c.PNG"]


def test_of_a_folder_its_photos_are_opened_by_name(
    program: Program, drop: Callable[..., None], photos: Sequence[Path], photo: Path
) -> None:
    folder = photos[0].parent
    (folder / "notes.txt").write_text("No photo.")
    (folder / ".hidden.png").write_bytes(photos[0].read_bytes())
    (folder / "below").mkdir()
    shutil.copy(photos[0], folder / "below" / "below.png")
    drop(folder, photo, photos[0])
    assert names(program) == ["a.png", "B.jpg", "c.PNG", "dog.jpg"]
    assert notice(program) == ("", "")


def test_unreadable_files_are_named_in_one_notice(
    program: Program, drop: Callable[..., None], photos: Sequence[Path], tmp_path: Path
) -> None:
    (tmp_path / "<b>notes<b>.txt").write_text("No photo.")
    broken = [tmp_path / "<b>notes<b>.txt", tmp_path / "missing.jpg"]
    drop(broken[0], photos[1], broken[1], photos[0])
    assert names(program) == ["B.jpg", "a.png"]
    assert program.window.header.title.text() == "B.jpg"
    assert notice(program) == (
        "<b>notes<b>.txt, missing.jpg cannot be opened.",
        "Check that they are photos.",
    )


def test_one_unreadable_file_among_several_tells_its_own_reason(
    program: Program, drop: Callable[..., None], photos: Sequence[Path], tmp_path: Path
) -> None:
    (tmp_path / "empty.png").touch()
    drop(photos[0], tmp_path / "empty.png")
    assert names(program) == ["a.png"]
    assert notice(program)[0].endswith("empty.png is empty (0 bytes).")


def test_a_folder_without_photos_says_so(program: Program, drop: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    drop(tmp_path / "holiday")
    assert names(program) == []
    assert notice(program)[0] == f"{tmp_path / 'holiday'} contains no photo."


def test_of_very_many_photos_the_first_are_opened(
    program: Program, drop: Callable[..., None], photos: Sequence[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (photo_opening, photo_controller):
        monkeypatch.setattr(module, "MOST_PHOTOS", 2)
    drop(photos[0].parent)
    assert names(program) == ["a.png", "B.jpg"]
    assert notice(program)[0] == "Only the first 2 of 3 photos were opened."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_refused_instead_of_waited_for(
    program: Program, drop: Callable[..., None], tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    drop(tmp_path / "pipe.png")
    assert notice(program)[0].endswith("pipe.png is not a regular file.")


def test_a_newer_photo_is_shown_and_the_others_still_come(
    qtbot: QtBot, program: Program, photos: Sequence[Path], photo: Path
) -> None:
    with qtbot.waitSignal(program.files.reading_ended):
        program.files.open_files(photos)
        program.files.open_file(photo)
    assert sorted(names(program)) == ["B.jpg", "a.png", "c.PNG", "dog.jpg"]
    assert program.window.header.title.text() == "dog.jpg"
