"""The keys and mouse gestures that are no entries of menus, for the page of shortcuts."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence

from ip2p_desktop.window.canvas.photo_view import HOLD_KEY

Rows = list[tuple[str, str]]
"""What is done, and by which keys."""
Key = Qt.Key


class OtherKeys(QObject):
    """A class of Qt, for its texts."""

    def groups(self) -> list[tuple[str, Rows]]:
        """The groups with their titles."""
        return [
            (self.tr("Instruction"), self._instruction()),
            (self.tr("Photo, while it has the focus"), self._photo()),
            (self.tr("Photos and results below it"), self._strip()),
            (self.tr("Queue"), self._queue()),
            (self.tr("Guidance pad"), self._pad()),
            (self.tr("What can it do?"), self._ideas()),
            (self.tr("Help"), self._help()),
        ]

    def _instruction(self) -> Rows:
        return [
            (self.tr("Make the edit"), _keys(Key.Key_Enter)),
            (self.tr("Choose a suggestion"), _keys(Key.Key_Up, Key.Key_Down, Key.Key_Enter)),
        ]

    def _photo(self) -> Rows:
        hold = self.tr("Hold {key}")
        return [
            (self.tr("Zoom to the pointer"), self.tr("Wheel")),
            (self.tr("Fit, or show at 100 %"), self.tr("Double-click")),
            (self.tr("Zoom to 25, 50, 100, 200, 400 %"), self.tr("+ and -")),
            (self.tr("See the original"), hold.format(key=_keys(HOLD_KEY))),
            (self.tr("Move the photo"), self.tr("Drag, middle button, or arrow keys")),
            (self.tr("Move the divider"), self.tr("Drag, or Tab and arrow keys")),
            (
                self.tr("Move the photo while a mask is painted"),
                self.tr("Hold {key} and drag").format(key=_keys(Key.Key_Space)),
            ),
            (self.tr("Take back an unfinished stroke, or leave the tool"), _keys(Key.Key_Escape)),
        ]

    def _strip(self) -> Rows:
        arrows = (Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down)
        return [
            (self.tr("Go along the results and their branches"), _keys(*arrows)),
            (self.tr("First, last"), _keys(Key.Key_Home, Key.Key_End)),
            (self.tr("Rename"), _keys(Key.Key_F2)),
            (self.tr("Star, or remove the star"), _keys(Key.Key_S)),
            (self.tr("Remove"), _keys(Key.Key_Delete)),
            (self.tr("Show"), _keys(Key.Key_Enter)),
        ]

    def _queue(self) -> Rows:
        return [
            (self.tr("Make an edit earlier or later"), _keys("Alt+Up", "Alt+Down")),
            (self.tr("Cancel an edit"), _keys(Key.Key_Delete)),
        ]

    def _pad(self) -> Rows:
        return [
            (self.tr("Change the values by a step"), self.tr("Arrow keys")),
            (self.tr("Change them by five steps"), self.tr("Shift and arrow keys")),
            (self.tr("Make the edit"), _keys(Key.Key_Enter)),
        ]

    def _ideas(self) -> Rows:
        return [
            (self.tr("Write the instruction"), _keys(Key.Key_Enter)),
            (self.tr("Make the edit at once"), _keys("Shift+Enter")),
        ]

    def _help(self) -> Rows:
        return [(self.tr("This page"), self.tr("F1, or ? outside of text"))]


def _keys(*keys: Qt.Key | str) -> str:
    """Keys as the system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(key).toString(native) for key in keys)
