"""The part of the plane of guidance scales that a pad shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.edit_settings import MAX_GUIDANCE_SCALE
from engine.library.useful_ranges import CompleteRanges, ValueRange

TEXT_STEP, IMAGE_STEP = 0.1, 0.05
"""The steps of the two scales, as those of their sliders."""
SMALLEST_MARGIN = 0.25
"""Shown around the useful range at least, in units of the scale."""

Scales = tuple[float, float]
"""Text and image guidance."""


@dataclass(frozen=True, slots=True)
class PadExtent:
    """The values at the edges of a pad."""

    text: ValueRange
    image: ValueRange

    @classmethod
    def around(cls, ranges: CompleteRanges, points: Iterable[Scales] = ()) -> PadExtent:
        """The useful ranges with as much again on each side, and all of the points."""
        texts, images = zip(*points, strict=True) if (points := list(points)) else ((), ())
        return cls(
            text=_widened(ranges.text, texts, TEXT_STEP), image=_widened(ranges.image, images, IMAGE_STEP)
        )

    def place(self, scales: Scales) -> tuple[float, float]:
        """The position of a point, from 0 to 1 from the left and from the bottom."""
        return _share(self.text, scales[0]), _share(self.image, scales[1])

    def scales(self, x: float, y: float) -> Scales:
        """The scales at a position from the left and from the bottom; positions outside count as the edge."""
        return (
            _rounded(_value(self.text, x), TEXT_STEP, self.text),
            _rounded(_value(self.image, y), IMAGE_STEP, self.image),
        )

    def moved(self, scales: Scales, columns: int, rows: int) -> Scales:
        """The scales some steps to the right and upwards, within the pad."""
        return (
            _rounded(scales[0] + columns * TEXT_STEP, TEXT_STEP, self.text),
            _rounded(scales[1] + rows * IMAGE_STEP, IMAGE_STEP, self.image),
        )


def _widened(useful: ValueRange, values: Iterable[float], step: float) -> ValueRange:
    margin = max(useful.maximum - useful.minimum, SMALLEST_MARGIN)
    low = min(useful.minimum - margin, *values, useful.minimum)
    high = max(useful.maximum + margin, *values, useful.maximum)
    return ValueRange(max(0.0, round(low / step) * step), min(MAX_GUIDANCE_SCALE, round(high / step) * step))


def _share(span: ValueRange, value: float) -> float:
    return (value - span.minimum) / (span.maximum - span.minimum)


def _value(span: ValueRange, share: float) -> float:
    return span.minimum + share * (span.maximum - span.minimum)


def _rounded(value: float, step: float, span: ValueRange) -> float:
    return round(min(max(round(value / step) * step, span.minimum), span.maximum), 2)
