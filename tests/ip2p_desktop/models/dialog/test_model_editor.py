"""A model gets a name, a note and a picture in its row of the dialog."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from engine.library import ModelCard, ModelLibrary, read_model_card
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.models.dialog.model_editor import ModelEditor
from ip2p_desktop.models.dialog.model_row import ModelRow
from ip2p_desktop.models.dialog.models_dialog import ModelsDialog
from ip2p_desktop.session.edit_nodes import EditedPhoto

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "pictures" / "beach.png"
    file.parent.mkdir()
    Image.new("RGB", (1200, 800), "navy").save(file)
    return file


def row_of(dialog: ModelsDialog, name: str) -> ModelRow:
    return {row.model.card.name: row for row in dialog.installed_page.model_rows}[name]


def editor_of(qtbot: QtBot, dialog: ModelsDialog, name: str) -> ModelEditor:
    row = row_of(dialog, name)
    qtbot.mouseClick(row.edit, LEFT)
    assert row.editor is not None
    return row.editor


def save(qtbot: QtBot, dialog: ModelsDialog, editor: ModelEditor) -> None:
    with qtbot.waitSignals([dialog.library.ended, dialog.models.changed, dialog.library.listed]):
        qtbot.mouseClick(editor.save, LEFT)


def drop(target: ModelEditor, data: QMimeData) -> bool:
    """Whether the drop is accepted."""
    action, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(50, 50), action, data, LEFT, keys)
    QApplication.sendEvent(target, entering)
    if entering.isAccepted():
        QApplication.sendEvent(target, QDropEvent(QPointF(50, 50), action, data, LEFT, keys))
    return entering.isAccepted()


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def colour_of(card: ModelCard) -> tuple[int, ...]:
    assert card.preview_file is not None
    with Image.open(card.preview_file) as image:
        assert max(image.size) <= 512
        return tuple(round(value, -1) for value in image.convert("RGB").getpixel((10, 10)))  # type: ignore[union-attr]


def test_name_note_and_picture_are_saved(
    qtbot: QtBot, dialog: ModelsDialog, trained_model: ModelCard, picture: Path
) -> None:
    editor = editor_of(qtbot, dialog, "Postcard")
    assert editor.name_box.text() == "Postcard"
    assert editor.name_box.selectedText() == "Postcard"
    assert editor.note_box.toPlainText() == "Postcard changes colours."
    assert not row_of(dialog, "Postcard").use.isVisible()
    editor.name_box.setText("Old postcard")
    editor.note_box.setPlainText("Like a find in the attic.\nYellowed.")
    qtbot.mouseClick(editor.picker.choose, LEFT)
    asking = dialog.findChild(QFileDialog, "preview_dialog")
    assert asking is not None
    asking.fileSelected.emit(str(picture))
    asking.reject()
    assert not editor.save.isEnabled()
    qtbot.waitUntil(editor.save.isEnabled)
    save(qtbot, dialog, editor)
    card = read_model_card(trained_model.path)
    assert (card.name, card.description) == ("Old postcard", "Like a find in the attic.\nYellowed.")
    assert colour_of(card) == (0, 0, 130)
    row = row_of(dialog, "Old postcard")
    assert row.editor is None
    assert row.edit.hasFocus() or not dialog.isActiveWindow()
    assert row.model.thumbnail.pixelColor(80, 80).blue() > 100
    assert [each.name for each in dialog.models.cards] == ["Starter", "Old postcard"]
    picture.unlink()  # the model has a copy
    editor = editor_of(qtbot, dialog, "Old postcard")
    qtbot.mouseClick(editor.picker.clear, LEFT)
    save(qtbot, dialog, editor)
    assert read_model_card(trained_model.path).preview == ""
    assert sorted(path.name for path in trained_model.path.iterdir()) == ["ip2p.json", "model_index.json"]


def test_pictures_are_dropped_from_files_and_from_other_programs(
    qtbot: QtBot, dialog: ModelsDialog, trained_model: ModelCard, picture: Path
) -> None:
    editor = editor_of(qtbot, dialog, "Postcard")
    assert drop(editor, files(picture))
    qtbot.waitUntil(lambda: bool(editor.picker.chosen))
    red = QImage(300, 200, QImage.Format.Format_RGB32)
    red.fill(QColor("red"))
    data = QMimeData()
    data.setImageData(red)
    assert drop(editor, data)
    qtbot.waitUntil(editor.save.isEnabled)
    save(qtbot, dialog, editor)
    assert colour_of(read_model_card(trained_model.path)) == (250, 0, 0)


def test_a_model_that_is_dropped_beside_the_fields_is_added(
    qtbot: QtBot, dialog: ModelsDialog, picture: Path
) -> None:
    model = picture.with_name("fog.safetensors")
    model.write_bytes(b"fog")
    editor = editor_of(qtbot, dialog, "Postcard")
    with qtbot.waitSignals([dialog.library.ended, dialog.library.listed]):
        assert drop(editor, files(model))
    assert row_of(dialog, "fog").model.is_own
    assert editor.picker.chosen is None


def test_a_file_that_is_no_picture_is_told_and_what_was_typed_stays(
    qtbot: QtBot, dialog: ModelsDialog, trained_model: ModelCard, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff and nothing")
    editor = editor_of(qtbot, dialog, "Postcard")
    editor.name_box.setText("Card")
    with qtbot.waitSignal(editor.picker.failed):
        assert drop(editor, files(broken))
    assert editor.notice.isVisible()
    assert "broken.jpg" in editor.notice.message.text()
    assert editor.save.isEnabled()
    save(qtbot, dialog, editor)
    assert read_model_card(trained_model.path).preview == ""


def test_a_taken_name_is_told_in_the_row(
    qtbot: QtBot, dialog: ModelsDialog, trained_model: ModelCard, picture: Path
) -> None:
    editor = editor_of(qtbot, dialog, "Postcard")
    editor.name_box.setText("starter")
    drop(editor, files(picture))
    qtbot.waitUntil(lambda: bool(editor.picker.chosen))
    save(qtbot, dialog, editor)
    assert row_of(dialog, "Postcard").editor is editor
    assert editor.notice.message.text() == "There is another model called “starter”."
    assert not dialog.installed_page.notice.isVisible()
    assert read_model_card(trained_model.path) == trained_model
    editor.name_box.clear()
    assert not editor.save.isEnabled()
    editor.name_box.setText("Card")
    with qtbot.waitSignals([dialog.library.ended, dialog.library.listed]):
        qtbot.keyClick(editor.name_box, Qt.Key.Key_Return)
    assert colour_of(read_model_card(trained_model.path)) == (0, 0, 130)
    assert row_of(dialog, "Card").editor is None


def test_escape_ends_editing_and_changes_nothing(
    qtbot: QtBot, dialog: ModelsDialog, trained_model: ModelCard
) -> None:
    editor = editor_of(qtbot, dialog, "Postcard")
    editor.name_box.setText("Card")
    qtbot.keyClick(editor.name_box, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    row = row_of(dialog, "Postcard")
    assert row.editor is None
    assert row.use.isVisible()
    assert read_model_card(trained_model.path) == trained_model


def test_what_is_typed_survives_another_change_of_the_library(
    qtbot: QtBot, dialog: ModelsDialog, tmp_path: Path
) -> None:
    fog = tmp_path / "fog.safetensors"
    fog.write_bytes(b"fog")
    editor = editor_of(qtbot, dialog, "Postcard")
    editor.name_box.setText("Card")
    with qtbot.waitSignals([dialog.library.ended, dialog.models.changed, dialog.library.listed]):
        dialog.installed_page.add(fog)
        assert not editor.save.isEnabled()
    assert [row.model.card.name for row in dialog.installed_page.model_rows] == ["Starter", "fog", "Postcard"]
    assert row_of(dialog, "Postcard").editor is editor
    assert (editor.name_box.text(), editor.save.isEnabled()) == ("Card", True)
    with ModelLibrary(paths.models_folder()).change():
        save(qtbot, dialog, editor)
    assert "is being changed by another program" in editor.notice.message.text()


def test_a_single_file_is_described_beside_it(
    qtbot: QtBot, open_dialog: Callable[[], ModelsDialog], picture: Path
) -> None:
    file = paths.models_folder() / "dew.safetensors"
    file.write_bytes(b"dew")
    dialog = open_dialog()
    editor = editor_of(qtbot, dialog, "dew")
    editor.name_box.setText("Morning dew")
    drop(editor, files(picture))
    qtbot.waitUntil(lambda: bool(editor.picker.chosen))
    save(qtbot, dialog, editor)
    card = read_model_card(file)
    assert (card.name, card.preview) == ("Morning dew", "dew.preview.jpg")
    assert file.read_bytes() == b"dew"


def test_a_model_in_use_keeps_editing_under_its_new_name(
    qtbot: QtBot, program: Program, make_edit: Callable[[str], EditedPhoto], trained_model: ModelCard
) -> None:
    controller = program.models
    controller.models_action.open()
    dialog = program.window.findChild(ModelsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: len(dialog.installed_page.model_rows) == 2)
    controller.selection.choose(trained_model.path)
    program.document.change(text_guidance_scale=3.5)
    editor = editor_of(qtbot, dialog, "Postcard")
    assert not editor.picker.use_result.isVisible()
    qtbot.keyClick(editor.name_box, Qt.Key.Key_Escape)
    result = make_edit("make it a postcard")
    editor = editor_of(qtbot, dialog, "Postcard")
    qtbot.mouseClick(editor.picker.use_result, LEFT)
    qtbot.waitUntil(lambda: bool(editor.picker.chosen))
    editor.name_box.setText("Old postcard")
    save(qtbot, dialog, editor)
    menu = program.window.settings_panel.model_menu
    assert menu.value is not None
    assert menu.value.name == "Old postcard"
    assert program.document.request().settings.text_guidance_scale == 3.5
    assert program.document.result is result
    assert row_of(dialog, "Old postcard").use.text() == "In use"
    assert read_model_card(trained_model.path).preview == "preview.jpg"
