"""The page of a run whose files were deleted after its model was kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes.shown_run import ShownSession, brightness, make_previews, started, step_taken
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.library import ModelCard
from ip2p_desktop.training.dialog.progress.previews_view import PreviewsView
from ip2p_desktop.training.dialog.progress.progress_page import ProgressPage
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingRun

MakePage = Callable[..., ProgressPage]
LEFT = Qt.MouseButton.LeftButton
DELETED = "The model is kept. The pictures were deleted with the files of its training."


@pytest.fixture
def keep(session: ShownSession, run: TrainingRun) -> Callable[[], None]:
    """Keeps the model of the run, and deletes the files."""

    def keep() -> None:
        shutil.rmtree(run.folder)
        session.model = ModelCard(path=run.folder.parent / "kept", name="Copper")
        session.runs_changed.emit()

    return keep


def train(session: ShownSession, run: TrainingRun) -> None:
    previews = make_previews(run.folder, (0, 50))
    session.enter(TrainingPhase.DONE, started(), step_taken(50), *previews)


def are_shown(view: PreviewsView) -> bool:
    return all(picture.image is not None for picture in view.pictures() if not picture.isHidden())


def test_pictures_in_memory_stay_without_a_slider(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun, keep: Callable[[], None]
) -> None:
    page = make_page()
    view = page.previews
    train(session, run)
    qtbot.waitUntil(lambda: are_shown(view) and view.slider.isVisible())
    qtbot.mouseClick(view.choice.thumbnails[2], LEFT)
    qtbot.waitUntil(lambda: view.edit is not None and view.edit.number == 2 and are_shown(view))
    keep()
    assert not view.slider.isVisible()
    assert view.instruction.text() == "“edit 2”"
    assert len(view.choice.thumbnails) == 2, "the original of another edit was never read"
    for number, thumbnail in ((0, view.choice.thumbnails[0]), (2, view.choice.thumbnails[1])):
        qtbot.mouseClick(thumbnail, LEFT)
        assert are_shown(view)
        assert view.now.image is not None
        assert view.now.image.pixelColor(5, 5).red() == brightness(50, number)
        assert view.now.text() == "Now"
    assert not view.empty.isVisible()


def test_without_pictures_in_memory_a_sentence_says_where_they_are(
    make_page: MakePage, session: ShownSession, run: TrainingRun, keep: Callable[[], None]
) -> None:
    train(session, run)
    keep()
    page = make_page()
    assert page.previews.empty.isVisible()
    assert page.previews.empty.text() == DELETED
    for part in (page.previews.slider, page.previews.choice, page.previews.now):
        assert not part.isVisible()


def test_pictures_of_a_run_that_was_kept_too_are_all_there(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    session.run = replace(run, is_own=False)  # nothing of a run from elsewhere is deleted
    page = make_page()
    train(session, run)
    session.model = ModelCard(path=run.folder.parent / "kept", name="Copper")
    session.runs_changed.emit()
    qtbot.waitUntil(lambda: are_shown(page.previews) and page.previews.slider.isVisible())
    assert len(page.previews.choice.thumbnails) == 3
