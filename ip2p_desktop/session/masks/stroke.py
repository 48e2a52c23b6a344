"""A stroke of the brush or the eraser across a mask."""

from __future__ import annotations

import math

from PIL import Image, ImageChops

from ip2p_desktop.session.masks.dabs import Brush, dab
from ip2p_desktop.session.masks.mask import Box, Mask

SPACING = 1 / 16
"""Distance of two dabs in diameters; the edge of a hard line is then round to a quarter of a per cent."""
MOST_TOGETHER = 8
"""Number of dabs that are united before they are put on the mask."""


class Stroke:
    """Dabs along a line, united: where a stroke crosses itself, its soft edge stays as soft as it is."""

    def __init__(self, mask: Mask, brush: Brush, *, is_erasing: bool = False) -> None:
        self.mask = mask
        """The mask with the stroke so far."""
        self._start = mask
        self._brush = brush
        self._is_erasing = is_erasing
        self._last: tuple[float, float] | None = None
        self._pressure = 1.0
        self._rest = 0.0
        """Distance from the last dab to the last position."""

    def to(self, x: float, y: float, pressure: float = 1.0) -> None:
        """Go on to a position in photo pixels; the first one starts the stroke."""
        places = self._places(x, y, pressure)
        for start in range(0, len(places), MOST_TOGETHER):
            self._mark(places[start : start + MOST_TOGETHER])
        self._last, self._pressure = (x, y), pressure

    def finished(self) -> Mask:
        """The mask with the whole stroke."""
        return self.mask.compacted(self._start)

    def _places(self, x: float, y: float, pressure: float) -> list[tuple[float, float, float]]:
        """The positions and pressures of the next dabs."""
        if self._last is None:
            return [(x, y, pressure)]
        start_x, start_y = self._last
        length = math.hypot(x - start_x, y - start_y)
        step = max(self._brush.pressed(min(pressure, self._pressure)).size * SPACING, 1.0)
        places = []
        position = step - self._rest
        while position <= length:
            share = position / length
            places.append(
                (
                    start_x + share * (x - start_x),
                    start_y + share * (y - start_y),
                    self._pressure + share * (pressure - self._pressure),
                )
            )
            position += step
        self._rest = length - (position - step)
        return places

    def _mark(self, places: list[tuple[float, float, float]]) -> None:
        dabs = [dab(self._brush.pressed(pressure), x, y) for x, y, pressure in places]
        box = _box(dabs)
        marked = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
        for image, (left, top) in dabs:
            place = (left - box[0], top - box[1])
            area = (*place, place[0] + image.width, place[1] + image.height)
            marked.paste(ImageChops.lighter(marked.crop(area), image), place)
        change = self.mask.with_removed if self._is_erasing else self.mask.with_added
        self.mask = change(marked, (box[0], box[1]))


def _box(dabs: list[tuple[Image.Image, tuple[int, int]]]) -> Box:
    """The box around all dabs."""
    return (
        min(left for _, (left, _) in dabs),
        min(top for _, (_, top) in dabs),
        max(left + image.width for image, (left, _) in dabs),
        max(top + image.height for image, (_, top) in dabs),
    )
