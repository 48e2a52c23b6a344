"""A picture as large as the page."""

from __future__ import annotations

from collections.abc import Callable

from fakes.shown_run import ShownSession, brightness, make_previews, started
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from ip2p_desktop.training.dialog.progress.progress_page import ProgressPage
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingRun

MakePage = Callable[..., ProgressPage]
STEPS = (0, 50, 100)


def page_with_pictures(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> ProgressPage:
    session.enter(TrainingPhase.TRAINING, started(), *make_previews(run.folder, STEPS))
    page = make_page()
    qtbot.waitUntil(lambda: all(picture.image for picture in page.previews.pictures()))
    return page


def test_a_click_shows_a_picture_large_with_a_divider(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = page_with_pictures(qtbot, make_page, session, run)
    qtbot.mouseClick(page.previews.now, Qt.MouseButton.LeftButton)
    large = page.enlarged
    assert large.isVisible()
    assert large.geometry() == page.rect()
    assert large.pictures.frame().height() > 2 * page.previews.now.frame().height()
    assert large.heading.text() == "“edit 0” · Step 100"
    frame = large.pictures.frame()
    grabbed = large.pictures.grab().toImage()
    left = grabbed.pixelColor(frame.left() + 8, frame.bottom() - 8)
    right = grabbed.pixelColor(frame.right() - 8, frame.bottom() - 8)
    assert (left.name(), right.red()) == ("#ff0000", brightness(100, 0))
    qtbot.mouseClick(large.pictures, Qt.MouseButton.LeftButton, pos=QPoint(frame.left(), frame.center().y()))
    assert large.pictures.share == 0
    qtbot.keyClick(large.pictures, Qt.Key.Key_Right)
    assert 0 < large.pictures.share < 0.1


def test_the_wanted_picture_is_compared_with_the_one_of_now(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = page_with_pictures(qtbot, make_page, session, run)
    qtbot.mouseClick(page.previews.wanted, Qt.MouseButton.LeftButton)
    large = page.enlarged
    assert (large.with_wanted.isChecked(), large.with_before.isChecked()) == (True, False)
    frame = large.pictures.frame()
    corner = QPoint(frame.left() + 8, frame.bottom() - 8)
    assert large.pictures.grab().toImage().pixelColor(corner).name() == "#0000ff"
    qtbot.mouseClick(large.with_before, Qt.MouseButton.LeftButton)
    assert large.pictures.grab().toImage().pixelColor(corner).name() == "#ff0000"


def test_keys_go_through_time_and_close_only_the_large_picture(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = page_with_pictures(qtbot, make_page, session, run)
    qtbot.keyClick(page.previews.before, Qt.Key.Key_Space)
    large = page.enlarged
    assert large.isVisible()
    qtbot.keyClick(large.pictures, Qt.Key.Key_PageUp)
    assert large.heading.text() == "“edit 0” · Step 50"
    qtbot.keyClick(large.pictures, Qt.Key.Key_Escape)
    assert not large.isVisible()
    assert page.isVisible()


def test_new_pictures_are_shown_large_too(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = page_with_pictures(qtbot, make_page, session, run)
    qtbot.mouseClick(page.previews.now, Qt.MouseButton.LeftButton)
    session.enter(TrainingPhase.TRAINING, *make_previews(run.folder, (200,)))
    qtbot.waitUntil(lambda: page.enlarged.heading.text() == "“edit 0” · Step 200")
    page.resize(900, 700)
    assert page.enlarged.geometry() == page.rect()
