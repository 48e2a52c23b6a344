"""The gallery is used with mouse and keys: filters, search, repairs of several pairs, undo, alignment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.background import Background
from ip2p_desktop.training.dialog.pictures.alignment_dialog import AlignmentDialog
from ip2p_desktop.training.dialog.pictures.gallery_list import THUMBNAIL
from ip2p_desktop.training.dialog.pictures.gallery_panel import GalleryPanel
from ip2p_desktop.training.dialog.pictures.pair_dialog import PairDialog
from ip2p_desktop.training.pictures.dataset_choice import DatasetChoice
from ip2p_desktop.training.pictures.gallery import Gallery, PairFilter
from ip2p_desktop.training.pictures.pair_thumbnails import PairThumbnails
from trainer.datasets import PairSet, Source, find_pairs

TIMEOUT = 60_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def choice() -> Iterator[DatasetChoice]:
    background = Background()
    choice = DatasetChoice(background)
    yield choice
    choice.clear()
    background.close()


@pytest.fixture
def panel(qtbot: QtBot, choice: DatasetChoice, pairs: Path) -> GalleryPanel:
    panel = GalleryPanel(choice.gallery)
    qtbot.addWidget(panel)
    panel.resize(640, 500)
    choice.choose(pairs)
    qtbot.waitUntil(lambda: choice.report is not None, timeout=TIMEOUT)
    panel.show()
    return panel


def choose_rows(panel: GalleryPanel, *rows: int) -> None:
    panel.view.clearSelection()
    panel.view.select([panel.view.list.shown[row].name for row in rows])


def test_thumbnails_are_made_for_what_is_on_screen(qtbot: QtBot, panel: GalleryPanel) -> None:
    first = panel.view.list.index(0)
    qtbot.waitUntil(lambda: first.data(THUMBNAIL) is not None, timeout=TIMEOUT)
    assert first.data(THUMBNAIL).original is not None
    assert panel.view.visible_rows().start == 0


def test_a_large_list_asks_for_few_thumbnails_and_keeps_few(qtbot: QtBot, pairs: Path) -> None:
    entry = {"original_image": "dog.jpg", "edited_image": "dog-negative.jpg", "edit_instruction": "x"}
    lines = [json.dumps(entry | {"edit_instruction": f"invert {number}"}) for number in range(3000)]
    (pairs / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
    gallery = Gallery()
    panel = GalleryPanel(gallery)
    qtbot.addWidget(panel)
    gallery.show(find_pairs([Source(pairs)]))
    panel.resize(640, 500)
    panel.show()
    view = panel.view
    view.scrollTo(view.list.index(1500), view.ScrollHint.PositionAtTop)
    qtbot.waitUntil(lambda: view.list.index(1500).data(THUMBNAIL) is not None, timeout=TIMEOUT)
    made = sum(view.list.index(row).data(THUMBNAIL) is not None for row in range(3000))
    assert made < 40
    qtbot.keyClicks(panel.search, "invert 2999")
    qtbot.waitUntil(lambda: len(view.list.shown) == 2)  # by its words, and by its line
    panel.search.setText("nothing like this")
    qtbot.waitUntil(panel.empty.isVisible)
    assert panel.empty.text() == "No pair contains these words."


def test_thumbnails_are_kept_within_a_limit(qtbot: QtBot, pairs: Path) -> None:
    listing = find_pairs([Source(pairs)]).pairs
    background = Background(workers=1)
    store = PairThumbnails(64, background, limit=40_000)
    store.want(listing)
    qtbot.waitUntil(lambda: store.of(listing[-1]) is not None, timeout=TIMEOUT)
    assert 0 < store.byte_count <= 40_000
    assert store.of(listing[0]) is None
    background.close()


def test_a_damaged_photo_leaves_the_other_visible(qtbot: QtBot, pairs: Path) -> None:
    (pairs / "dog-negative.jpg").write_bytes(b"no photo")
    listing: PairSet = find_pairs([Source(pairs)])
    pair = next(pair for pair in listing.pairs if pair.original.name == "dog.jpg")
    background = Background(workers=1)
    store = PairThumbnails(64, background)
    store.want([pair])
    qtbot.waitUntil(lambda: store.of(pair) is not None, timeout=TIMEOUT)
    thumbnail = store.of(pair)
    assert thumbnail is not None
    assert thumbnail.original is not None
    assert thumbnail.edited is None
    background.close()


def test_several_pairs_are_swapped_left_out_and_put_back(qtbot: QtBot, panel: GalleryPanel) -> None:
    gallery = panel._gallery
    assert not panel.swap.isEnabled()
    choose_rows(panel, 1, 3)
    qtbot.mouseClick(panel.swap, LEFT)
    assert [gallery.repair_of(entry).swap for entry in gallery.entries[:4]] == [False, True, False, True]
    qtbot.mouseClick(panel.leave_out, LEFT)
    assert panel.filters[PairFilter.LEFT_OUT].text() == "Left out 2"
    assert panel.leave_out.text() == "Put &back"
    panel.view.setFocus()
    qtbot.keyClick(panel.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.filters[PairFilter.LEFT_OUT].text() == "Left out 0"
    qtbot.keyClick(panel.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert gallery.repairs().pairs == {}
    assert not panel.undo.isEnabled()


def test_a_pair_stays_selected_and_leaves_the_list_it_no_longer_belongs_to(
    qtbot: QtBot, panel: GalleryPanel
) -> None:
    choose_rows(panel, 2)
    qtbot.mouseClick(panel.leave_out, LEFT)
    panel.filters[PairFilter.LEFT_OUT].click()
    choose_rows(panel, 0)
    qtbot.mouseClick(panel.leave_out, LEFT)
    assert panel.empty.isVisible()
    assert panel.empty.text() == "No pair is left out."
    panel.filters[PairFilter.PROBLEMS].click()
    assert panel.empty.text() == "No problems found."


def test_wordings_are_typed_and_suggested(qtbot: QtBot, panel: GalleryPanel) -> None:
    gallery = panel._gallery
    choose_rows(panel, 0, 1)
    qtbot.mouseClick(panel.words, LEFT)
    dialog = panel.dialog
    assert isinstance(dialog, PairDialog)
    assert dialog.wordings() == ["make it a photographic negative"]
    chips = [chip for chip in dialog.suggestions.findChildren(QPushButton) if not chip.isHidden()]
    assert chips[0].text() == "+ turn it into a photographic negative"
    chips[0].click()
    dialog.box.appendPlainText("invert it\n\ninvert it")
    qtbot.mouseClick(dialog.save, LEFT)
    expected = ("make it a photographic negative", "turn it into a photographic negative", "invert it")
    for entry in gallery.entries[:2]:
        pair = gallery.repaired(entry)
        assert pair is not None
        assert pair.instructions == expected
    assert panel.dialog is None
    qtbot.mouseClick(panel.undo, LEFT)
    assert gallery.repairs().pairs == {}


def _visible_chips(dialog: PairDialog) -> list[QPushButton]:
    return [chip for chip in dialog.suggestions.findChildren(QPushButton) if chip.isVisible()]


def test_long_wordings_do_not_widen_the_dialog(qtbot: QtBot, panel: GalleryPanel) -> None:
    panel.view.select([panel.view.list.shown[0].name])
    qtbot.mouseClick(panel.words, LEFT)
    dialog = panel.dialog
    assert isinstance(dialog, PairDialog)
    long = "turn it into a photograph " + "that was taken a long time ago " * 8
    dialog.box.setPlainText(long)
    for width in (560, 380):
        dialog.resize(width, 560)
        qtbot.waitUntil(lambda: bool(_visible_chips(dialog)))
        qtbot.waitUntil(lambda: dialog.suggestions.width() <= dialog.width() - 40)
        chips = _visible_chips(dialog)
        assert all(chip.width() >= chip.minimumSizeHint().width() for chip in chips)
    assert chips[0].toolTip()
    chips[0].click()
    assert max(map(len, dialog.wordings())) > 200, "the whole text is added"
    dialog.reject()


def test_an_empty_instruction_cannot_be_used(qtbot: QtBot, panel: GalleryPanel) -> None:
    panel.view.setCurrentIndex(panel.view.list.index(0))
    panel.view.setFocus()
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    dialog = panel.dialog
    assert isinstance(dialog, PairDialog)
    dialog.box.setPlainText(" \n ")
    assert not dialog.save.isEnabled()
    dialog.reject()


def test_pairs_are_aligned_and_shown_before_they_are_used(
    qtbot: QtBot, panel: GalleryPanel, choice: DatasetChoice, pairs: Path
) -> None:
    with Image.open(pairs / "otter-negative.jpg") as image:
        width, height = image.size
        image.crop((width // 6, 0, width, height)).save(pairs / "otter-negative.jpg", quality=95)
    choice.choose(pairs)
    qtbot.waitUntil(lambda: choice.report is not None, timeout=TIMEOUT)
    panel.filters[PairFilter.PROBLEMS].click()
    assert [panel.view.list.index(0).data()] == ["make it a photographic negative"]
    panel.filters[PairFilter.ALL].click()
    place = next(row for row, entry in enumerate(panel.view.list.shown) if choice.gallery.problems_of(entry))
    choose_rows(panel, place, 0 if place else 1)
    qtbot.mouseClick(panel.align, LEFT)
    dialog = panel.dialog
    assert isinstance(dialog, AlignmentDialog)
    qtbot.waitUntil(dialog.is_finished, timeout=TIMEOUT)
    assert [report.code for report in dialog.failures] == ["alignment.not-needed"]
    assert "already" in dialog.failed.text()
    assert len(dialog.trials) == 1
    qtbot.mouseClick(dialog.use, LEFT)
    qtbot.waitUntil(lambda: choice.gallery.counts().problems == 0, timeout=TIMEOUT)
    assert choice.gallery.repair_of(panel.view.list.shown[place]).alignment is not None
