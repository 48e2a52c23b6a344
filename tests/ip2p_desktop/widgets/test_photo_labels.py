"""Captions at different widths."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from ip2p_desktop.widgets.photo_labels import label_text


@pytest.mark.parametrize(
    ("detail", "space", "text"),
    [
        ("make it\nnight", 1000, "After · make it night"),
        ("make it night and let it snow", 200, "After · make it night and let it snow"),
        ("make it night", 60, "After"),
        ("", 1000, "After"),
    ],
)
def test_the_detail_is_left_out_where_too_little_of_it_would_be_seen(
    qapp: QApplication, detail: str, space: float, text: str
) -> None:
    assert label_text(QFontMetrics(qapp.font()), "After", detail, space) == text
