"""Widgets side by side wrap into lines."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow


class FixedBox(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(100, 20)


@pytest.mark.parametrize(
    ("width", "places"),
    [
        (100, [(0, 0), (0, 24), (0, 48)]),
        (204, [(0, 0), (104, 0), (0, 24)]),
        (400, [(0, 0), (104, 0), (300, 0)]),
    ],
)
def test_lines(qtbot: QtBot, width: int, places: list[tuple[int, int]]) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    row = WrappingRow(box)
    blocks = [FixedBox() for _ in places]
    for block in blocks:
        row.addWidget(block)
    assert row.minimumSize().width() == 100
    assert row.heightForWidth(width) == places[-1][1] + 20
    box.resize(width, 100)
    box.show()
    assert [(block.x(), block.y()) for block in blocks] == places
