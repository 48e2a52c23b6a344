"""A field for a line of text."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLineEdit

from ip2p_desktop.widgets.window_keys import is_for_window


class TextField(QLineEdit):
    """Leaves the shortcuts of the window's actions to the window."""

    def event(self, event: QEvent) -> bool:
        # not a filter: the list of completions calls this method directly
        if is_for_window(event, self):
            event.ignore()
            return True
        return super().event(event)
