"""Buttons that show an action as an icon."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QToolButton, QWidget

from ip2p_desktop.widgets.icons import set_icon


class IconButton(QToolButton):
    """A button that triggers an action and is enabled and checked with it.

    A click leaves the keyboard focus where it is.
    """

    def __init__(self, action: QAction, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self.setObjectName(action.objectName().removeprefix("action_") + "_button")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(self, icon_name)
        self.setCheckable(action.isCheckable())
        self.clicked.connect(self._on_clicked)
        action.changed.connect(self._follow)
        self._follow()

    def _on_clicked(self) -> None:
        self._action.trigger()
        self._follow()

    def _follow(self) -> None:
        action = self._action
        text, keys = action.text().replace("&", ""), action.shortcut()
        self.setAccessibleName(text)
        native = keys.toString(QKeySequence.SequenceFormat.NativeText)
        hint = self.tr("Keys: {keys}").format(keys=native)
        self.setToolTip(f"{text}\n{hint}" if native else text)
        self.setEnabled(action.isEnabled())
        self.setChecked(action.isCheckable() and action.isChecked())
