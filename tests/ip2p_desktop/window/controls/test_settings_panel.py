"""The panel of settings fits its width, and enables only settings that have an effect."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.edit_settings import OutputSize
from ip2p_desktop.window.controls.settings_panel import SettingsPanel


def test_nothing_is_cut_off_at_the_side(qtbot: QtBot) -> None:
    panel = SettingsPanel()
    qtbot.addWidget(panel)
    panel.resize(panel.sizeHint().width(), 700)
    panel.show()
    panel.more.setChecked(True)
    qtbot.waitUntil(lambda: panel.verticalScrollBar().maximum() > 0)
    assert panel.horizontalScrollBar().maximum() == 0


def test_detail_is_a_choice_for_results_as_large_as_the_photo(qtbot: QtBot) -> None:
    panel = SettingsPanel()
    qtbot.addWidget(panel)
    panel.allow_detail(OutputSize.WORKING)
    assert not panel.detail.isEnabled()
    panel.allow_detail(OutputSize.SOURCE)
    assert panel.detail.isEnabled()
