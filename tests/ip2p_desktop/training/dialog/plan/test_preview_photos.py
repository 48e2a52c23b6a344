"""The user's photos that are edited while a model is trained."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.background import Background
from ip2p_desktop.base.paths import sample_photos, sessions_folder
from ip2p_desktop.session.store.node_files import image_file, write_image, write_record, write_thumbnail
from ip2p_desktop.session.store.node_record import NodeKind, NodeRecord, new_node_id
from ip2p_desktop.session.store.session_folder import SessionFolder
from ip2p_desktop.training.dialog.plan.preview_photos import PreviewPhotos
from ip2p_desktop.training.plans.plan_choices import PlanChoices
from ip2p_desktop.training.plans.recent_photos import recent_photos

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def photos(qtbot: QtBot) -> Iterator[PreviewPhotos]:
    background = Background()
    view = PreviewPhotos(background)
    qtbot.addWidget(view)
    view.show()
    yield view
    background.close()


def store_photo(folder: Path, name: str, age: float, parent: str = "") -> Path:
    """A photo in a session, as the window stores it."""
    node = new_node_id()
    file = write_image(folder, node, Image.new("RGB", (40, 30), "teal"), {})
    thumbnail = QImage(16, 12, QImage.Format.Format_RGB32)
    thumbnail.fill(QColor("teal"))
    write_thumbnail(folder, node, thumbnail)
    size = file.stat().st_size
    record = NodeRecord(
        node_id=node, kind=NodeKind.PHOTO, name=name, image=node, width=40, height=30, byte_count=size,
        created=1.0, parent=parent,
    )  # fmt: skip
    write_record(folder, record)
    os.utime(folder / f"{node}.json", (1_000_000 - age, 1_000_000 - age))
    return image_file(folder, node)


@pytest.fixture
def session() -> Iterator[Path]:
    opened = SessionFolder.create(sessions_folder())
    opened.mark("{}")
    yield opened.path
    opened.close()


def test_the_photos_opened_last_are_found(session: Path) -> None:
    older = store_photo(session, "older.jpg", 50)
    latest = store_photo(session, "latest.jpg", 5)
    store_photo(session, "a result used as source", 1, parent=new_node_id())
    (session / "damaged.json").write_text("{")
    found = recent_photos(sessions_folder(), 4)
    assert [(photo.path, photo.name) for photo in found] == [(latest, "latest.jpg"), (older, "older.jpg")]
    assert len(recent_photos(sessions_folder(), 1)) == 1
    assert recent_photos(session / "missing", 4) == ()


def test_recent_photos_are_offered_and_none_is_chosen(
    qtbot: QtBot, photos: PreviewPhotos, session: Path
) -> None:
    latest = store_photo(session, "latest.jpg", 5)
    photos.offer_recent()
    qtbot.waitUntil(lambda: latest in photos.buttons)
    assert photos.photos == ()
    qtbot.mouseClick(photos.buttons[latest], LEFT)
    assert photos.photos == (latest,)
    assert photos.hint.text().startswith("1 photo")
    photos.offer_recent()
    qtbot.wait(50)
    assert photos.photos == (latest,)


def test_at_most_two_are_chosen(qtbot: QtBot, photos: PreviewPhotos) -> None:
    first, second, third = sample_photos()[:3]
    for path in (first, second, third):
        photos.choose(path)
        qtbot.waitUntil(lambda path=path: path in photos.photos)
    assert photos.photos == (second, third)
    assert not photos.buttons[first].isChecked()
    qtbot.mouseClick(photos.buttons[third], LEFT)
    assert photos.photos == (second,)


def test_a_file_that_is_no_photo_is_explained(qtbot: QtBot, photos: PreviewPhotos, tmp_path: Path) -> None:
    file = tmp_path / "notes.jpg"
    file.write_text("words")
    photos.choose(file)
    qtbot.waitUntil(photos.notice.isVisible)
    assert "notes.jpg" in photos.notice.message.text()
    assert photos.photos == ()


def test_chosen_photos_are_edited_with_the_instruction_of_the_pairs(tmp_path: Path) -> None:
    from engine.library import ModelCard
    from ip2p_desktop.training.plans.base_models import BaseModel
    from ip2p_desktop.training.plans.presets import Preset
    from trainer.config import read_config

    chosen = (tmp_path / "it's, [one].jpg", tmp_path / "two.jpg")
    choices = PlanChoices(
        base=BaseModel(ModelCard(path=tmp_path, name="Any")),
        pairs=24,
        instruction='make it, "odd"',
        photos=chosen,
    )
    validation = read_config(["data.data_path=x", *choices.settings(Preset.QUICK)]).validation
    assert validation.photos == [str(path) for path in chosen]
    assert validation.instructions == ['make it, "odd"'] * 2
