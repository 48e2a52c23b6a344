"""Durations as text."""

from __future__ import annotations

import pytest

from ip2p_desktop.base.durations import Durations

pytestmark = pytest.mark.usefixtures("qapp")


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
    assert Durations().time_left(seconds) == sentence


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
    assert Durations().duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        (5, "Less than a minute on this computer."),
        (70, "About 1 minute on this computer."),
        (720, "About 12 minutes on this computer."),
        (5_500, "About 2 hours on this computer."),
    ],
)
def test_duration_in_a_sentence(seconds: float, sentence: str) -> None:
    assert Durations().on_this_computer(seconds) == sentence
