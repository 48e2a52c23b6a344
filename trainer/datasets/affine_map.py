"""Where the edited image shows what the original shows, if the two are shifted, turned or cropped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_Point = tuple[float, float]
_HalfPlane = tuple[float, float, float]
"""a, b, c of the places (x, y) with a x + b y <= c."""
_UNIT: tuple[_HalfPlane, ...] = ((1, 0, 1), (-1, 0, 0), (0, 1, 1), (0, -1, 0))
NOTHING: Box = (0.0, 0.0, 0.0, 0.0)
NO_SLOPE = 1e-9
ROUNDS, STEPS = 4, 10
"""Of the search for the sides of a box: each round looks closer, at so many places on either side."""


@dataclass(frozen=True, slots=True)
class AffineMap:
    """Maps a place of the original to that of the edited image, both as shares (x, y) of width and height."""

    matrix: Matrix
    """a, b, c, d, e, f of (a x + b y + c, d x + e y + f)."""

    @classmethod
    def of(cls, values: object) -> AffineMap | None:
        """Returns the map with a list of six numbers; None for anything else, or if it is not invertible."""
        numbers = values if isinstance(values, list) else []
        is_usable = all(isinstance(each, int | float) and not isinstance(each, bool) for each in numbers)
        if len(numbers) != 6 or not is_usable or not all(map(math.isfinite, numbers)):
            return None
        a, b, c, d, e, f = map(float, numbers)
        return cls((a, b, c, d, e, f)) if abs(a * e - b * d) > 1e-6 else None

    def at(self, x: float, y: float) -> _Point:
        """Returns the place in the edited image."""
        a, b, c, d, e, f = self.matrix
        return a * x + b * y + c, d * x + e * y + f

    def inverse(self) -> AffineMap:
        """Returns the map for the pair with its two images swapped."""
        a, b, c, d, e, f = self.matrix
        scale = a * e - b * d
        x, y = (b * f - c * e) / scale, (c * d - a * f) / scale
        return AffineMap((e / scale, -b / scale, x, -d / scale, a / scale, y))

    def in_pixels(self, original: tuple[int, int], edited: tuple[int, int]) -> Matrix:
        """Returns the matrix from pixels of an original to pixels of an edited image of these sizes."""
        a, b, c, d, e, f = self.matrix
        (width, height), (across, down) = original, edited
        return (
            *(a * across / width, b * across / height, c * across),
            *(d * down / width, e * down / height, f * down),
        )

    def shared_box(self) -> Box:
        """Returns a large upright part of the original, in shares, all of which the edited image shows.

        Without such a part, the box is empty.
        """
        return _shared_box(self.matrix)

    def shared_pixels(self, original: tuple[int, int]) -> tuple[int, int, int, int]:
        """Returns the shared box in whole pixels of an original of this size; at least one pixel."""
        left, top, right, bottom = self.shared_box()
        width, height = original
        x, y = min(math.ceil(left * width - 1e-6), width - 1), min(math.ceil(top * height - 1e-6), height - 1)
        return (
            *(x, y),
            max(x + 1, math.floor(right * width + 1e-6)),
            max(y + 1, math.floor(bottom * height + 1e-6)),
        )

    def shared_size(self, original: tuple[int, int]) -> tuple[int, int]:
        """Returns the size of the shared box in pixels of the original."""
        left, top, right, bottom = self.shared_pixels(original)
        return right - left, bottom - top


@lru_cache(maxsize=4096)
def _shared_box(matrix: Matrix) -> Box:
    a, b, c, d, e, f = matrix
    planes = ((a, b, 1 - c), (-a, -b, c), (d, e, 1 - f), (-d, -e, f), *_UNIT)
    turned = tuple((q, p, limit) for p, q, limit in planes)
    left, right, reach = 0.5, 0.5, 0.5
    for _ in range(ROUNDS):
        steps = [reach * step / STEPS for step in range(-STEPS, STEPS + 1)]
        sides = ((left + x, right + y) for x in steps for y in steps if right + y > left + x)
        left, right = max(sides, key=lambda each: _area(each[0], each[1], planes))
        reach /= STEPS / 2
    top, bottom = _extent(left, right, planes)
    if bottom <= top:
        return NOTHING
    left, right = _extent(top, bottom, turned)
    return left, top, right, bottom


def _area(left: float, right: float, planes: Sequence[_HalfPlane]) -> float:
    """Returns the area of the highest box between two sides; how far it is from one below 0."""
    top, bottom = _extent(left, right, planes)
    return (right - left) * (bottom - top) if bottom > top else bottom - top


def _extent(left: float, right: float, planes: Sequence[_HalfPlane]) -> tuple[float, float]:
    """Returns top and bottom of the highest box between two sides that is inside all half-planes."""
    bottom = min((limit - max(a * left, a * right)) / b for a, b, limit in planes if b > NO_SLOPE)
    top = max((limit - max(a * left, a * right)) / b for a, b, limit in planes if b < -NO_SLOPE)
    beyond = max(
        (max(a * left, a * right) - limit for a, b, limit in planes if abs(b) <= NO_SLOPE), default=0
    )
    return (top, bottom) if beyond <= NO_SLOPE else (0.0, -beyond)
