"""A practice set is made of photos and recipes, with progress and cancelling, and used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.giving_pictures import TIMEOUT, drop_files, found, press
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.paths import collections_folder
from ip2p_desktop.training.dialog.pictures.sources.practice_form import PracticeForm
from ip2p_desktop.training.dialog.pictures.sources.recipe_list import NAME
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.pictures.collections.pair_collection import read_collection

pytestmark = pytest.mark.filterwarnings("ignore:.*QDrag")


@pytest.fixture
def dialog(make_dialog: Callable[..., TrainingDialog]) -> Iterator[TrainingDialog]:
    dialog = make_dialog()
    yield dialog
    dialog.shut_down()


@pytest.fixture
def form(qtbot: QtBot, dialog: TrainingDialog) -> PracticeForm:
    press(qtbot, dialog, "way_practice")
    return dialog.examples_page.sources.practice


@pytest.fixture
def photo_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "holiday"
    folder.mkdir()
    for number in range(3):
        colours = Image.effect_mandelbrot((160, 120), (-2, -1.5, 1, 1.5), 20 + number).convert("RGB")
        colours.save(folder / f"{number}.png")
    return folder


def test_it_begins_with_the_samples_and_shows_what_recipes_make(qtbot: QtBot, form: PracticeForm) -> None:
    assert form.photos_label.text().startswith("8 photo")
    assert not form.make.isEnabled()
    assert not form.opened.isVisible()
    with qtbot.waitSignal(form.maker.sampled, timeout=TIMEOUT) as sampled:
        pass
    name, image = sampled.args
    assert name == "black and white"
    assert not image.isNull()


def test_a_set_is_made_of_a_folder_and_two_recipes(
    qtbot: QtBot, dialog: TrainingDialog, form: PracticeForm, photo_folder: Path
) -> None:
    assert drop_files(form.photos, [photo_folder])
    qtbot.waitUntil(lambda: form.photos_label.text().startswith("3 photo"))
    form.recipes.setCurrentRow(1)
    qtbot.keyClick(form.recipes, Qt.Key.Key_Space)
    qtbot.keyClick(form.recipes, Qt.Key.Key_Right)
    qtbot.keyClick(form.recipes, Qt.Key.Key_Space)
    assert form.recipes.chosen == ["sepia", "faded"]
    assert form.words.words == ("make it sepia and make it look faded",)
    form.words.setPlainText("make it look like my albums")
    press(qtbot, dialog, "make_practice")
    assert form.progress.isVisible()
    assert found(qtbot, dialog) == 24
    findings = dialog.session.dataset.findings
    assert findings is not None
    assert findings.instructions == ("make it look like my albums",)
    assert dialog.examples_page.next_button.isEnabled()
    drop = dialog.examples_page.drop
    qtbot.waitUntil(lambda: drop.name_label.text() == "Sepia, Faded")


def test_what_is_chosen_stays_in_sight(qtbot: QtBot, dialog: TrainingDialog, form: PracticeForm) -> None:
    recipes = form.recipes
    assert not form.chosen_label.isVisible()
    dialog.resize(520, 640)
    last = recipes.item(recipes.count() - 1)
    recipes.choose(str(last.data(NAME)), True)

    def is_in_sight() -> bool:
        return recipes.viewport().rect().contains(recipes.visualItemRect(last).center())

    qtbot.waitUntil(is_in_sight)
    recipes.verticalScrollBar().setValue(0)
    assert not is_in_sight()
    assert form.chosen_label.isVisible()
    assert form.chosen_label.text() == f"Chosen: {last.text()}"
    dialog.resize(760, 640)  # other columns
    qtbot.waitUntil(is_in_sight)
    dialog.resize(520, 640)
    qtbot.waitUntil(is_in_sight)


def test_a_second_set_of_the_same_recipe_has_a_name_and_a_folder_of_its_own(
    qtbot: QtBot, dialog: TrainingDialog, form: PracticeForm, photo_folder: Path
) -> None:
    assert drop_files(form.photos, [photo_folder])
    qtbot.waitUntil(lambda: form.photos_label.text().startswith("3 photo"))
    form.recipes.choose("sepia", True)
    press(qtbot, dialog, "make_practice")
    assert found(qtbot, dialog) == 24
    (first,) = collections_folder().iterdir()
    before = {file: file.stat().st_mtime_ns for file in first.iterdir()}
    press(qtbot, dialog, "other_ways")
    press(qtbot, dialog, "way_practice")
    press(qtbot, dialog, "make_practice")
    assert found(qtbot, dialog) == 24
    names = {folder.name: read_collection(folder).name for folder in collections_folder().iterdir()}
    assert names == {"sepia": "Sepia", "sepia-2": "Sepia 2"}
    assert {file: file.stat().st_mtime_ns for file in first.iterdir()} == before
    drop = dialog.examples_page.drop
    qtbot.waitUntil(lambda: drop.name_label.text() == "Sepia 2", timeout=TIMEOUT)


def test_cancelling_leaves_nothing(qtbot: QtBot, dialog: TrainingDialog, form: PracticeForm) -> None:
    form.recipes.choose("oil painting", True)
    press(qtbot, dialog, "make_practice")
    qtbot.waitUntil(lambda: form.progress.bar.value() >= 1, timeout=TIMEOUT)
    assert not form.make.isVisible()
    assert form.progress.cancel.hasFocus()
    press(qtbot, dialog, "practice_progress_cancel")
    assert not form.progress.isVisible()
    assert form.make.isVisible()
    assert form.make.isEnabled()
    qtbot.waitUntil(lambda: list(collections_folder().iterdir()) == [], timeout=TIMEOUT)
    assert dialog.session.dataset.path is None


def test_a_folder_without_photos_changes_nothing(qtbot: QtBot, form: PracticeForm, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert drop_files(form.photos, [empty])
    qtbot.waitUntil(lambda: form.names_label.text().startswith("There is no photo in it."))
    assert form.photos_label.text().startswith("8 photo")


def test_unreadable_photos_are_told(
    qtbot: QtBot, dialog: TrainingDialog, form: PracticeForm, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff")
    assert drop_files(form.photos, [broken])
    qtbot.waitUntil(lambda: form.photos_label.text().startswith("1 photo"))
    form.recipes.choose("sepia", True)
    press(qtbot, dialog, "make_practice")
    qtbot.waitUntil(form.notice.isVisible, timeout=TIMEOUT)
    assert form.notice.message.text().startswith("None of the photos can be used.")
    assert form.make.isEnabled()
