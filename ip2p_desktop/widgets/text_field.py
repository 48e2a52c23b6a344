"""A field for a line of text."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

Keys = QKeySequence.StandardKey


class TextField(QLineEdit):
    """Leaves the keys for undo and redo to the window when the field itself has nothing to undo or redo."""

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            has_no_effect = (event.matches(Keys.Undo) and not self.isUndoAvailable()) or (
                event.matches(Keys.Redo) and not self.isRedoAvailable()
            )
            if has_no_effect:
                event.ignore()  # the window then undoes its last step
                return True
        return super().event(event)
