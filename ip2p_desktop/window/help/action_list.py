"""All actions of the menu bar with the menus they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

NATIVE = QKeySequence.SequenceFormat.NativeText
SUBMENU = " › "
"""Between the names of a menu and of one inside it."""
MNEMONIC = re.compile(r"\(&.\)|&(?=.)")
"""The mark of the letter that chooses an entry of a menu; in some languages it is in brackets."""


@dataclass(frozen=True, slots=True)
class ListedAction:
    """An action of a menu."""

    menu: str
    """The path of the menus, for example "View › Theme"."""
    text: str
    action: QAction

    @property
    def keys(self) -> str:
        """Its shortcuts as the system writes them; empty if there are none."""
        sequences = (keys.toString(NATIVE) for keys in self.action.shortcuts())
        return ", ".join(sequence for sequence in sequences if sequence)


def listed_actions(bar: QMenuBar) -> list[ListedAction]:
    """The visible actions of a menu bar, in its order."""
    found: list[ListedAction] = []
    for action in bar.actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            found += _actions_of(menu, plain_text(action.text()))
    return found


def plain_text(text: str) -> str:
    """The text of an entry of a menu without the mark of its letter and without dots at the end."""
    return MNEMONIC.sub("", text.replace("&&", "\0")).replace("\0", "&").rstrip("…")


def _actions_of(menu: QMenu, path: str) -> Iterator[ListedAction]:
    for action in menu.actions():
        text, inner = plain_text(action.text()), action.menu()
        if isinstance(inner, QMenu):
            yield from _actions_of(inner, f"{path}{SUBMENU}{text}")
        elif text and action.isVisible() and not action.isSeparator():
            yield ListedAction(path, text, action)
