"""Each way of giving pictures, from the first page to the pairs that are found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.giving_pictures import CONTROL, TIMEOUT, drop_files, found, press
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.paths import collections_folder, sample_photos
from ip2p_desktop.training.dialog.pictures.sources.picture_sources import PictureSources
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.pictures.collections.file_matching import MatchMode
from ip2p_desktop.training.pictures.collections.pair_collection import read_collection
from trainer.datasets.pair_writing import AFTER

pytestmark = pytest.mark.filterwarnings("ignore:.*QDrag")  # newer releases have other constructors


@pytest.fixture
def dialog(make_dialog: Callable[..., TrainingDialog]) -> Iterator[TrainingDialog]:
    dialog = make_dialog()
    yield dialog
    dialog.shut_down()


@pytest.fixture
def sources(dialog: TrainingDialog) -> PictureSources:
    return dialog.examples_page.sources


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Small photos with names that tell nothing."""
    paths = []
    for number, sample in enumerate(sample_photos()):
        with Image.open(sample) as image:
            paths.append(tmp_path / f"IMG_{number:04}.jpg")
            image.resize((160, 120)).save(paths[-1])
    return paths


def wait_for_pairs(qtbot: QtBot, sources: PictureSources, count: int) -> None:
    def are_there() -> bool:
        collection = sources.editor.collection
        return collection is not None and len(collection.pairs) == count and not sources.editor.is_busy

    qtbot.waitUntil(are_there, timeout=TIMEOUT)


def edited_of(sources: PictureSources, place: int) -> str:
    collection = sources.editor.collection
    return collection.pairs[place].edited if collection is not None else ""


def test_pairs_are_collected_by_hand(
    qtbot: QtBot, dialog: TrainingDialog, sources: PictureSources, photos: list[Path], tmp_path: Path
) -> None:
    press(qtbot, dialog, "way_hand")
    by_hand = sources.by_hand
    qtbot.waitUntil(lambda: sources.editor.collection is not None)
    assert not sources.drop.isVisible()
    assert not dialog.examples_page.next_button.isVisible(), "“Use … pairs” leads on"
    assert not by_hand.use.isEnabled()
    qtbot.keyClicks(by_hand.words, "add snow")
    qtbot.keyClick(by_hand.words, Qt.Key.Key_Return)
    qtbot.keyClicks(by_hand.words, "make it snow")
    qtbot.keyClick(by_hand.words, Qt.Key.Key_Return, CONTROL)
    assert drop_files(by_hand.before, [photos[0]])
    assert by_hand.after.hasFocus()
    assert drop_files(by_hand.after, [photos[0]])
    assert by_hand.refusal.text() == "Both are the same photo. Choose the photo after the change."
    assert drop_files(by_hand.after, [photos[1]])
    wait_for_pairs(qtbot, sources, 1)
    assert by_hand.before.path is None
    for path in photos[:2]:
        path.unlink()  # copies are kept
    notes = tmp_path / "notes.txt"
    notes.write_text("words")
    assert drop_files(by_hand.before, [notes])
    assert by_hand.refusal.text() == "“notes.txt” is not a photo."
    press(qtbot, dialog, "use_pairs")
    assert found(qtbot, dialog) == 1
    findings = dialog.session.dataset.findings
    assert findings is not None
    assert findings.instructions == ("add snow", "make it snow")
    assert sources.drop.name_label.text() == "My pairs"
    press(qtbot, dialog, "change_pairs")
    assert dialog.session.dataset.path is None
    qtbot.waitUntil(lambda: len(sources.by_hand.pairs.rows.rows) == 1)


def test_many_files_are_matched_shown_and_taken(
    qtbot: QtBot, dialog: TrainingDialog, sources: PictureSources, photos: list[Path]
) -> None:
    for number, path in enumerate(photos[:4]):
        photos[number] = path.rename(path.with_name(f"{number // 2}{'_edited' if number % 2 else ''}.jpg"))
    assert drop_files(sources.drop, photos[:5])
    preview = sources.by_hand.preview
    qtbot.waitUntil(preview.accept.isEnabled, timeout=TIMEOUT)
    assert [row.text for row in preview.rows.rows] == ["0.jpg → 0_edited.jpg", "1.jpg → 1_edited.jpg"]
    assert preview.left_over.isVisible()
    press(qtbot, dialog, "files_preview_swap")
    assert [row.text for row in preview.rows.rows] == ["0_edited.jpg → 0.jpg", "1_edited.jpg → 1.jpg"]
    preview.mode.chosen.emit(MatchMode.ORDER)
    qtbot.waitUntil(lambda: preview.mode.value is MatchMode.ORDER, timeout=TIMEOUT)
    press(qtbot, dialog, "files_preview_accept")
    wait_for_pairs(qtbot, sources, 2)
    assert not preview.isVisible()


