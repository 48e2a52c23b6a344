"""Save, save as, export, dragging out, and all starred results."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageCms
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from engine.images.edit_record import read_edit_record
from engine.images.image_files import open_photo as read_photo
from engine.images.metadata import PHOTO_PROFILE
from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.window.export.export_dialog import ExportDialog

MakeEdit = Callable[[str], EditedPhoto]


def choose(qtbot: QtBot, program: Program, dialog_name: str, path: Path) -> None:
    """Choose a file in an open dialog, and close it."""
    dialog = program.window.findChild(QFileDialog, dialog_name)
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    dialog.setObjectName("used")


def save_as(qtbot: QtBot, program: Program, path: Path) -> None:
    program.window.actions_.save_as.trigger()
    with qtbot.waitSignal(program.files.saved):
        choose(qtbot, program, "save_dialog", path)


def test_a_second_save_goes_to_the_same_file(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, tmp_path: Path
) -> None:
    result = make_edit("make it snow")
    target = tmp_path / "kept.png"
    program.window.actions_.save.trigger()
    with qtbot.waitSignal(program.files.saved):
        choose(qtbot, program, "save_dialog", target)
    program.tree.set_opacity(result, 0.5)
    with qtbot.waitSignal(program.files.saved):
        program.window.actions_.save.trigger()
    assert program.window.findChild(QFileDialog, "save_dialog") is None
    assert read_photo(target).tobytes() == result.image().tobytes()


def test_a_file_that_another_program_changed_is_asked_about(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, tmp_path: Path
) -> None:
    make_edit("make it snow")
    target = tmp_path / "kept.png"
    save_as(qtbot, program, target)
    target.write_text("changed")
    os.utime(target, ns=(1, 1))
    program.window.actions_.save.trigger()
    assert program.window.findChild(QFileDialog, "save_dialog") is not None
    assert target.read_text() == "changed"


def test_another_result_has_its_own_file(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, tmp_path: Path
) -> None:
    make_edit("make it snow")
    save_as(qtbot, program, tmp_path / "snow.png")
    make_edit("make it rain")
    program.window.actions_.save.trigger()
    assert program.window.findChild(QFileDialog, "save_dialog") is not None


@pytest.mark.parametrize("answer", ["Replace the original", "Choose another name…"])
def test_the_original_is_replaced_only_after_a_question(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, photo: Path, answer: str
) -> None:
    result = make_edit("make it snow")
    before = photo.read_bytes()
    program.saving.save_to(result, photo)
    box = program.window.findChild(QMessageBox, "original_question")
    assert box.text() == "“dog.jpg” is the original photo. Replace it?"
    assert photo.read_bytes() == before
    button = next(button for button in box.buttons() if button.text() == answer)
    if answer.startswith("Replace"):
        with qtbot.waitSignal(program.files.saved):
            button.click()
        assert photo.read_bytes() != before
    else:
        button.click()
        assert program.window.findChild(QFileDialog, "save_dialog") is not None
        assert photo.read_bytes() == before


@pytest.fixture
def export_dialog(program: Program, make_edit: MakeEdit) -> ExportDialog:
    """The dialog as Ctrl+E opens it, for a photo with colours of its own."""
    result = make_edit("make it snow")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    result.source.info = {PHOTO_PROFILE: profile, "dpi": (300.0, 300.0)}
    program.window.actions_.export.trigger()
    dialog = program.window.findChild(ExportDialog, "export_dialog")
    assert isinstance(dialog, ExportDialog)
    return dialog


def export(qtbot: QtBot, program: Program, dialog: ExportDialog, path: Path) -> Path:
    qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(program.files.saved):
        choose(qtbot, program, "export_file_dialog", path)
    return path


def test_the_estimate_is_about_the_size_of_the_file(
    qtbot: QtBot, program: Program, export_dialog: ExportDialog
) -> None:
    export_dialog.format.value = "PNG"
    qtbot.waitUntil(lambda: "about" in export_dialog.estimate.text())
    png = export_dialog.estimate.text()
    export_dialog.format.value = "TIFF"
    qtbot.waitUntil(lambda: "about" in export_dialog.estimate.text())
    assert export_dialog.estimate.text() != png


def test_quality_is_offered_for_the_formats_that_have_one(export_dialog: ExportDialog) -> None:
    shown = {}
    for kind in ("PNG", "JPEG", "WEBP", "TIFF"):
        export_dialog.format.value = kind
        shown[kind] = export_dialog.quality.isVisible()
    assert shown == {"PNG": False, "JPEG": True, "WEBP": True, "TIFF": False}


@pytest.mark.parametrize(
    ("kind", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("TIFF", "tif")]
)
def test_each_format_is_written_with_the_record(
    qtbot: QtBot, program: Program, export_dialog: ExportDialog, tmp_path: Path, kind: str, suffix: str
) -> None:
    export_dialog.format.value = kind
    path = export(qtbot, program, export_dialog, tmp_path / f"out.{suffix}")
    with Image.open(path) as image:
        assert (image.format, image.size) == (kind, (96, 64))
    record = read_edit_record(path)
    assert record is not None
    assert record.instruction == "make it snow"
    assert program.preferences.export_format == kind


def test_metadata_off_and_the_photos_own_colours(
    qtbot: QtBot, program: Program, export_dialog: ExportDialog, tmp_path: Path
) -> None:
    export_dialog.format.value = "JPEG"
    export_dialog.quality.value = 30.0
    export_dialog.metadata.value = False
    assert export_dialog.profile.isVisible()
    export_dialog.profile.value = next(value for _, value in export_dialog._profiles() if value == "photo")
    path = export(qtbot, program, export_dialog, tmp_path / "plain.jpg")
    assert read_edit_record(path) is None
    with Image.open(path) as image:
        assert image.info["icc_profile"] == program.document.source.info[PHOTO_PROFILE]  # type: ignore[union-attr]
        assert "exif" not in image.info


def test_an_export_is_not_the_file_of_the_next_save(
    qtbot: QtBot, program: Program, export_dialog: ExportDialog, tmp_path: Path
) -> None:
    export_dialog.format.value = "JPEG"
    export_dialog.quality.value = 30.0
    path = export(qtbot, program, export_dialog, tmp_path / "small.jpg")
    before = path.read_bytes()
    program.window.actions_.save.trigger()
    assert program.window.findChild(QFileDialog, "save_dialog") is not None
    assert path.read_bytes() == before


def test_all_starred_results_are_saved_without_replacing_anything(
    qtbot: QtBot, program: Program, make_edit: MakeEdit, tmp_path: Path
) -> None:
    action = program.window.actions_.save_starred
    folder = tmp_path / "best"
    folder.mkdir()
    (folder / "dog - make it snow.png").write_text("there")
    results = [make_edit(text) for text in ("make it snow", "make it rain", "make it snow")]
    assert not action.isEnabled()
    for result in (results[0], results[2]):
        program.tree.set_starred(result, True)
    assert action.isEnabled()
    action.trigger()
    with qtbot.waitSignal(program.saving._starred.finished):
        choose(qtbot, program, "starred_folder_dialog", folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "dog - make it snow-2.png",
        "dog - make it snow-3.png",
        "dog - make it snow.png",
    ]
    assert (folder / "dog - make it snow.png").read_text() == "there"
    assert program.window.notice_bar.message.text().startswith("2 result")


def test_without_a_result_nothing_can_be_saved(program: Program, open_photo: Callable[[], None]) -> None:
    open_photo()
    actions, header = program.window.actions_, program.window.header
    assert not any(action.isEnabled() for action in (actions.save, actions.save_as, actions.export))
    assert not header.drag_button.isEnabled()
    assert isinstance(header.save_button, QPushButton)
