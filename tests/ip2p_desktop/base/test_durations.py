"""Durations as text."""

from __future__ import annotations

import pytest

from ip2p_desktop.base import durations


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        (None, ""),
        (5, "less than a minute left"),
        (70, "about 1 minute left"),
        (185, "about 3 minutes left"),
        (5_300, "about 88 minutes left"),
        (5_500, "about 2 hours left"),
        (26 * 3600, "about 26 hours left"),
    ],
)
def test_time_left(seconds: float | None, sentence: str) -> None:
    assert durations.time_left(seconds) == sentence


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (5, "less than a minute"),
        (70, "about 1 minute"),
        (720, "about 12 minutes"),
        (5_500, "about 2 hours"),
        (26 * 3600, "about 26 hours"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert durations.duration(seconds) == text
