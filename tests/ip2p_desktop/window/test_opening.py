"""Photos are opened by dialog, drop, paste and as samples; other files are refused with a message."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.base import paths


def offer(path: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data


def drop(target: QWidget, data: QMimeData) -> bool:
    """Drag data over the target and drop it; returns whether the target accepted it."""
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(50, 50), action, data, button, keys)
    QApplication.sendEvent(target, entering)
    if not entering.isAccepted():
        return False
    QApplication.sendEvent(target, QDropEvent(QPointF(50, 50), action, data, button, keys))
    return True


def test_the_first_thing_seen_is_a_welcome(qtbot: QtBot, program: Program) -> None:
    welcome = program.window.canvas.welcome
    assert welcome.isVisible()
    samples = paths.sample_photos()
    assert len(samples) == 8
    button = welcome.sample_button(samples[1])
    qtbot.waitUntil(lambda: button.has_thumbnail)
    with qtbot.waitSignal(program.document.source_changed):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert program.document.source is not None
    assert program.document.source.name == samples[1].name
    assert not welcome.isVisible()


def test_a_dropped_photo_is_opened(qtbot: QtBot, program: Program, photo: Path) -> None:
    with qtbot.waitSignal(program.document.source_changed):
        assert drop(program.window.canvas, offer(photo))
    view = program.window.canvas.view
    assert view.isVisible()
    assert view.before is not None
    assert (view.before.size.width(), view.before.size.height()) == (96, 64)
    assert program.window.header.title.text() == "dog.jpg"
    assert program.window.header.details.text() == "96 × 64"
    assert len(program.window.history_strip.opened_photos) == 1


def test_text_is_not_wanted(program: Program) -> None:
    data = QMimeData()
    data.setText("make it snow")
    assert not drop(program.window.canvas, data)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.txt", b"just words", "notes.txt is not a photo in a supported format."),
        ("half.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", None),
        ("empty.png", b"", None),
    ],
)
def test_what_is_no_photo_is_refused(
    qtbot: QtBot, program: Program, tmp_path: Path, name: str, content: bytes, message: str | None
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with qtbot.waitSignal(program.files.failed) as failed:
        drop(program.window.canvas, offer(path))
    notice = program.window.notice_bar
    assert notice.isVisible()
    assert notice.message.text() == failed.args[0].message
    assert notice.advice.text() == failed.args[0].advice
    assert message is None or notice.message.text() == message
    assert program.document.source is None
    assert program.window.canvas.welcome.isVisible()


def test_a_bad_file_leaves_the_open_photo(
    qtbot: QtBot, program: Program, photo: Path, tmp_path: Path
) -> None:
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(photo)
    with qtbot.waitSignal(program.files.failed):
        program.files.open_file(tmp_path / "missing.jpg")
    assert program.document.source is not None
    assert program.document.source.name == "dog.jpg"


def test_a_pasted_image_is_opened(qtbot: QtBot, program: Program) -> None:
    image = QImage(40, 30, QImage.Format.Format_ARGB32)
    image.fill(QColor("teal"))
    QApplication.clipboard().setImage(image)
    with qtbot.waitSignal(program.document.source_changed):
        qtbot.keyClick(
            program.window.composer.instruction_box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier
        )
    source = program.document.source
    assert source is not None
    assert source.name == "Pasted photo"
    assert source.image.size == (40, 30)
    assert source.image.getpixel((5, 5)) == (0, 128, 128)


def test_a_pasted_file_is_opened(qtbot: QtBot, program: Program, photo: Path) -> None:
    QApplication.clipboard().setMimeData(offer(photo))
    with qtbot.waitSignal(program.document.source_changed):
        program.window.actions_.paste.trigger()


def test_pasted_text_goes_into_the_instruction(qtbot: QtBot, program: Program) -> None:
    QApplication.clipboard().setText("make it snow")
    box = program.window.composer.instruction_box
    qtbot.keyClick(box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert box.text() == "make it snow"


def test_an_empty_clipboard_is_reported(program: Program) -> None:
    QApplication.clipboard().clear()
    program.window.actions_.paste.trigger()
    assert program.window.notice_bar.message.text() == "There is no photo on the clipboard."


def test_the_dialog_opens_photos_and_remembers_the_folder(
    qtbot: QtBot, program: Program, photo: Path
) -> None:
    program.window.actions_.open.trigger()
    dialog = program.window.findChild(QFileDialog, "open_dialog")
    assert dialog is not None
    for name in ("*.jpg", "*.JPG", "*.jfif", "*.JPE", "*.tif", "*.dib", "*.HEIC", "*.dng", "*.CR3"):
        assert f" {name} " in dialog.nameFilters()[0]
    with qtbot.waitSignal(program.document.source_changed):
        dialog.filesSelected.emit([str(photo)])
    dialog.reject()
    assert program.preferences.last_open_folder == photo.parent


def test_of_two_photos_the_last_wins(qtbot: QtBot, program: Program, photo: Path) -> None:
    samples = paths.sample_photos()
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(samples[0])
        program.files.open_file(photo)
    program.files.shut_down()
    QApplication.processEvents()
    assert program.document.source is not None
    assert program.document.source.name == "dog.jpg"


def test_an_edit_without_a_photo_is_refused(program: Program) -> None:
    program.document.change(instruction="make it snow")
    program.edits.start()
    assert program.window.notice_bar.message.text() == "There is no photo yet."
