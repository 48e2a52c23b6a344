"""Plots are well-formed and put points where they belong."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

from trainer.export.plots import HEIGHT, MARGIN, NAME_WIDTH, WIDTH, Line, Panel, plot

SVG = "{http://www.w3.org/2000/svg}"


def points_of(panels: list[Panel]) -> list[list[tuple[float, float]]]:
    root = ElementTree.fromstring(plot(panels))
    return [
        [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]  # type: ignore[misc]
        for line in root.iter(f"{SVG}polyline")
    ]


def test_lines_span_their_panel_and_rise_with_their_values() -> None:
    low, high = [(0.0, 1.0), (10.0, 2.0)], [(0.0, 3.0), (5.0, 5.0)]
    first, second = points_of([Panel("loss", "units", (Line("a", low), Line("b", high)))])
    assert [x for x, _ in first] == [MARGIN, WIDTH - MARGIN]
    assert second[1][0] == WIDTH / 2
    heights = [y for _, y in [*first, *second]]
    assert heights == sorted(heights, reverse=True)
    assert all(MARGIN < y < HEIGHT - MARGIN for y in heights)


def test_panels_stand_side_by_side() -> None:
    line = Line("a", [(0.0, 0.0), (1.0, 1.0)])
    left, right = points_of([Panel("one", "u", (line,)), Panel("two", "u", (line,))])
    assert [x + WIDTH for x, _ in left] == [x for x, _ in right]


def test_names_cannot_break_the_file_and_odd_values_are_left_out() -> None:
    odd = Line("<&>", [(0.0, 1.0), (1.0, math.nan), (2.0, 1.0)], dots=True)
    panels = [Panel('a "title" & <more>', "<unit>", (odd,)), Panel("empty", "u", (Line("none", []),))]
    root = ElementTree.fromstring(plot(panels))
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {"<&>", 'a "title" & <more>', "<unit>"} <= set(texts)
    assert len(list(root.iter(f"{SVG}circle"))) == 2


def test_names_of_lines_stand_side_by_side() -> None:
    lines = [Line(name, [(0.0, 0.0), (1.0, 1.0)]) for name in ("one", "two", "three", "four")]
    root = ElementTree.fromstring(plot([Panel("loss", "units", lines)]))
    ends = {text.text: float(text.attrib["x"]) for text in root.iter(f"{SVG}text")}
    assert [ends[line.name] for line in lines] == [WIDTH - MARGIN - NAME_WIDTH * n for n in (3, 2, 1, 0)]
    assert ends["one"] > 0
