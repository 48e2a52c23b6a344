"""Masks in memory and in files: written once, read when needed, dropped when there are too many."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from engine.errors import ImageUnreadable
from ip2p_desktop.session.masks.mask import TILE, Mask
from ip2p_desktop.session.masks.stored_mask import (
    StoredMask,
    limit_memory,
    mask_file,
    mask_image,
    valid_mask_id,
)

SIZE = (4 * TILE, TILE)


def painted(column: int) -> Mask:
    return Mask.empty(SIZE).with_added(Image.effect_noise((TILE, TILE), 80), (column * TILE, 0))


def test_a_mask_is_read_from_its_file_as_it_was(tmp_path: Path) -> None:
    mask = painted(1)
    stored = StoredMask.of(mask)
    stored.write(tmp_path)
    assert stored.file == mask_file(tmp_path, stored.mask_id)
    again = StoredMask.in_file(stored.file, SIZE)
    assert again.mask_id == stored.mask_id
    assert again.in_memory is None
    assert again.read().to_image().tobytes() == mask.to_image().tobytes()


@pytest.mark.parametrize("damage", ["cut", "size", "mode", "gone"])
def test_a_damaged_file_is_reported(tmp_path: Path, damage: str) -> None:
    stored = StoredMask.of(painted(0))
    stored.write(tmp_path)
    file = stored.file
    assert file is not None
    match damage:
        case "cut":
            file.write_bytes(file.read_bytes()[:-200])
        case "size":
            Image.new("L", (8, 8)).save(file)
        case "mode":
            Image.new("RGB", SIZE).save(file)
        case _:
            file.unlink()
    with pytest.raises(ImageUnreadable, match=file.name):
        StoredMask.in_file(file, SIZE).read()


def test_only_masks_in_files_are_dropped_the_oldest_first(tmp_path: Path) -> None:
    masks = [StoredMask.of(painted(0)) for _ in range(4)]
    for stored in masks[1:]:
        stored.write(tmp_path)
    assert masks[1].in_memory is not None  # so that it was used last
    limit_memory(masks, most_tiles=2)
    assert [stored._mask is not None for stored in masks] == [True, True, False, True]


def test_masks_that_share_their_tiles_are_all_kept(tmp_path: Path) -> None:
    first = painted(0)
    masks = [StoredMask.of(mask) for mask in (first, first.with_rectangle((TILE, 0, 2 * TILE, TILE)))]
    for stored in masks:
        stored.write(tmp_path)
    limit_memory(masks, most_tiles=1)
    assert all(stored.in_memory is not None for stored in masks)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0123456789abcdef.json", "0123456789ABCDEF"])
def test_names_that_are_not_those_of_masks_are_refused(name: str) -> None:
    assert valid_mask_id(name) == ""


def test_a_mask_that_is_missing_is_reported() -> None:
    with pytest.raises(ImageUnreadable, match="mask"):
        mask_image({}, "0123456789abcdef")


def test_a_copy_of_the_photo_gets_a_copy_of_the_mask() -> None:
    stored = StoredMask.of(Mask.empty(SIZE).with_rectangle((0, 0, 2 * TILE, TILE)))
    small = mask_image({stored.mask_id: stored}, stored.mask_id, (40, 10))
    assert small is not None
    assert small.size == (40, 10)
    assert [small.getpixel((x, 5)) for x in (5, 15, 25, 35)] == [255, 255, 0, 0]
    assert mask_image({}, "") is None
