"""Images that are in files leave the memory above a limit and come back unchanged; others stay in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from engine.errors import ImageUnreadable
from ip2p_desktop.session.image_memory import ImageMemory, StoredImage
from ip2p_desktop.session.store.node_files import write_image
from ip2p_desktop.session.store.node_record import new_node_id
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow


def picture(seed: int, size: tuple[int, int] = (1300, 900)) -> Image.Image:
    return Image.effect_noise(size, 40 + seed).convert("RGB")


def stored(folder: Path, seed: int, size: tuple[int, int] = (1300, 900)) -> StoredImage:
    image = picture(seed, size)
    pixels = StoredImage.of(DisplayImage.of(image), image)
    pixels.set_file(write_image(folder, new_node_id(), image, {}))
    return pixels


def test_pixels_come_back_as_they_were(tmp_path: Path) -> None:
    memory = ImageMemory(byte_limit=0)
    first, second = stored(tmp_path, 1), stored(tmp_path, 2)
    levels = [level.copy() for level in first.display_image.levels]
    for each in (first, second):
        memory.add(each)
    assert (first.byte_count, second.is_in_memory) == (0, True)
    assert [*first.display_image.levels] == levels
    assert second.byte_count == 0
    assert first.read_image().tobytes() == to_pillow(levels[0]).tobytes()
    assert first.size == second.size


def test_the_one_used_longest_ago_leaves_first(tmp_path: Path) -> None:
    images = [stored(tmp_path, number) for number in range(3)]
    memory = ImageMemory(byte_limit=2 * images[0].byte_count)
    for image in images[:2]:
        memory.add(image)
    assert images[0].display_image
    memory.add(images[2])
    assert [image.is_in_memory for image in images] == [True, False, True]


def test_what_is_on_screen_or_in_no_file_stays(tmp_path: Path) -> None:
    memory = ImageMemory(byte_limit=0)
    on_screen, other, last = (stored(tmp_path, number, (80, 60)) for number in range(3))
    unwritten = StoredImage.of(DisplayImage.of(picture(3)))
    memory.set_on_screen([on_screen])
    for image in (on_screen, unwritten, other, last):
        memory.add(image)
    assert [image.is_in_memory for image in (on_screen, unwritten, other, last)] == [True, True, False, True]
    unwritten.set_file(write_image(tmp_path, new_node_id(), picture(3), {}))
    memory.set_on_screen([])
    assert [image.is_in_memory for image in (on_screen, unwritten, last)] == [False, False, True]


def test_thumbnails_are_always_in_memory(tmp_path: Path) -> None:
    image = stored(tmp_path, 1)
    image.drop_from_memory()
    assert image.thumbnail.width() == image.thumbnail.height() == 128
    assert image.byte_count == 0


@pytest.mark.parametrize("content", [None, b"short"])
def test_a_lost_or_short_file_is_reported(tmp_path: Path, content: bytes | None) -> None:
    image = stored(tmp_path, 1, (80, 60))
    image.drop_from_memory()
    (file,) = tmp_path.glob("*.tif")
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    for read in (lambda: image.display_image, image.read, image.read_image):
        with pytest.raises(ImageUnreadable, match=file.name):
            read()
