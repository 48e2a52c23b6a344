"""A mask is a value in tiles, which changed masks share where they are equal."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageOps

from ip2p_desktop.session.masks.mask import EMPTY_TILE, FULL_TILE, TILE, Mask

SIZE = (2 * TILE + 50, TILE + 30)
"""Three columns and two rows of tiles, the last ones cut off by the edges."""


def noise() -> Image.Image:
    return Image.effect_noise(SIZE, 90)


@pytest.mark.parametrize("size", [(1, 1), (TILE, TILE), (TILE + 1, TILE - 1), SIZE])
def test_an_image_comes_back_as_it_was(size: tuple[int, int]) -> None:
    image = Image.effect_noise(size, 90)
    assert Mask.of(image).to_image().tobytes() == image.tobytes()
    assert Mask.empty(size).to_image().getextrema() == (0, 0)


def test_tiles_of_one_value_are_shared() -> None:
    image = Image.new("L", SIZE, 255)
    assert set(map(id, Mask.of(image).tiles)) == {id(FULL_TILE)}
    assert set(map(id, Mask.of(Image.new("L", SIZE)).tiles)) == {id(EMPTY_TILE)}


@pytest.mark.parametrize("corner", [(0, 0), (TILE - 10, TILE - 10), (-15, 20), (2 * TILE + 40, TILE + 20)])
def test_adding_and_removing_change_only_what_is_marked(corner: tuple[int, int]) -> None:
    before, mark = noise(), Image.effect_noise((40, 25), 120)
    whole = Image.new("L", SIZE)
    whole.paste(mark, corner)
    mask = Mask.of(before)
    added = ImageChops.lighter(before, whole)
    assert mask.with_added(mark, corner).to_image().tobytes() == added.tobytes()
    removed = ImageChops.darker(before, ImageOps.invert(whole))
    assert mask.with_removed(mark, corner).to_image().tobytes() == removed.tobytes()
    assert mask.to_image().tobytes() == before.tobytes()


def test_a_change_costs_the_tiles_it_touches() -> None:
    mask = Mask.of(noise())
    changed = mask.with_added(Image.new("L", (20, 20), 255), (TILE + 5, 5))
    assert [index for index, tile in enumerate(changed.tiles) if tile is not mask.tiles[index]] == [1]
    assert changed.changed_box(mask) == (TILE, 0, 2 * TILE, TILE)
    assert mask.changed_box(mask) is None


def test_a_rectangle_is_cut_at_the_edges_and_whole_tiles_need_no_memory() -> None:
    whole = Mask.empty(SIZE).with_rectangle((-5, -5, 5000, 5000))
    assert set(map(id, whole.tiles)) == {id(FULL_TILE)}
    cut = whole.with_rectangle((10, 20, TILE + 30, 40), is_removed=True)
    image = Image.new("L", SIZE, 255)
    image.paste(0, (10, 20, TILE + 30, 40))
    assert cut.to_image().tobytes() == image.tobytes()


def test_inverting_twice_gives_the_same_mask() -> None:
    mask = Mask.of(noise()).with_rectangle((0, 0, TILE, TILE))
    assert mask.inverted().to_image().tobytes() == ImageOps.invert(mask.to_image()).tobytes()
    assert mask.inverted().tiles[0] is EMPTY_TILE
    assert mask.inverted().inverted().to_image().tobytes() == mask.to_image().tobytes()


def test_a_part_reaches_beyond_the_photo() -> None:
    image = noise()
    box = (SIZE[0] - 20, -10, SIZE[0] + 10, 15)
    assert Mask.of(image).part(box).tobytes() == image.crop(box).tobytes()


def test_what_is_erased_again_is_empty() -> None:
    mark = Image.new("L", (60, 60), 255)
    painted = Mask.empty(SIZE).with_added(mark, (SIZE[0] - 40, 10))
    assert not painted.is_empty
    assert painted.marked_box == (2 * TILE, 0, SIZE[0], TILE)
    erased = painted.with_removed(mark, (SIZE[0] - 40, 10)).compacted()
    assert erased.is_empty
    assert erased.marked_box is None
