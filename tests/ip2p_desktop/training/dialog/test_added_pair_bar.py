"""A result that becomes a pair while the dialog shows a run: said, with a way to it and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.giving_pictures import TIMEOUT, found
from fakes.training_steps import kill_trainer, press, reaches, start, text
from PIL import Image
from pytestqt.qtbot import QtBot

from engine.library import ModelCard
from ip2p_desktop.base.paths import collections_folder
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.image_memory import StoredImage
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.widgets.display_images import DisplayImage

MakeDialog = Callable[..., TrainingDialog]


@pytest.fixture
def end_dialogs(make_dialog: MakeDialog) -> Iterator[MakeDialog]:
    made: list[TrainingDialog] = []

    def make(behaviour: str) -> TrainingDialog:
        made.append(make_dialog(behaviour))
        return made[-1]

    yield make
    for dialog in made:
        kill_trainer(dialog.session)
        dialog.shut_down()


def stored(colour: str) -> StoredImage:
    image = Image.new("RGB", (96, 64), colour)
    return StoredImage.of(DisplayImage.of(image), image)


@pytest.fixture
def result(tmp_path: Path) -> EditedPhoto:
    card = ModelCard(path=tmp_path / "starter", name="Starter")
    source = SourcePhoto(stored("red"), "roofs")
    return EditedPhoto(source, card, EditState(instruction="make it snow"), stored("white"), name="snow")


def pairs_are(qtbot: QtBot, dialog: TrainingDialog, count: int) -> None:
    ending = f"“From my edits”: {count} pair"
    qtbot.waitUntil(lambda: ending in text(dialog, "added_pair"), timeout=TIMEOUT)


def test_a_pair_that_is_added_during_a_run_is_said_and_shown(
    qtbot: QtBot, end_dialogs: MakeDialog, pairs: Path, result: EditedPhoto
) -> None:
    dialog = end_dialogs("linger")
    start(qtbot, dialog, pairs)
    qtbot.waitUntil(lambda: dialog.session.progress.step == 3, timeout=TIMEOUT)
    assert not dialog.added_pair.isVisible()
    dialog.use_as_pair(result)
    assert dialog.pages.currentWidget() is dialog.progress_page
    assert dialog.added_pair.isVisible()
    pairs_are(qtbot, dialog, 1)
    dialog.use_as_pair(result)
    pairs_are(qtbot, dialog, 2)
    press(qtbot, dialog, "show_added_pair")
    assert dialog.pages.currentWidget() is dialog.examples_page
    rows = dialog.examples_page.sources.by_hand.pairs.rows
    assert [row.text for row in rows.rows] == ["make it snow", "make it snow"]
    assert not dialog.examples_page.findings.isVisible(), "those of the run are not among them"
    dialog.session.pause()
    reaches(qtbot, dialog, TrainingPhase.PAUSED)
    assert dialog.pages.currentWidget() is dialog.examples_page, "the run does not come in between"
    press(qtbot, dialog, "back_to_run")
    assert dialog.pages.currentWidget() is dialog.progress_page
    press(qtbot, dialog, "show_added_pair")
    press(qtbot, dialog, "use_pairs")
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is dialog.progress_page, timeout=TIMEOUT)
    assert text(dialog, "added_pair").startswith("Other pairs can be used when this training has ended.")
    assert dialog.session.is_running()
    press(qtbot, dialog, "dismiss_added_pair")
    assert not dialog.added_pair.isVisible()


def test_a_pair_that_is_added_after_a_run_is_used_for_the_next(
    qtbot: QtBot, end_dialogs: MakeDialog, pairs: Path, result: EditedPhoto
) -> None:
    dialog = end_dialogs("train")
    start(qtbot, dialog, pairs)
    reaches(qtbot, dialog, TrainingPhase.DONE)
    dialog.use_as_pair(result)
    pairs_are(qtbot, dialog, 1)
    press(qtbot, dialog, "show_added_pair")
    assert not dialog.added_pair.isVisible()
    press(qtbot, dialog, "use_pairs")
    assert found(qtbot, dialog) == 1
    findings = dialog.session.dataset.findings
    assert findings is not None
    assert findings.listing.folder.parent == collections_folder()


def test_a_pair_that_cannot_be_added_is_said(
    qtbot: QtBot, end_dialogs: MakeDialog, pairs: Path, result: EditedPhoto
) -> None:
    dialog = end_dialogs("linger")
    start(qtbot, dialog, pairs)
    qtbot.waitUntil(lambda: dialog.session.progress.step == 3, timeout=TIMEOUT)
    collections_folder().parent.mkdir(parents=True, exist_ok=True)
    collections_folder().write_text("in the way")
    dialog.use_as_pair(result)
    said = lambda: text(dialog, "added_pair")  # noqa: E731
    qtbot.waitUntil(lambda: said().startswith("The pair was not added: "), timeout=TIMEOUT)
    assert "cannot be written" in said()
