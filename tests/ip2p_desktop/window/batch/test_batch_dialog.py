"""Batches in the window: setup, progress, edits in between, errors, and resuming after a kill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor, Gate, negative
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditArea
from engine.errors import ModelNotUsable
from engine.images.edit_record import read_edit_record
from engine.images.image_files import open_photo
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.batch.batch_runner import BatchPhase
from ip2p_desktop.window.batch.batch_dialog import BatchDialog

INSTRUCTION = "make it warmer"
Ready = Callable[[], None]


def click(qtbot: QtBot, button: object) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def start(qtbot: QtBot, program: Program, dialog: BatchDialog) -> None:
    click(qtbot, dialog.setup_page.start_button)
    qtbot.waitUntil(lambda: program.batches.runner.phase is not BatchPhase.NONE)


def wait_for_end(qtbot: QtBot, program: Program) -> None:
    qtbot.waitUntil(lambda: program.batches.runner.phase is BatchPhase.ENDED)


def results(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_folder_is_edited_with_the_settings_of_the_window(
    qtbot: QtBot, program: Program, dialog: BatchDialog, ready: Ready, photos: Path, editor: FakeEditor
) -> None:
    ready()
    assert dialog.setup_page.photos.found.text().startswith("4 photo")
    assert dialog.setup_page.naming.example.text() == "For example a-make-it-warmer.png"
    start(qtbot, program, dialog)
    wait_for_end(qtbot, program)
    name = "make-it-warmer"
    out = photos / "edited"
    assert results(out) == [f"a-{name}.png", f"b-{name}.png", f"c-{name}.jpg", f"sub/d-{name}.png"]
    photo = open_photo(photos / "a.png")
    assert open_photo(out / f"a-{name}.png").tobytes() == negative(photo, 0).tobytes()
    record = read_edit_record(out / f"sub/d-{name}.png")
    assert record is not None
    assert (record.instruction, record.settings.seed) == (INSTRUCTION, 7)
    assert {request.settings.seed for request in editor.requests} == {7}
    page = dialog.progress_page
    assert dialog.pages.currentWidget() is page
    assert [pair.caption.text() for pair in page.pairs.pairs] == ["d.png", "c.jpg", "b.png", "a.png"]
    assert page.failures.isHidden()
    assert not list(paths.batches_folder().iterdir())


def test_what_is_done_is_said_and_follows_the_window(program: Program, dialog: BatchDialog) -> None:
    page = dialog.setup_page
    assert page.instruction.text() == f"“{INSTRUCTION}”"
    program.document.change(instruction="make it snowy", area=EditArea.BACKGROUND)
    assert page.instruction.text() == "“make it snowy”"
    assert "only the background of each photo" in page.settings.text()
    assert "seed 7" in page.settings.text()
    program.document.change(instruction="")
    assert page.instruction.text() == "No instruction yet"
    assert not page.start_button.isEnabled()


def test_the_choices_reach_the_results(
    qtbot: QtBot, program: Program, dialog: BatchDialog, ready: Ready, photos: Path, tmp_path: Path
) -> None:
    page = dialog.setup_page
    out = tmp_path / "elsewhere"
    page.folder.value = out
    page.naming.value = "{number} of {stem}"
    page.format.value = next(value for text, value in page._formats() if text == "JPEG")
    page.quality.value = 40.0
    page.metadata.value = False
    ready()
    page.photos.recursive.value = False
    qtbot.waitUntil(lambda: page.photos.found.text().startswith("3 photo"))
    start(qtbot, program, dialog)
    wait_for_end(qtbot, program)
    assert results(out) == ["1 of a.jpg", "2 of b.jpg", "3 of c.jpg"]
    assert read_edit_record(out / "1 of a.jpg") is None
    assert program.preferences.batch_naming_rule == "{number} of {stem}"
    assert program.preferences.output_quality == 40


def test_a_wrong_rule_is_said_at_once(dialog: BatchDialog, ready: Ready) -> None:
    ready()
    dialog.setup_page.naming.value = "{nmae}"
    assert "“{nmae}”" in dialog.setup_page.naming.example.text()
    assert not dialog.setup_page.start_button.isEnabled()


def test_existing_results_are_skipped(
    qtbot: QtBot, program: Program, dialog: BatchDialog, ready: Ready, photos: Path, editor: FakeEditor
) -> None:
    existing = photos / "edited" / "b-make-it-warmer.png"
    existing.parent.mkdir()
    existing.write_text("there")
    dialog.setup_page.skips.value = True
    ready()
    assert "1 result" in dialog.setup_page.photos.found.text()
    start(qtbot, program, dialog)
    wait_for_end(qtbot, program)
    assert existing.read_text() == "there"
    assert len(editor.requests) == 3


def test_the_open_photos_are_edited_also_those_without_a_file(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], photo: Path, tmp_path: Path
) -> None:
    open_photo()
    pasted = Image.new("RGB", (20, 10), "teal")
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_image(to_image(pasted))
    program.document.change(instruction=INSTRUCTION)
    program.window.actions_.batch.trigger()
    dialog = program.batches.dialog
    assert dialog.setup_page.photos.uses_opened
    dialog.setup_page.folder.value = tmp_path / "out"
    qtbot.waitUntil(dialog.setup_page.start_button.isEnabled)
    start(qtbot, program, dialog)
    wait_for_end(qtbot, program)
    assert results(tmp_path / "out") == ["Pasted photo-make-it-warmer.png", "dog-make-it-warmer.jpg"]
    with Image.open(tmp_path / "out" / "Pasted photo-make-it-warmer.png") as made:
        assert made.size == (20, 10)


def to_image(image: Image.Image) -> object:
    from ip2p_desktop.widgets.display_images import to_qimage

    return to_qimage(image)


def test_files_dropped_on_the_dialog_are_edited(
    qtbot: QtBot, program: Program, dialog: BatchDialog, photos: Path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photos / name)) for name in ("a.png", "b.png")])
    place, keys = dialog.setup_page.photos, Qt.KeyboardModifier.NoModifier
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    QApplication.sendEvent(dialog, QDragEnterEvent(QPoint(9, 9), action, data, button, keys))
    QApplication.sendEvent(dialog, QDropEvent(QPointF(9, 9), action, data, button, keys))
    assert place.paths == (photos / "a.png", photos / "b.png")
    assert place.recursive.isHidden()
    qtbot.waitUntil(dialog.setup_page.start_button.isEnabled)
    assert place.found.text().startswith("2 photo")


def test_the_folder_dialog_chooses_a_folder(dialog: BatchDialog, photos: Path) -> None:
    dialog.setup_page.photos.folder_button.click()
    chooser = dialog.findChild(QFileDialog, "batch_folder_dialog")
    chooser.fileSelected.emit(str(photos))
    chooser.reject()
    assert dialog.setup_page.photos.paths == (photos,)


def test_a_broken_photo_is_listed_with_its_reason_and_can_be_tried_again(
    qtbot: QtBot, program: Program, dialog: BatchDialog, ready: Ready, photos: Path
) -> None:
    whole = (photos / "b.png").read_bytes()
    (photos / "b.png").write_bytes(whole[:40])
    ready()
    start(qtbot, program, dialog)
    wait_for_end(qtbot, program)
    page = dialog.progress_page
    assert page.failures.isVisible()
    assert page.failures.text.text() == "b.png is damaged or incomplete. Choose another copy of the photo."
    assert len(results(photos / "edited")) == 3
    (photos / "b.png").write_bytes(whole)
    click(qtbot, page.retry_button)
    wait_for_end(qtbot, program)
    assert page.failures.isHidden()
    assert len(results(photos / "edited")) == 4


def test_a_model_that_cannot_be_used_pauses_the_batch(
    qtbot: QtBot, program: Program, dialog: BatchDialog, ready: Ready, photos: Path, editor: FakeEditor
) -> None:
    editor.error = ModelNotUsable("model.damaged", "The model is damaged.", "Install it again.")
    ready()
    click(qtbot, dialog.setup_page.start_button)
    qtbot.waitUntil(lambda: program.batches.runner.phase is BatchPhase.PAUSED)
    page = dialog.progress_page
    assert page.notice.isVisible()
    assert page.notice.message.text() == "The model is damaged."
    editor.error = None
    click(qtbot, page.resume_button)
    wait_for_end(qtbot, program)
    assert page.notice.isHidden()
    assert len(results(photos / "edited")) == 4


@pytest.fixture
def held(
    qtbot: QtBot, program: Program, dialog: BatchDialog, ready: Ready, editor: FakeEditor
) -> Iterator[Gate]:
    """A batch whose first photo is held in the middle."""
    gate = editor.step_gates[1] = Gate()
    ready()
    start(qtbot, program, dialog)
    qtbot.waitUntil(lambda: gate.is_reached)
    yield gate
    gate.open()


def test_pause_resume_and_the_button_in_the_header(
    qtbot: QtBot, program: Program, dialog: BatchDialog, held: Gate, photos: Path
) -> None:
    page, badge = dialog.progress_page, program.window.header.batch_button
    assert page.amount.text().startswith("0 of 4")
    assert page.current.text() == "a.png"
    click(qtbot, page.close_button)
    assert not dialog.isVisible()
    assert badge.isVisible()
    assert badge.text() == "0/4"
    click(qtbot, badge)
    assert dialog.isVisible()
    click(qtbot, page.pause_button)
    assert page.title.text() == "Paused"
    assert badge.isVisible()
    held.open()
    qtbot.waitUntil(lambda: program.batches.runner.current_name == "")
    assert results(photos / "edited") == []
    click(qtbot, page.resume_button)
    wait_for_end(qtbot, program)
    assert len(results(photos / "edited")) == 4
    assert badge.isHidden()


def test_an_edit_in_the_window_goes_first(
    qtbot: QtBot,
    program: Program,
    dialog: BatchDialog,
    held: Gate,
    photos: Path,
    editor: FakeEditor,
    photo: Path,
) -> None:
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(photo)
    second = editor.step_gates[2] = Gate()
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
        qtbot.waitUntil(lambda: len(editor.requests) == 2)  # the photo of the batch was interrupted
        assert editor.requests[1].source_image.size == (96, 64)
        assert dialog.progress_page.current.text().startswith("Waiting for the edit")
        held.open()
        qtbot.waitUntil(lambda: second.is_reached)
        second.open()
    wait_for_end(qtbot, program)
    assert [request.source_image.width for request in editor.requests] == [40, 96, 40, 41, 42, 43]
    assert len(results(photos / "edited")) == 4


def test_stop_keeps_what_is_done_and_offers_a_new_batch(
    qtbot: QtBot, program: Program, dialog: BatchDialog, held: Gate
) -> None:
    click(qtbot, dialog.progress_page.stop_button)
    assert dialog.pages.currentWidget() is dialog.setup_page
    held.open()
    qtbot.waitUntil(lambda: program.batches.runner.current_name == "")
    assert program.batches.runner.phase is BatchPhase.NONE
    assert not list(paths.batches_folder().iterdir())


def test_the_end_is_said_while_the_dialog_is_closed(
    qtbot: QtBot, program: Program, dialog: BatchDialog, held: Gate
) -> None:
    dialog.close()
    held.open()
    wait_for_end(qtbot, program)
    bar = program.window.notice_bar
    assert bar.isVisible()
    assert bar.message.text().startswith("The batch is done: 4 photo")
    assert bar.action_button.text() == "Show folder"


Restart = Callable[[], Program]


@pytest.fixture
def interrupted(
    qtbot: QtBot, qapp: QApplication, program: Program, dialog: BatchDialog, held: Gate, editor: FakeEditor
) -> Iterator[Program]:
    """A new window after a first one ended in the middle of the second of four photos."""
    editor.step_gates[1] = second = Gate()
    held.open()
    qtbot.waitUntil(lambda: second.is_reached)
    program.window.close()
    program.shut_down()
    editor.step_gates[1].open()
    again = build_program(qapp, Preferences(paths.preferences_file()), editor.make)
    again.window.show()
    yield again
    again.window.close()
    again.shut_down()
    again.window.deleteLater()


def test_a_batch_goes_on_where_it_was_at_the_next_start(
    qtbot: QtBot, interrupted: Program, photos: Path, editor: FakeEditor
) -> None:
    bar = interrupted.window.notice_bar
    qtbot.waitUntil(lambda: bar.message.text() == "A batch of 4 photos was interrupted after 1.")
    before = (photos / "edited" / "a-make-it-warmer.png").stat().st_mtime_ns
    editor.requests.clear()
    click(qtbot, bar.action_button)
    wait_for_end(qtbot, interrupted)
    assert len(results(photos / "edited")) == 4
    assert [request.source_image.width for request in editor.requests] == [41, 42, 43]
    assert (photos / "edited" / "a-make-it-warmer.png").stat().st_mtime_ns == before


def test_an_interrupted_batch_can_be_discarded(qtbot: QtBot, interrupted: Program, photos: Path) -> None:
    bar = interrupted.window.notice_bar
    qtbot.waitUntil(bar.other_button.isVisible)
    click(qtbot, bar.other_button)
    assert bar.isHidden()
    assert results(photos / "edited") == ["a-make-it-warmer.png"]
    assert not list(paths.batches_folder().iterdir())
