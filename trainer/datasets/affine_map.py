"""Where the edited image shows what the original shows, if the two are shifted, turned or cropped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_Point = tuple[float, float]
_HalfPlane = tuple[float, float, float]
"""a, b, c of the places (x, y) with a x + b y <= c."""
_UNIT: tuple[_HalfPlane, ...] = ((1, 0, 1), (-1, 0, 0), (0, 1, 1), (0, -1, 0))
NOTHING: Box = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class AffineMap:
    """Maps a place of the original to that of the edited image, both as shares (x, y) of width and height."""

    matrix: Matrix
    """a, b, c, d, e, f of (a x + b y + c, d x + e y + f)."""

    @classmethod
    def of(cls, values: Sequence[object]) -> AffineMap | None:
        """Returns the map with these six numbers; None if they are not six finite ones, or not invertible."""
        numbers = [
            float(value)
            for value in values
            if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        ]
        if len(values) != 6 or len(numbers) != 6:
            return None
        a, b, c, d, e, f = numbers
        return cls((a, b, c, d, e, f)) if abs(a * e - b * d) > 1e-6 else None

    def at(self, x: float, y: float) -> _Point:
        """Returns the place in the edited image."""
        a, b, c, d, e, f = self.matrix
        return a * x + b * y + c, d * x + e * y + f

    def inverse(self) -> AffineMap:
        """Returns the map for the pair with its two images swapped."""
        a, b, c, d, e, f = self.matrix
        scale = a * e - b * d
        return AffineMap(
            (e / scale, -b / scale, (b * f - c * e) / scale, -d / scale, a / scale, (c * d - a * f) / scale)
        )

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
        a, b, c, d, e, f = self.matrix
        planes = ((a, b, 1 - c), (-a, -b, c), (d, e, 1 - f), (-d, -e, f), *_UNIT)
        corners: list[_Point] = [(0, 0), (1, 0), (1, 1), (0, 1)]
        for plane in planes[:4]:
            corners = _cut(corners, plane)
        if len(corners) < 3:
            return NOTHING
        x, y = (sum(values) / len(corners) for values in zip(*corners, strict=True))
        half = min((limit - p * x - q * y) / (abs(p) + abs(q)) for p, q, limit in planes if p or q)
        if half <= 0:
            return NOTHING
        return _widened((x - half, y - half, x + half, y + half), planes)

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


def _cut(corners: list[_Point], plane: _HalfPlane) -> list[_Point]:
    """Returns a convex polygon cut off at a line (Sutherland and Hodgman, 1974)."""
    a, b, c = plane
    kept: list[_Point] = []
    for one, other in zip(corners, (*corners[1:], *corners[:1]), strict=True):
        inside, after = (c - a * x - b * y for x, y in (one, other))
        if inside >= 0:
            kept.append(one)
        if inside * after < 0:
            share = inside / (inside - after)
            kept.append((one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])))
    return kept


def _widened(box: Box, planes: Sequence[_HalfPlane]) -> Box:
    """Returns the box with each side moved outwards as far as the half-planes allow, one after the other."""
    left, top, right, bottom = box
    right = min((c - b * (bottom if b > 0 else top)) / a for a, b, c in planes if a > 1e-12)
    left = max((c - b * (bottom if b > 0 else top)) / a for a, b, c in planes if a < -1e-12)
    bottom = min((c - a * (right if a > 0 else left)) / b for a, b, c in planes if b > 1e-12)
    top = max((c - a * (right if a > 0 else left)) / b for a, b, c in planes if b < -1e-12)
    return left, top, right, bottom
