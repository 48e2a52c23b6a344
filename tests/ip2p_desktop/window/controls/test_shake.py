"""A shaken widget ends at the place its layout gives it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLineEdit, QProxyStyle, QStyle, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ip2p_desktop.window.controls.shake import DURATION_MS, Shake


@pytest.fixture
def box(qtbot: QtBot) -> Iterator[QLineEdit]:
    window = QWidget()
    qtbot.addWidget(window)
    box = QLineEdit()
    QVBoxLayout(window).addWidget(box)
    window.show()
    yield box
    window.close()


def test_it_lasts_no_longer_than_it_takes_to_notice() -> None:
    assert DURATION_MS <= 300


def test_shaking_again_does_not_add_up(qtbot: QtBot, box: QLineEdit) -> None:
    place, shake = box.pos(), Shake(box)
    for _ in range(3):
        shake.start()
        qtbot.waitUntil(lambda: box.pos() != place)
    qtbot.waitUntil(lambda: not shake.is_running)
    assert box.pos() == place


def test_a_layout_change_during_the_animation_is_kept(qtbot: QtBot, box: QLineEdit) -> None:
    place, shake = box.pos(), Shake(box)
    shake.start()
    qtbot.waitUntil(lambda: box.pos() != place)
    box.parentWidget().layout().setContentsMargins(40, 5, 0, 0)
    box.parentWidget().layout().activate()
    qtbot.waitUntil(lambda: not shake.is_running)
    assert box.pos() == QPoint(40, box.y())


class StillStyle(QProxyStyle):
    """The style of a system with animations turned off."""

    def styleHint(self, hint: QStyle.StyleHint, *rest: object) -> int:
        is_duration = hint == QStyle.StyleHint.SH_Widget_Animation_Duration
        return 0 if is_duration else super().styleHint(hint, *rest)  # type: ignore[arg-type]


def test_it_stays_still_where_animations_are_not_wanted(box: QLineEdit) -> None:
    style = StillStyle()
    box.setStyle(style)
    place, shake = box.pos(), Shake(box)
    shake.start()
    assert not shake.is_running
    assert box.pos() == place
    box.setStyle(None)  # it must not outlive the style
