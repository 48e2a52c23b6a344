"""Keys that a focused field leaves to the actions of its window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit

from ip2p_desktop.widgets.drop import is_photo

Keys = QKeySequence.StandardKey
KEY_EVENTS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
COMMAND_KEYS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
"""Without one of these, a key types or edits."""
FUNCTION_KEYS = range(Qt.Key.Key_F1, Qt.Key.Key_F35 + 1)


def is_for_window(event: QEvent, field: QLineEdit) -> bool:
    """Whether an event in the field is a shortcut of one of the window's actions, enabled or not.

    The field takes many of these keys with a meaning of its own: Ctrl+U would erase its text. Only undo,
    redo, copy and paste belong to the field, as long as they have an effect there.
    """
    if event.type() not in KEY_EVENTS or not isinstance(event, QKeyEvent):
        return False
    for key, has_effect in (
        (Keys.Undo, field.isUndoAvailable()),
        (Keys.Redo, field.isRedoAvailable()),
        (Keys.Copy, field.hasSelectedText()),
        (Keys.Paste, not is_photo(QApplication.clipboard().mimeData())),
    ):
        if event.matches(key):
            return not has_effect
    if not event.modifiers() & COMMAND_KEYS and event.key() not in (Qt.Key.Key_Escape, *FUNCTION_KEYS):
        return False
    pressed = QKeySequence(event.keyCombination())
    return any(pressed in action.shortcuts() for action in field.window().findChildren(QAction))


class WindowKeys(QObject):
    """Leaves the shortcuts of the window's actions to the window while a spin box has the focus."""

    @classmethod
    def watch(cls, box: QAbstractSpinBox) -> None:
        """Ignore these keys in the spin box from now on."""
        box.installEventFilter(cls(box))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_ignored = isinstance(watched, QAbstractSpinBox) and is_for_window(event, watched.lineEdit())
        if is_ignored:
            event.ignore()
        return is_ignored
