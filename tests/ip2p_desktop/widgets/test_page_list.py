"""The list of pages grows with its longest entry, within limits."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ip2p_desktop.widgets.page_list import PageList


def test_it_is_as_wide_as_its_entries_within_limits(qtbot: QtBot) -> None:
    pages = PageList("pages", narrowest=100, widest=240)
    qtbot.addWidget(pages)
    pages.add_page("One", 1)
    assert pages.width() == 100
    pages.add_page("A page with a longer title", 2)
    assert 100 < pages.width() < 240
    pages.add_page("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte", 3)
    assert pages.width() == 240
    pages.show()
    assert not pages.horizontalScrollBar().isVisible()
    assert [pages.item(row).data(Qt.ItemDataRole.UserRole) for row in range(3)] == [1, 2, 3]
