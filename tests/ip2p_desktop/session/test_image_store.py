"""Images are moved from memory to files and read back unchanged; if that fails they stay in memory."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from engine.errors import ImageUnreadable
from engine.files.locking import AlreadyLocked
from ip2p_desktop.base.background import Background
from ip2p_desktop.session import image_store
from ip2p_desktop.session.image_store import ImageStore, StoredImage
from ip2p_desktop.widgets.display_images import DisplayImage


def stored(seed: int, size: tuple[int, int] = (1300, 900)) -> tuple[StoredImage, Image.Image]:
    image = Image.effect_noise(size, 40 + seed).convert("RGB")
    image.info = {"dpi": (300.0, 300.0)}
    return StoredImage(DisplayImage.of(image), image), image


def test_pixels_come_back_as_they_were(tmp_path: Path) -> None:
    store = ImageStore(tmp_path / "session", byte_limit=0)
    first, image = stored(1)
    levels = [level.copy() for level in first.display_image.levels]
    second, _ = stored(2)
    for stored_image in (first, second):
        store.add(stored_image)
    assert first.byte_count == 0
    assert second.byte_count > 0
    assert [*first.display_image.levels] == levels
    assert second.byte_count == 0
    assert first.image.tobytes() == image.tobytes()
    assert first.image.info == image.info
    assert first.image is first.image
    assert first.size == second.size


def test_the_one_used_longest_ago_leaves_first(tmp_path: Path) -> None:
    images = [stored(number)[0] for number in range(3)]
    store = ImageStore(tmp_path, byte_limit=2 * images[0].byte_count)
    for image in images[:2]:
        store.add(image)
    assert images[0].display_image
    store.add(images[2])
    assert [image.byte_count > 0 for image in images] == [True, False, True]


def test_a_removed_image_leaves_neither_file_nor_memory(tmp_path: Path) -> None:
    store = ImageStore(tmp_path, byte_limit=0)
    images = [stored(number)[0] for number in range(2)]
    for image in images:
        store.add(image)
    assert len([*tmp_path.rglob("*.pixels")]) == 1
    for image in images:
        store.remove(image)
    assert [image.byte_count for image in images] == [0, 0]
    assert [*tmp_path.rglob("*.pixels")] == []


def test_where_nothing_can_be_written_pixels_stay_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "session").write_text("not a folder")
    store = ImageStore(tmp_path / "session", byte_limit=0)
    images = [stored(number)[0] for number in range(2)]
    for image in images:
        store.add(image)
    assert all(image.byte_count > 0 for image in images)
    assert "stays in memory" in caplog.text


def test_an_image_that_could_not_be_written_is_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "session"
    folder.write_text("not a folder")
    store = ImageStore(folder, byte_limit=0)
    images = [stored(number, (80, 60))[0] for number in range(3)]
    for image in images[:2]:
        store.add(image)
    folder.unlink()
    store.add(images[2])
    assert [image.has_file for image in images] == [True, True, False]
    store.close()


def test_a_new_folder_is_never_taken_for_an_abandoned_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program begins to write right after the folder was made."""
    folder = tmp_path / "session"
    survived: dict[str, bool] = {}
    make_folder = os.mkdir

    def mkdir(path: str | Path, *arguments: Any, **options: Any) -> None:
        make_folder(path, *arguments, **options)
        if Path(path).parent == folder and not survived:
            survived[str(path)] = False
            write_two_images()
            survived[str(path)] = Path(path).is_dir()

    def write_two_images() -> None:
        store = ImageStore(folder, byte_limit=0)
        images = [stored(number, (80, 60))[0] for number in range(2)]
        for image in images:
            store.add(image)
        assert images[0].has_file
        store.close()

    monkeypatch.setattr(os, "mkdir", mkdir)
    write_two_images()
    assert [*survived.values()] == [True]
    assert [*folder.iterdir()] == []


def test_a_lock_that_another_program_holds_is_not_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(path: Path) -> ExitStack:
        raise AlreadyLocked(path)

    store = ImageStore(tmp_path, byte_limit=0)
    images = [stored(number, (80, 60))[0] for number in range(3)]
    with monkeypatch.context() as patch:
        patch.setattr(image_store, "locked", held)
        for image in images[:2]:
            store.add(image)
    assert not images[0].has_file
    store.add(images[2])
    assert images[0].has_file
    store.close()


@pytest.mark.parametrize("content", [None, b"short"])
def test_a_lost_or_short_file_is_reported(tmp_path: Path, content: bytes | None) -> None:
    store = ImageStore(tmp_path, byte_limit=0)
    images = [stored(number, (80, 60))[0] for number in range(2)]
    for image in images:
        store.add(image)
    (file,) = tmp_path.rglob("*.pixels")
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ImageUnreadable, match=file.name):
        _ = images[0].image
    store.close()


def test_pixels_are_written_on_another_thread_and_stay_until_they_are(qtbot: QtBot, tmp_path: Path) -> None:
    background = Background(workers=1)
    store = ImageStore(tmp_path, 0, background.submit)
    images = [stored(number) for number in range(3)]
    for image, _ in images:
        store.add(image)
    assert all(image.byte_count > 0 for image, _ in images)
    store.remove(images[0][0])
    qtbot.waitUntil(lambda: images[1][0].byte_count == 0)
    assert images[1][0].image.tobytes() == images[1][1].tobytes()
    qtbot.waitUntil(lambda: len([*tmp_path.rglob("*.pixels")]) == 2)
    background.close()
    store.close()


def test_files_of_a_killed_program_are_removed_and_those_of_a_running_one_are_not(tmp_path: Path) -> None:
    running = ImageStore(tmp_path, byte_limit=0)
    for number in range(2):
        running.add(stored(number)[0])
    in_use = {*tmp_path.rglob("*")}
    assert len(in_use) == 3
    killed = tmp_path / "killed"
    killed.mkdir()
    (killed / "a.pixels").write_bytes(b"x")
    (tmp_path / "killed.lock").touch()
    (tmp_path / "other.lock").touch()
    later = ImageStore(tmp_path)
    assert {*tmp_path.rglob("*")} == in_use
    later.close()
    running.close()
    assert [*tmp_path.iterdir()] == []
