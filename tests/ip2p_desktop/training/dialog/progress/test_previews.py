"""The pictures of a run: through time, before, now and wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.shown_run import SIDE, brightness, make_previews
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ip2p_desktop.training.dialog.progress.preview_images import LARGEST_SIDE, PreviewImages
from ip2p_desktop.training.dialog.progress.preview_picture import PreviewPicture
from ip2p_desktop.training.dialog.progress.preview_timeline import PreviewTimeline
from ip2p_desktop.training.dialog.progress.previews_view import PreviewsView
from ip2p_desktop.training.runs.training_runs import TrainingRun
from trainer.protocol.events import PreviewMade

STEPS = (0, 50, 100, 200)


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[PreviewsView]:
    view = PreviewsView()
    qtbot.addWidget(view)
    view.resize(660, 400)
    view.show()
    yield view
    view.shut_down()


@pytest.fixture
def images(qtbot: QtBot) -> Iterator[PreviewImages]:
    images = PreviewImages(memory_limit=3 * SIDE * SIDE * 4)
    yield images
    images.shut_down()


def show(view: PreviewsView, run: TrainingRun, previews: list[PreviewMade]) -> None:
    view.show_timeline(PreviewTimeline.of(previews, run.folder), {})


def grey(picture: PreviewPicture) -> int:
    """The grey that is shown; -1 while there is none."""
    return _colour(picture.image).red() if picture.image else -1


def _colour(image: QImage | None) -> QColor:
    return image.pixelColor(5, 5) if image else QColor()


def shows(qtbot: QtBot, view: PreviewsView, step: int, number: int = 0) -> None:
    qtbot.waitUntil(lambda: grey(view.now) == brightness(step, number))


def test_a_pair_is_shown_before_now_and_wanted(qtbot: QtBot, view: PreviewsView, run: TrainingRun) -> None:
    show(view, run, make_previews(run.folder, STEPS))
    shows(qtbot, view, 200)
    qtbot.waitUntil(lambda: view.wanted.image is not None)
    assert (_colour(view.before.image), _colour(view.wanted.image)) == (QColor("red"), QColor("blue"))
    assert (view.before.text(), view.now.text(), view.wanted.text()) == ("Before", "Now", "Wanted")
    assert view.instruction.text() == "“edit 0”"
    assert view.kind.text() == "Held-back pair: not trained on"
    sides = {(picture.frame().width(), picture.frame().height()) for picture in view.pictures()}
    assert len(sides) == 1
    assert sides.pop()[0] > 200


def test_a_photo_has_nothing_wanted(qtbot: QtBot, view: PreviewsView, run: TrainingRun) -> None:
    show(view, run, make_previews(run.folder, STEPS))
    assert view.wanted.isVisible()
    qtbot.mouseClick(view.choice.thumbnails[2], Qt.MouseButton.LeftButton)
    shows(qtbot, view, 200, number=2)
    assert not view.wanted.isVisible()
    assert (view.instruction.text(), view.kind.text()) == ("“edit 2”", "Your photo")
    qtbot.mouseClick(view.choice.thumbnails[1], Qt.MouseButton.LeftButton)
    assert view.kind.text() == "Pair of the dataset: trained on"


def test_the_newest_is_followed_until_the_slider_is_moved(
    qtbot: QtBot, view: PreviewsView, run: TrainingRun
) -> None:
    show(view, run, make_previews(run.folder, STEPS[:2]))
    show(view, run, make_previews(run.folder, STEPS[:3]))
    shows(qtbot, view, 100)
    assert not view.slider.newest_button.isEnabled()
    qtbot.keyClick(view.slider.slider, Qt.Key.Key_Left)
    shows(qtbot, view, 50)
    assert (view.slider.label.text(), view.now.text()) == ("Step 50", "Step 50")
    show(view, run, make_previews(run.folder, STEPS))
    shows(qtbot, view, 50)
    assert view.slider.slider.maximum() == 3
    qtbot.mouseClick(view.slider.newest_button, Qt.MouseButton.LeftButton)
    shows(qtbot, view, 200)
    assert (view.slider.label.text(), view.now.text()) == ("Step 200", "Now")
    show(view, run, make_previews(run.folder, (*STEPS, 300)))
    shows(qtbot, view, 300)


def test_keys_go_through_time(qtbot: QtBot, view: PreviewsView, run: TrainingRun) -> None:
    show(view, run, make_previews(run.folder, STEPS))
    qtbot.keyClick(view.slider.slider, Qt.Key.Key_Home)
    shows(qtbot, view, 0)
    assert view.slider.label.text() == "Before training"
    assert not view.slider.is_following
    qtbot.keyClick(view.slider.slider, Qt.Key.Key_End)
    shows(qtbot, view, 200)
    assert view.slider.is_following


def test_the_wheel_scrolls_the_page_and_not_through_time(view: PreviewsView, run: TrainingRun) -> None:
    show(view, run, make_previews(run.folder, STEPS))
    place = QPointF(20, 8)
    event = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.slider.slider, event)
    assert view.slider.moment == 3


def test_the_time_stands_beside_the_step(view: PreviewsView, run: TrainingRun) -> None:
    timeline = PreviewTimeline.of(make_previews(run.folder, STEPS), run.folder)
    view.show_timeline(timeline, {200: 1_000_000_000.0})
    step, _, time = view.slider.label.text().partition(" · ")
    assert step == "Step 200"
    assert time.startswith("9/9/01")


def test_a_run_that_was_resumed_shows_the_later_pictures(run: TrainingRun) -> None:
    first, again = make_previews(run.folder, (0, 50)), make_previews(run.folder, (50, 60))
    timeline = PreviewTimeline.of([*first, *again], run.folder)
    assert timeline.steps == (0, 50, 60)
    assert [edit.number for edit in timeline.edits] == [0, 1, 2]


def test_an_edit_that_was_not_made_at_a_step_shows_its_earlier_picture(run: TrainingRun) -> None:
    previews = [each for each in make_previews(run.folder, STEPS) if (each.step, each.number) != (100, 1)]
    timeline = PreviewTimeline.of(previews, run.folder)
    shown = timeline.edited(timeline.edits[1], moment=2)
    assert shown is not None
    assert shown.name == "step-00000050-1.png"


def test_a_picture_that_is_missing_is_said(qtbot: QtBot, view: PreviewsView, run: TrainingRun) -> None:
    previews = make_previews(run.folder, STEPS)
    (run.folder / "previews" / "step-00000200-0.png").unlink()
    (run.folder / "previews" / "wanted-0.png").write_bytes(b"no picture")
    show(view, run, previews)
    for picture in (view.now, view.wanted):
        qtbot.waitUntil(lambda shown=picture: shown.remark == "This picture is missing.")
        assert not picture.isEnabled()
    qtbot.keyClick(view.slider.slider, Qt.Key.Key_Left)
    shows(qtbot, view, 100)
    assert view.now.remark == ""


def test_a_picture_is_decoded_once_while_it_is_in_memory(
    qtbot: QtBot, images: PreviewImages, run: TrainingRun
) -> None:
    make_previews(run.folder, STEPS)
    files = [run.folder / "previews" / f"step-{step:08d}-0.png" for step in STEPS]
    images.want(files[:1])
    qtbot.waitUntil(lambda: images.image(files[0]) is not None)
    files[0].unlink()
    images.want(files[1:2])
    qtbot.waitUntil(lambda: images.image(files[1]) is not None)
    images.want(files[:1])
    assert images.image(files[0]) is not None


def test_memory_is_limited_to_the_latest_pictures(
    qtbot: QtBot, images: PreviewImages, run: TrainingRun
) -> None:
    steps = range(0, 400, 10)
    make_previews(run.folder, steps)
    files = [run.folder / "previews" / f"step-{step:08d}-0.png" for step in steps]
    for file in files:
        images.want([file])
        qtbot.waitUntil(lambda shown=file: images.image(shown) is not None)
    assert images.byte_count <= 3 * SIDE * SIDE * 4
    assert [file for file in files if images.image(file)] == files[-3:]


def test_all_pictures_that_are_shown_fit_whatever_the_limit(
    qtbot: QtBot, images: PreviewImages, run: TrainingRun
) -> None:
    make_previews(run.folder, range(0, 60, 10))
    files = sorted((run.folder / "previews").glob("step-*-0.png"))
    images.want(files)
    qtbot.waitUntil(lambda: all(images.image(file) for file in files))


def test_a_large_photo_is_reduced(qtbot: QtBot, images: PreviewImages, tmp_path: Path) -> None:
    file = tmp_path / "large.jpg"
    Image.new("RGB", (3000, 1500), "green").save(file)
    images.want([file])
    qtbot.waitUntil(lambda: images.image(file) is not None)
    image = images.image(file)
    assert image is not None
    assert (image.width(), image.height()) == (LARGEST_SIDE, LARGEST_SIDE // 2)


def test_pictures_of_another_shape_keep_it(qtbot: QtBot, view: PreviewsView, run: TrainingRun) -> None:
    previews = make_previews(run.folder, STEPS)
    for file in (run.folder / "previews").glob("*.png"):
        with Image.open(file) as image:
            image.resize((2 * SIDE, SIDE)).save(file)
    show(view, run, previews)
    shows(qtbot, view, 200)
    frame = view.now.frame()
    assert frame.width() == pytest.approx(2 * frame.height(), abs=2)
