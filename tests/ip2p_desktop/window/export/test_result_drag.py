"""Dragging results out of the window."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt
from PySide6.QtGui import QDrag, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import ImageUnreadable
from engine.images.image_files import open_photo as read_photo
from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode

MakeEdit = Callable[[str], EditedPhoto]
Dragged = list[tuple[Path, bytes, QImage]]


@pytest.fixture
def dragged(monkeypatch: pytest.MonkeyPatch) -> Dragged:
    """What is dragged out: file, its content at that time, and image."""
    found: Dragged = []

    def execute(drag: QDrag, actions: Any) -> Qt.DropAction:
        data: QMimeData = drag.mimeData()
        file = Path(data.urls()[0].toLocalFile())
        found.append((file, file.read_bytes(), QImage(data.imageData()) if data.hasImage() else QImage()))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", execute)
    return found


def test_a_result_is_dragged_from_the_handle_as_a_file_and_as_an_image(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, dragged: Dragged
) -> None:
    result = make_edit("make it snow")
    handle = program.window.header.drag_button
    assert handle.isVisible()
    QApplication.sendEvent(handle, QEvent(QEvent.Type.Enter))
    middle = handle.rect().center()
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(handle, middle + QPoint(40, 30))
    qtbot.waitUntil(lambda: bool(dragged))
    file, content, image = dragged[0]
    assert file.name == "dog - make it snow.png"
    assert read_photo(file).tobytes() == result.image().tobytes()
    assert content.startswith(b"\x89PNG")
    assert (image.width(), image.height()) == (96, 64)
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton)
    program.saving.shut_down()
    assert not file.exists()


def test_any_result_is_dragged_out_of_the_strip_and_a_photo_is_not(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, dragged: Dragged
) -> None:
    first = make_edit("make it snow")
    make_edit("make it rain")
    strip = program.window.history_strip.results

    def drag(node: EditNode) -> None:
        place = strip.node_rect(node).center().toPoint()
        qtbot.mousePress(strip.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseMove(strip.viewport(), place + QPoint(3, -40))

    drag(first.source)
    qtbot.mouseRelease(strip.viewport(), Qt.MouseButton.LeftButton)
    drag(first)
    qtbot.waitUntil(lambda: bool(dragged))
    assert [file.name for file, _, _ in dragged] == ["dog - make it snow.png"]


def press_and_move(qtbot: QtBot, program: Program) -> None:
    handle = program.window.header.drag_button
    middle = handle.rect().center()
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(handle, middle + QPoint(40, 30))


def test_a_drag_has_the_present_name_and_a_file_that_is_there(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, dragged: Dragged
) -> None:
    result = make_edit("make it snow")
    for number, name in enumerate(("dog - make it snow.png", "best.png", "best.png"), start=1):
        program.tree.rename(result, name)
        press_and_move(qtbot, program)
        qtbot.waitUntil(lambda number=number: len(dragged) == number)
        qtbot.mouseRelease(program.window.header.drag_button, Qt.MouseButton.LeftButton)
        shutil.rmtree(dragged[-1][0].parent.parent)  # as systems do with temporary files
    assert [file.name for file, _, _ in dragged] == ["dog - make it snow.png", "best.png", "best.png"]


def test_a_faded_result_is_dragged_as_it_is_shown(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, dragged: Dragged, tmp_path: Path
) -> None:
    result = make_edit("make it snow")
    program.tree.set_opacity(result, 0.25)
    press_and_move(qtbot, program)
    qtbot.waitUntil(lambda: bool(dragged))
    qtbot.mouseRelease(program.window.header.drag_button, Qt.MouseButton.LeftButton)
    copy = tmp_path / "dragged.png"
    copy.write_bytes(dragged[0][1])
    assert read_photo(copy).tobytes() == result.image().tobytes()
    assert dragged[0][2].isNull()


def test_a_drag_that_cannot_begin_says_why(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, dragged: Dragged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: EditedPhoto) -> Image.Image:
        raise ImageUnreadable("image.not-found", "{file} does not exist.", "Check the name.", file="x.png")

    make_edit("make it snow")
    monkeypatch.setattr(EditedPhoto, "image", gone)
    press_and_move(qtbot, program)
    bar = program.window.notice_bar
    qtbot.waitUntil(lambda: "x.png does not exist" in bar.message.text())
    assert not dragged