def test_pairs_are_replaced_removed_reworded_and_undone(
    qtbot: QtBot, dialog: TrainingDialog, sources: PictureSources, photos: list[Path]
) -> None:
    assert drop_files(sources.drop, photos[:4])
    qtbot.waitUntil(sources.by_hand.preview.accept.isEnabled, timeout=TIMEOUT)
    press(qtbot, dialog, "files_preview_accept")
    wait_for_pairs(qtbot, sources, 2)
    pairs, editor = sources.by_hand.pairs, sources.editor
    area = pairs.list.picture_rect(1, AFTER)
    assert drop_files(pairs.list.viewport(), [photos[6]], area.center().toPoint())
    qtbot.waitUntil(
        lambda: editor.collection is not None and editor.collection.pairs[1].edited == "0003-after.jpg"
    )
    pairs.list.setFocus()
    pairs.list.setCurrentIndex(pairs.rows.index(0))
    assert pairs.words.isVisible()
    qtbot.keyClicks(pairs.words, "only this one")
    qtbot.keyClick(pairs.words, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: pairs.rows.rows[0].text == "only this one")
    pairs.list.setFocus()
    qtbot.keyClick(pairs.list, Qt.Key.Key_Delete)
    wait_for_pairs(qtbot, sources, 1)
    press(qtbot, dialog, "undo_pairs")
    wait_for_pairs(qtbot, sources, 2)
    for _ in range(2):
        qtbot.waitUntil(lambda: editor.can_undo)
        editor.undo()
    qtbot.waitUntil(
        lambda: editor.collection is not None and editor.collection.pairs[1].edited == "0002-after.jpg"
    )
    (folder,) = collections_folder().iterdir()
    lines = [json.loads(line) for line in (folder / "metadata.jsonl").read_text().splitlines()]
    assert [line["edited_image"] for line in lines] == ["0001-after.jpg", "0002-after.jpg"]


def test_a_damaged_photo_among_many_is_told_and_the_others_are_taken(
    qtbot: QtBot, dialog: TrainingDialog, sources: PictureSources, photos: list[Path]
) -> None:
    photos[1].write_bytes(b"\xff\xd8\xff broken")
    assert drop_files(sources.drop, photos[:4])
    qtbot.waitUntil(sources.by_hand.preview.accept.isEnabled, timeout=TIMEOUT)
    press(qtbot, dialog, "files_preview_accept")
    wait_for_pairs(qtbot, sources, 1)
    qtbot.waitUntil(sources.by_hand.notice.isVisible)
    assert sources.by_hand.notice.message.text() == "IMG_0001.jpg is damaged or incomplete."


def test_two_folders_are_matched_by_name(
    qtbot: QtBot, dialog: TrainingDialog, sources: PictureSources, photos: list[Path], tmp_path: Path
) -> None:
    before, after = tmp_path / "straight from the camera", tmp_path / "edited"
    for folder, chosen in ((before, photos[:3]), (after, photos[3:6])):
        folder.mkdir()
        for number, path in enumerate(chosen):
            shutil.copyfile(path, folder / f"{number}.jpg")
    press(qtbot, dialog, "way_folders")
    folders = sources.folders
    assert drop_files(folders.before, [photos[0]])
    assert folders.refusal.text() == "“IMG_0000.jpg” is not a folder."
    assert drop_files(folders.before, [before])
    assert drop_files(folders.after, [before])
    assert folders.refusal.text() == "Both are the same folder. Choose another one for one side."
    assert drop_files(folders.after, [after])
    qtbot.waitUntil(folders.preview.accept.isEnabled, timeout=TIMEOUT)
    assert len(folders.preview.rows.rows) == 3
    press(qtbot, dialog, "folders_preview_accept")
    wait_for_pairs(qtbot, sources, 3)
    assert sources.by_hand.name_box.text() == "straight from the camera and edited"
    press(qtbot, dialog, "use_pairs")
    assert found(qtbot, dialog) == 0
    question = dialog.examples_page.question
    qtbot.waitUntil(question.isVisible)
    assert question.label.text().startswith("3 pair")
    qtbot.keyClicks(question.box, "make it warm")
    press(qtbot, dialog, "use_instruction")
    assert found(qtbot, dialog) == 3
    (folder,) = collections_folder().iterdir()
    qtbot.waitUntil(lambda: read_collection(folder).words == ("make it warm",), timeout=TIMEOUT)
    press(qtbot, dialog, "change_pairs")
    qtbot.waitUntil(lambda: sources.by_hand.words.words == ("make it warm",), timeout=TIMEOUT)


