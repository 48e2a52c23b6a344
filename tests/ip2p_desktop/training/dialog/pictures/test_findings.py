"""The remarks of the check of a folder are shown beside the entries left out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.background import Background
from ip2p_desktop.training.dialog.pictures.findings_view import FindingsView
from ip2p_desktop.training.pictures.dataset_choice import DatasetChoice

TIMEOUT = 60_000


@pytest.fixture
def choice() -> Iterator[DatasetChoice]:
    background = Background()
    yield DatasetChoice(background)
    background.close()


def test_images_are_checked_after_the_search(
    qtbot: QtBot, choice: DatasetChoice, pairs: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "pairs"
    shutil.copytree(pairs, folder)
    spoilt = sorted(folder.glob("*.*"))[0]
    with Image.open(spoilt) as photo:
        photo.crop((0, 0, photo.width * 3 // 4, photo.height)).save(spoilt)
    choice.choose(folder)
    qtbot.waitUntil(lambda: choice.report is not None, timeout=TIMEOUT)
    assert choice.report is not None
    assert choice.report.usable == 7
    view = FindingsView()
    qtbot.addWidget(view)
    view.show_report(choice.report)
    assert view.remarks.button.text() == "1 thing to look at"
    assert view.remarks.list.text().startswith("Images of different shape: 1 (")
    view.show_report(None)
    assert view.remarks.isHidden()


def test_another_folder_cancels_the_check_of_the_first(
    qtbot: QtBot, choice: DatasetChoice, pairs: Path
) -> None:
    choice.choose(pairs)
    choice.choose(Path(__file__).parent)
    qtbot.waitUntil(lambda: choice.failure is not None, timeout=TIMEOUT)
    assert choice.report is None
