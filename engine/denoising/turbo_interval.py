"""How often Turbo computes the deep levels of the UNet; without torch."""

from __future__ import annotations

MAX_INTERVAL = 4
"""Most steps from one computation of the deep levels to the next; see `tests/benchmarks/turbo.py`."""


def depth_interval(steps: int) -> int:
    """Steps from one computation of the deep levels to the next, in an edit of `steps` steps.

    If steps are few, they differ much: below 8, reuse would be visible, and the interval is 1.
    """
    return max(1, min(MAX_INTERVAL, (steps + 2) // 5))
