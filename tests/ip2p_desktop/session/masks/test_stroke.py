"""Strokes of the brush: size, hardness, pressure, and erasing."""

from __future__ import annotations

import math

import pytest
from PIL import Image

from ip2p_desktop.session.masks.dabs import Brush
from ip2p_desktop.session.masks.mask import Mask
from ip2p_desktop.session.masks.stroke import Stroke

EMPTY = Mask.empty((600, 400))
Points = list[tuple[float, float]]


def painted(brush: Brush, points: Points, mask: Mask = EMPTY, *, erase: bool = False) -> Image.Image:
    stroke = Stroke(mask, brush, is_erasing=erase)
    for x, y in points:
        stroke.to(x, y)
    return stroke.finished().to_image()


def area(image: Image.Image) -> float:
    """The marked area in pixels."""
    return sum(value * count for value, count in enumerate(image.histogram())) / 255


@pytest.mark.parametrize("size", [1.0, 2.5, 9.0, 40.0, 301.0])
def test_a_dot_has_the_size_of_the_brush(size: float) -> None:
    dot = painted(Brush(size, 1.0), [(300, 200)])
    assert area(dot) == pytest.approx(math.pi * size**2 / 4, rel=0.15 if size < 5 else 0.03)
    assert dot.getpixel((299, 199)) or dot.getpixel((300, 200))


def test_hardness_is_the_part_of_the_radius_that_is_opaque() -> None:
    half, soft = (painted(Brush(200.0, hardness), [(300, 200)]) for hardness in (0.5, 0.0))
    assert [half.getpixel((300 + x, 200)) for x in (0, 45)] == [255, 255]
    assert half.getpixel((375, 200)) == pytest.approx(128, abs=6)
    assert half.getpixel((401, 200)) == 0
    assert soft.getpixel((350, 200)) == pytest.approx(128, abs=6)
    assert soft.getpixel((330, 200)) < 255


def test_a_line_is_as_wide_everywhere() -> None:
    line = painted(Brush(60.0, 1.0), [(100, 100), (500, 300)])
    along = [(100 + 40 * step, 100 + 20 * step) for step in range(11)]
    assert all(line.getpixel(place) == 255 for place in along)
    across = math.hypot(400, 200)
    assert area(line) == pytest.approx(60 * across + math.pi * 30**2, rel=0.01)


def test_a_stroke_that_goes_over_itself_stays_as_soft() -> None:
    brush = Brush(80.0, 0.2)
    once = painted(brush, [(200, 200), (400, 200)])
    thrice = painted(brush, [(200, 200), (400, 200), (200, 200), (400, 200)])
    assert once.crop((240, 100, 360, 300)).getextrema() == thrice.crop((240, 100, 360, 300)).getextrema()
    differences = [
        abs(once.getpixel((300, y)) - thrice.getpixel((300, y)))  # type: ignore[operator]
        for y in range(150, 250)
    ]
    assert max(differences) <= 8


def test_many_short_steps_give_the_line_of_one_long_step() -> None:
    brush = Brush(50.0, 1.0)
    long = painted(brush, [(100, 200), (500, 200)])
    short = painted(brush, [(100 + step / 2, 200) for step in range(801)])
    assert area(short) == pytest.approx(area(long), rel=0.01)


def test_the_eraser_takes_away_and_keeps_a_soft_edge() -> None:
    full = Mask.of(Image.new("L", (600, 400), 255))
    hole = painted(Brush(200.0, 0.5), [(300, 200)], full, erase=True)
    assert hole.getpixel((300, 200)) == 0
    assert hole.getpixel((375, 200)) == pytest.approx(127, abs=6)
    assert hole.getpixel((401, 200)) == 255


def test_less_pressure_paints_thinner() -> None:
    stroke = Stroke(EMPTY, Brush(100.0, 1.0))
    for step in range(21):
        stroke.to(100 + 20 * step, 200, 1 - step / 20)
    line = stroke.finished().to_image()
    widths = [area(line.crop((x, 0, x + 1, 400))) for x in (100, 200, 300, 400, 480)]
    assert widths[0] == pytest.approx(100, abs=3)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 25


def test_what_is_beside_the_photo_is_left_out() -> None:
    line = painted(Brush(100.0, 1.0), [(-300, -300), (0, 0), (700, 390), (900, 900)])
    assert line.size == (600, 400)
    assert line.getpixel((10, 10)) == 255
    assert line.getpixel((590, 20)) == 0
