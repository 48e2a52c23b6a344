"""The plane of a pad: what it covers, and the values at its positions."""

from __future__ import annotations

import pytest

from engine.library.useful_ranges import CompleteRanges, ValueRange
from ip2p_desktop.window.guidance.pad_extent import PadExtent

RANGES = CompleteRanges(ValueRange(6, 9), ValueRange(1.2, 1.8))


def test_the_useful_range_has_as_much_again_on_each_side() -> None:
    extent = PadExtent.around(RANGES)
    assert extent.text == ValueRange(3, 12)
    assert (extent.image.minimum, extent.image.maximum) == pytest.approx((0.6, 2.4))


def test_it_grows_to_points_beyond_and_never_below_zero() -> None:
    extent = PadExtent.around(RANGES, [(0.0, 0.0), (20.0, 1.5)])
    assert (extent.text.minimum, extent.text.maximum) == (0, 20)
    assert extent.image.minimum == 0
    low = PadExtent.around(CompleteRanges(ValueRange(0.1, 2), ValueRange(0, 0)))
    assert low.text.minimum == low.image.minimum == 0
    assert low.image.maximum == 0.25


def test_positions_and_scales_are_inverse() -> None:
    extent = PadExtent.around(RANGES)
    for scales in ((7.5, 1.5), (3.0, 0.6), (12.0, 2.4), (6.3, 1.25)):
        assert extent.scales(*extent.place(scales)) == pytest.approx(scales)
    assert extent.scales(-1, 2) == pytest.approx((3, 2.4)), "outside counts as the edge"


def test_steps_end_at_the_edges() -> None:
    extent = PadExtent.around(RANGES)
    assert extent.moved((7.5, 1.5), 1, -1) == pytest.approx((7.6, 1.45))
    assert extent.moved((11.9, 2.4), 5, 5) == pytest.approx((12, 2.4))
