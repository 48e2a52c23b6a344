"""How the canvas compares a photo with a result."""

from __future__ import annotations

from enum import StrEnum


class CompareMode(StrEnum):
    """What the canvas shows of two images."""

    DIVIDER = "divider"
    """The one left, the other right of a line that can be moved."""
    SIDE_BY_SIDE = "side_by_side"
    """Two views of the same part."""
    RESULT_ONLY = "result_only"
    DIFFERENCE = "difference"
    """How far each pixel of the two differs."""
