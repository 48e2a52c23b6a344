"""What the check of a folder finds is shown at its pairs, and said with what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.giving_pictures import press
from PIL import Image
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.background import Background
from ip2p_desktop.training.dialog.pictures.findings_view import FindingsView
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.pictures.dataset_choice import DatasetChoice
from ip2p_desktop.training.pictures.gallery import PairFilter

TIMEOUT = 60_000


@pytest.fixture
def choice() -> Iterator[DatasetChoice]:
    background = Background()
    choice = DatasetChoice(background)
    yield choice
    choice.clear()
    background.close()


def test_images_are_checked_after_the_search(qtbot: QtBot, choice: DatasetChoice, pairs: Path) -> None:
    spoilt = sorted(pairs.glob("*.jpg"))[0]
    with Image.open(spoilt) as photo:
        photo.crop((0, 0, photo.width * 3 // 4, photo.height)).save(spoilt)
    view = FindingsView(choice)
    qtbot.addWidget(view)
    choice.choose(pairs)
    view.refresh()
    assert view.isVisibleTo(None)  # type: ignore[arg-type]
    assert view.heading.text() == "Looking for pairs…"
    qtbot.waitUntil(lambda: choice.report is not None, timeout=TIMEOUT)
    view.refresh()
    assert choice.report is not None
    assert (choice.report.usable, choice.usable()) == (7, 7)
    panel = view.panel
    assert [button.text() for button in panel.filters.values()] == ["All 8", "With problems 1", "Left out 1"]
    panel.filters[PairFilter.PROBLEMS].click()
    entry = panel.view.list.shown[0]
    assert entry.pair is not None
    assert spoilt.name in (entry.pair.original.name, entry.pair.edited.name)
    assert [problem.kind for problem in choice.gallery.problems_of(entry)] == ["different shapes"]
    assert "7" in view.state.text()
    assert "20" in view.advice.text(), "few pairs"


def test_a_folder_that_is_removed_while_it_is_checked_is_said_once_and_checked_again(
    qtbot: QtBot, make_dialog: Callable[..., TrainingDialog], pairs: Path, tmp_path: Path
) -> None:
    dialog = make_dialog()
    dataset, view = dialog.session.dataset, dialog.examples_page.findings
    elsewhere = tmp_path / "elsewhere"

    def remove() -> None:
        if dataset.findings is not None and pairs.exists():
            pairs.rename(elsewhere)

    dataset.changed.connect(remove)  # the pairs are found, and their check begins next
    dialog.choose_folder(pairs)
    qtbot.waitUntil(view.check_notice.isVisible)
    sentence = f"{pairs} was removed or disconnected while its pairs were checked."
    assert view.check_notice.message.text() == sentence
    assert dataset.gallery.counts().problems == 0, "one sentence, and none at each pair"
    assert not dialog.examples_page.next_button.isEnabled()
    press(qtbot, dialog, "check_again")
    qtbot.waitUntil(lambda: dataset.check_failure is not None)
    assert view.check_notice.isVisible()
    assert dataset.progress is None
    elsewhere.rename(pairs)
    dataset.changed.disconnect(remove)
    press(qtbot, dialog, "check_again")
    qtbot.waitUntil(lambda: dataset.report is not None)
    assert dataset.usable() == 8
    assert not view.check_notice.isVisible()
    assert not view.again_button.isVisible()
    assert dialog.examples_page.next_button.isEnabled()
    thumbnails, pair = view.panel.view.thumbnails, dataset.gallery.entries[0].pair
    assert pair is not None
    qtbot.waitUntil(lambda: (made := thumbnails.of(pair)) is not None and made.original is not None)
    dialog.shut_down()


def test_pairs_of_one_photo_are_said(
    qtbot: QtBot, choice: DatasetChoice, tmp_path: Path, pairs: Path
) -> None:
    folder, lines = tmp_path / "one photo", []
    folder.mkdir()
    with Image.open(pairs / "dog.jpg") as photo, Image.open(pairs / "dog-negative.jpg") as edited:
        for number in range(9):
            photo.save(folder / f"{number}-a.jpg", quality=95 - number)
            edited.save(folder / f"{number}-b.png")
            names = {"original_image": f"{number}-a.jpg", "edited_image": f"{number}-b.png"}
            lines.append(json.dumps({**names, "edit_instruction": f"negative {number}"}))
    (folder / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
    view = FindingsView(choice)
    qtbot.addWidget(view)
    choice.choose(folder)
    qtbot.waitUntil(lambda: choice.report is not None, timeout=TIMEOUT)
    view.refresh()
    assert view.advice.text().startswith("All pairs are of one photo.")


def test_another_folder_cancels_the_check_of_the_first(
    qtbot: QtBot, choice: DatasetChoice, pairs: Path
) -> None:
    choice.choose(pairs)
    choice.choose(Path(__file__).parent)
    qtbot.waitUntil(lambda: choice.failure is not None, timeout=TIMEOUT)
    assert choice.report is None
    assert choice.gallery.entries == ()


def test_files_without_partner_are_said(qtbot: QtBot, choice: DatasetChoice, pairs: Path) -> None:
    (pairs / "dog-negative.jpg").unlink()
    view = FindingsView(choice)
    qtbot.addWidget(view)
    choice.choose(pairs)
    qtbot.waitUntil(lambda: choice.report is not None, timeout=TIMEOUT)
    view.refresh()
    assert view.advice.text().startswith("1")
    view.panel.filters[PairFilter.LEFT_OUT].click()
    assert [view.panel.view.list.index(0).data()] == ["Line 2: dog-negative.jpg is missing."]
    shutil.copyfile(pairs / "dog.jpg", pairs / "dog-negative.jpg")
