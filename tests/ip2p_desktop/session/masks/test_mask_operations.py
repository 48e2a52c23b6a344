"""Feather, grow, shrink and polygons, also at the edges of tiles and of the photo."""

from __future__ import annotations

import math

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from ip2p_desktop.session.masks.mask import Mask
from ip2p_desktop.session.masks.mask_operations import feathered, grown, shrunk, with_polygon

SIZE = (700, 500)


def disc(x: int, y: int, radius: int) -> Mask:
    image = Image.new("L", SIZE)
    ImageDraw.Draw(image).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return Mask.of(image)


def reach(mask: Mask, angle: float) -> int:
    """How far the mask extends from (350, 250) in a direction, in pixels."""
    image = mask.to_image()
    step = 0
    while image.getpixel((350 + round(step * math.cos(angle)), 250 + round(step * math.sin(angle)))):
        step += 1
    return step


@pytest.mark.parametrize("distance", [1, 2, 3, 7, 20, 100])
def test_growing_reaches_as_far_in_every_direction(distance: int) -> None:
    mask = disc(350, 250, 40)
    larger = grown(mask, distance)
    for angle in range(0, 360, 15):
        difference = reach(larger, math.radians(angle)) - reach(mask, math.radians(angle))
        assert difference == pytest.approx(distance, abs=1.5 + 0.09 * distance), angle
    assert ImageChops.darker(larger.to_image(), mask.to_image()).tobytes() == mask.to_image().tobytes()


def test_growing_leaves_no_holes() -> None:
    dot = Mask.empty(SIZE).with_rectangle((350, 250, 351, 251))
    for distance in range(1, 12):
        image = grown(dot, distance).to_image()
        box = image.getbbox()
        assert box is not None
        assert box == (350 - distance, 250 - distance, 351 + distance, 251 + distance)
        rows = [image.crop((0, y, SIZE[0], y + 1)) for y in range(box[1], box[3])]
        for row in rows:
            left, _, right, _ = row.getbbox() or (0, 0, 0, 0)
            assert row.crop((left, 0, right, 1)).getextrema() == (255, 255)


def test_shrinking_is_growing_of_what_is_kept_but_not_from_the_edges_of_the_photo() -> None:
    smaller = shrunk(disc(350, 250, 80), 30)
    assert reach(smaller, 0) == pytest.approx(51, abs=2)
    assert shrunk(disc(350, 250, 20), 30).is_empty
    left_half = Mask.empty(SIZE).with_rectangle((0, 0, 300, 500))
    assert shrunk(left_half, 50).to_image().getbbox() == (0, 0, 250, 500)


def test_feathering_softens_on_both_sides() -> None:
    half = Mask.empty(SIZE).with_rectangle((0, 0, 350, 500))
    image = feathered(half, 20).to_image()
    values = [image.getpixel((x, 250)) for x in (300, 340, 349, 360, 400)]
    assert values[0] == 255
    assert values[-1] == 0
    assert values == sorted(values, reverse=True)  # type: ignore[type-var]
    assert values[2] == pytest.approx(128, abs=8)
    assert 0 < values[3] < 128  # type: ignore[operator]
    # the photo's own edges do not become soft
    assert image.getpixel((0, 0)) == image.getpixel((0, 499)) == 255


@pytest.mark.parametrize("distance", [3, 20, 90, 300])
def test_blocks_give_what_the_whole_image_gives(distance: int) -> None:
    mask = disc(350, 250, 200).with_rectangle((600, 0, 700, 120))
    whole = mask.to_image().filter(ImageFilter.GaussianBlur(distance / 2))
    difference = ImageChops.difference(feathered(mask, distance).to_image(), whole)
    assert difference.getextrema() <= (0, 1)
    wide = Image.new("L", (SIZE[0] + 2 * distance, SIZE[1] + 2 * distance))
    wide.paste(mask.to_image(), (distance, distance))
    far = (
        grown(Mask.of(wide), distance)
        .to_image()
        .crop((distance, distance, *(side + distance for side in SIZE)))
    )
    assert grown(mask, distance).to_image().tobytes() == far.tobytes()


@pytest.mark.parametrize("change", [lambda mask: feathered(mask, 5), lambda mask: grown(mask, 5)])
def test_an_empty_mask_stays_empty(change: object) -> None:
    assert change(Mask.empty(SIZE)).is_empty  # type: ignore[operator]


def test_a_polygon_is_added_and_removed() -> None:
    corners = [(100.0, 100.0), (600.0, 100.0), (350.0, 400.0)]
    triangle = with_polygon(Mask.empty(SIZE), corners)
    image = triangle.to_image()
    assert [image.getpixel(place) for place in ((350, 200), (120, 300), (580, 300))] == [255, 0, 0]
    assert sum(image.histogram()[1:]) == pytest.approx(500 * 300 / 2, rel=0.02)
    assert any(image.histogram()[1:255])  # its edge is smooth
    gone = with_polygon(triangle, [(0, 0), (350, 0), (350, 500), (0, 500)], is_removed=True).to_image()
    assert gone.getbbox() is not None
    assert gone.getbbox()[0] == 350  # type: ignore[index]
    assert with_polygon(triangle, [(-50, -50), (-10, -50), (-30, -10)]) is triangle
