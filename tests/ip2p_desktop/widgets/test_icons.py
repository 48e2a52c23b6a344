"""Icons are drawn in the colours of the theme, as sharp as the screens there are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from pytestqt.qtbot import QtBot

from ip2p_desktop.widgets import icons


@pytest.mark.parametrize("densities", [(1,), (1, 2)])
def test_an_icon_has_a_pixmap_for_each_screen(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, densities: tuple[int, ...]
) -> None:
    monkeypatch.setattr(icons, "_densities", lambda: densities)
    drawn = icons.icon("open", QColor("red"), QColor("blue"))
    for density in densities:
        pixmap = drawn.pixmap(QSize(icons.ICON_SIZE, icons.ICON_SIZE), float(density))
        assert pixmap.size() == QSize(icons.ICON_SIZE, icons.ICON_SIZE) * density


def test_the_icon_of_a_disabled_button_is_faint(qtbot: QtBot) -> None:
    drawn = icons.icon("open", QColor("red"), QColor("blue"))
    image = drawn.pixmap(QSize(18, 18), QIcon.Mode.Disabled).toImage()
    colours = {image.pixelColor(x, y).name() for x in range(18) for y in range(18)}
    assert "#0000ff" in colours
    assert "#ff0000" not in colours
