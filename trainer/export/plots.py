"""Line plots as SVG files, which every browser can show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT, MARGIN = 360, 260, 44
COLOURS = ("#2f6fdf", "#d9622b", "#2f9e62", "#8a4fd3")
NAME_WIDTH = 90
"""Width of the name of a line; there are at most four lines."""
MARGIN_SHARE = 0.06
"""Margin above and below the lines, as a share of their range."""


@dataclass(frozen=True, slots=True)
class Line:
    """Points (x, y) connected in their order."""

    name: str
    points: Sequence[tuple[float, float]]
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines over one pair of axes."""

    title: str
    unit: str
    """Label of the vertical axis."""
    lines: Sequence[Line]
    ticks: Sequence[float] = ()
    """Ticks of the horizontal axis; empty draws five evenly spread ones."""


def plot(panels: Sequence[Panel]) -> str:
    """Returns an SVG with the panels side by side."""
    width = WIDTH * len(panels)
    drawn = "\n".join(_panel(panel, number * WIDTH) for number, panel in enumerate(panels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" '
        f'font-family="sans-serif" font-size="11">\n'
        f'<rect width="{width}" height="{HEIGHT}" fill="#ffffff"/>\n{drawn}\n</svg>\n'
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float, room: float = 0.0) -> _Axis:
        finite = [value for value in values if math.isfinite(value)] or [0.0]
        spread = (max(finite) - min(finite)) or 1.0
        return cls(min(finite) - room * spread, max(finite) + room * spread, start, end)

    def place(self, value: float) -> float:
        return self.start + (value - self.low) / ((self.high - self.low) or 1.0) * (self.end - self.start)

    def spread(self, count: int) -> list[float]:
        return [self.low + (self.high - self.low) * (2 * n + 1) / (2 * count) for n in range(count)]


def _panel(panel: Panel, left: int) -> str:
    points = [point for line in panel.lines for point in line.points]
    across = _Axis.over([*(x for x, _ in points), *panel.ticks], left + MARGIN, left + WIDTH - MARGIN)
    up = _Axis.over([y for _, y in points], HEIGHT - MARGIN, MARGIN, MARGIN_SHARE)
    parts = [
        f'<text x="{left + WIDTH / 2}" y="20" text-anchor="middle" font-size="13">'
        f"{escape(panel.title)}</text>",
        f'<text x="{left + 6}" y="34" fill="#666">{escape(panel.unit)}</text>',
    ]
    parts += [
        f'<text x="{across.place(tick):.1f}" y="{HEIGHT - MARGIN + 16}" text-anchor="middle" fill="#666">'
        f"{tick:.4g}</text>"
        for tick in panel.ticks or across.spread(5)
    ]
    for value in up.spread(4):
        y = up.place(value)
        parts.append(f'<path d="M{across.start},{y:.1f}H{across.end}" stroke="#e4e4e4"/>')
        parts.append(
            f'<text x="{across.start - 6}" y="{y:.1f}" text-anchor="end" fill="#666">{value:.3g}</text>'
        )
    for number, line in enumerate(panel.lines):
        parts += _line(line, COLOURS[number % len(COLOURS)], across, up)
        after = len(panel.lines) - 1 - number
        parts.append(
            f'<text x="{left + WIDTH - MARGIN - NAME_WIDTH * after}" y="{HEIGHT - 10}" text-anchor="end" '
            f'fill="{COLOURS[number % len(COLOURS)]}">{escape(line.name)}</text>'
        )
    return "\n".join(parts)


def _line(line: Line, colour: str, across: _Axis, up: _Axis) -> list[str]:
    places = [(across.place(x), up.place(y)) for x, y in line.points if math.isfinite(x + y)]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    drawn = [f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>']
    if line.dots:
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
    return drawn
