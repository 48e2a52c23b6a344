"""A control for choosing one of a few named values."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.wheel_guard import WheelGuard

MENU_WIDTH = 168
"""Minimal width, so that menus below each other are equally wide."""


class ChoiceControl(QWidget):
    """A label and a menu; the value is that of the chosen item.

    With `explains`, the menu is below the label and the help text below the menu; otherwise both share a
    line and the help text is the tooltip.
    """

    value_changed = Signal(object)
    chosen = Signal(object)
    """The value, emitted only when the user chooses an item."""

    def __init__(
        self,
        *,
        name: str,
        label: str,
        choices: Sequence[tuple[str, object]],
        help_text: str = "",
        explains: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._caption = QLabel(label, self)
        self._menu = named(QComboBox(self), f"{name}_menu")
        self._menu.setAccessibleName(label)
        self._menu.setAccessibleDescription(help_text)
        WheelGuard.watch(self._menu)
        self._caption.setBuddy(self._menu)
        self._values: list[object] = []
        for text, value in choices:
            self._add(text, value)
        self._lay_out(help_text if explains else "")
        self.setToolTip("" if explains else help_text)
        self._menu.currentIndexChanged.connect(self._on_changed)
        self._menu.activated.connect(self._on_activated)

    def _lay_out(self, help_text: str) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(4)
        layout.setColumnStretch(0, 1)
        layout.addWidget(self._caption, 0, 0)
        if not help_text:
            self._menu.setMinimumWidth(MENU_WIDTH)
            layout.addWidget(self._menu, 0, 1)
            return
        help_label = QLabel(help_text, self, wordWrap=True)
        help_label.setProperty("role", "hint")
        layout.addWidget(self._menu, 1, 0)
        layout.addWidget(help_label, 2, 0)

    @property
    def value(self) -> object:
        """The value of the chosen item. Setting an unknown value adds an item for it."""
        return self._values[self._menu.currentIndex()]

    @value.setter
    def value(self, value: object) -> None:
        if value not in self._values:
            self._add(str(value), value)
        self._menu.setCurrentIndex(self._values.index(value))

    def _add(self, text: str, value: object) -> None:
        self._values.append(value)
        self._menu.addItem(text)

    def _on_changed(self, index: int) -> None:
        self.value_changed.emit(self._values[index])

    def _on_activated(self, index: int) -> None:
        self.chosen.emit(self._values[index])
