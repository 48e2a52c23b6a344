"""The panel of settings fits its width, and enables only settings that have an effect."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from ip2p_desktop.window.controls.settings_panel import SettingsPanel


def test_nothing_is_cut_off_at_the_side(qtbot: QtBot) -> None:
    panel = SettingsPanel()
    qtbot.addWidget(panel)
    panel.resize(panel.sizeHint().width(), 700)
    panel.show()
    panel.more.setChecked(True)
    qtbot.waitUntil(lambda: panel.verticalScrollBar().maximum() > 0)
    assert panel.horizontalScrollBar().maximum() == 0