def test_two_dropped_folders_open_that_way_with_the_sides_told_by_name(
    qtbot: QtBot, sources: PictureSources, tmp_path: Path
) -> None:
    for name in ("after", "before"):
        (tmp_path / name).mkdir()
    assert drop_files(sources.drop, [tmp_path / "after", tmp_path / "before"])
    assert sources.folders.isVisible()
    assert sources.folders.before.path == tmp_path / "before"
    qtbot.waitUntil(lambda: sources.folders.preview.heading.text().startswith("No two of these"))
    assert not sources.folders.preview.accept.isEnabled()


def test_a_dropped_photo_is_the_first_of_a_pair(
    qtbot: QtBot, sources: PictureSources, photos: list[Path]
) -> None:
    assert drop_files(sources.drop, [photos[0]])
    assert sources.by_hand.isVisible()
    assert sources.by_hand.before.path == photos[0]


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_slots_open_a_file_dialog_by_key(
    qtbot: QtBot, dialog: TrainingDialog, sources: PictureSources, photos: list[Path]
) -> None:
    tile = sources.tiles.findChild(type(next(iter(sources.tiles.tiles.values()))), "way_hand")
    assert tile is not None
    qtbot.keyClick(tile, Qt.Key.Key_Return)
    assert sources.by_hand.isVisible()
    qtbot.keyClick(sources.by_hand.before, Qt.Key.Key_Space)
    file_dialog = sources.by_hand.before.findChild(QFileDialog)
    assert isinstance(file_dialog, QFileDialog)
    file_dialog.fileSelected.emit(str(photos[2]))
    file_dialog.close()
    assert sources.by_hand.before.path == photos[2]


def test_earlier_pairs_are_listed_used_renamed_exported_and_deleted(
    qtbot: QtBot, dialog: TrainingDialog, sources: PictureSources, photos: list[Path], tmp_path: Path
) -> None:
    assert drop_files(sources.drop, photos[:4])
    qtbot.waitUntil(sources.by_hand.preview.accept.isEnabled, timeout=TIMEOUT)
    press(qtbot, dialog, "files_preview_accept")
    wait_for_pairs(qtbot, sources, 2)
    press(qtbot, dialog, "other_ways")
    my_pairs = sources.my_pairs
    qtbot.waitUntil(lambda: len(my_pairs.rows) == 1 and my_pairs.isVisible())
    (row,) = my_pairs.rows
    assert row.state.text().startswith("2 pair")
    row.rename_action.trigger()
    row.name_box.setText("Snow on roofs")
    qtbot.keyClick(row.name_box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [each.name.text() for each in my_pairs.rows] == ["Snow on roofs"])
    sources.library.export(my_pairs.rows[0].listed.folder, tmp_path)
    qtbot.waitUntil(my_pairs.done.isVisible)
    assert (tmp_path / "Snow on roofs" / "0002-after.jpg").is_file()
    press(qtbot, dialog, "edit_collection")
    wait_for_pairs(qtbot, sources, 2)
    press(qtbot, dialog, "other_ways")
    qtbot.waitUntil(lambda: my_pairs.isVisible())
    my_pairs.rows[0].delete_action.trigger()
    press(qtbot, dialog, "keep_collection")
    my_pairs.rows[0].delete_action.trigger()
    press(qtbot, dialog, "delete_collection")
    qtbot.waitUntil(lambda: my_pairs.rows == [])
    assert list(collections_folder().iterdir()) == []
    assert photos[0].is_file()


def test_words_that_are_still_being_typed_are_used(
    qtbot: QtBot, dialog: TrainingDialog, sources: PictureSources, photos: list[Path]
) -> None:
    assert drop_files(sources.drop, photos[:2])
    qtbot.waitUntil(sources.by_hand.preview.accept.isEnabled, timeout=TIMEOUT)
    press(qtbot, dialog, "files_preview_accept")
    wait_for_pairs(qtbot, sources, 1)
    sources.by_hand.words.setFocus()
    qtbot.keyClicks(sources.by_hand.words, "make it warm")
    sources.by_hand._finish()
    assert found(qtbot, dialog) == 1
    assert dialog.session.dataset.instruction == ""


def test_a_collection_without_pairs_is_not_kept(
    qtbot: QtBot, dialog: TrainingDialog, sources: PictureSources, photos: list[Path]
) -> None:
    press(qtbot, dialog, "way_hand")
    qtbot.waitUntil(lambda: sources.editor.collection is not None)
    press(qtbot, dialog, "other_ways")
    qtbot.waitUntil(lambda: list(collections_folder().iterdir()) == [])
    press(qtbot, dialog, "way_hand")
    qtbot.waitUntil(lambda: sources.editor.collection is not None)
    assert drop_files(sources.by_hand, photos[:2])
    qtbot.waitUntil(sources.by_hand.preview.accept.isEnabled, timeout=TIMEOUT)
