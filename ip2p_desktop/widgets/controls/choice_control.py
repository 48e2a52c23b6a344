"""A control for choosing one of a few named values."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ip2p_desktop.widgets.controls.marked_menu import MarkedMenu
from ip2p_desktop.widgets.controls.setting_control import SettingControl
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.wheel_guard import WheelGuard

MENU_WIDTH = 168
"""Minimal width, so that menus below each other are equally wide."""


class ChoiceControl(SettingControl):
    """A label and a menu; the value is that of the chosen item.

    With `explains`, the menu is below the label and the help text below the menu; otherwise both share a
    line, the help text is the tooltip, and only remarks are shown below.
    """

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
        super().__init__(name=name, label=label, help_text=help_text, parent=parent)
        self._explains = explains and bool(help_text)
        self._menu = named(MarkedMenu(self), f"{name}_menu")
        self._add_field(self._menu)
        WheelGuard.watch(self._menu)
        self.caption.setBuddy(self._menu)
        self._values: list[object] = []
        for text, value in choices:
            self._add(text, value)
        self._lay_out()
        self.hint.setVisible(self._explains)
        self._show_tooltip()
        self._menu.currentIndexChanged.connect(self._on_changed)
        self._menu.activated.connect(self._on_activated)

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(4)
        layout.setColumnStretch(0, 1)
        layout.addWidget(self.caption, 0, 0)
        if self._explains:
            layout.addWidget(self._menu, 1, 0)
            layout.addWidget(self.hint, 2, 0)
        else:
            self._menu.setMinimumWidth(MENU_WIDTH)
            layout.addWidget(self._menu, 0, 1)
            layout.addWidget(self.hint, 1, 0, 1, 2)

    def add_to_caption(self, widget: QWidget) -> None:
        """Add a widget at the right end of the line of the label; for controls that explain themselves."""
        layout = self.layout()
        assert isinstance(layout, QGridLayout)
        layout.addWidget(widget, 0, 0, Qt.AlignmentFlag.AlignRight)

    @property
    def value(self) -> object:
        """The value of the chosen item. Setting an unknown value adds an item for it."""
        return self._values[self._menu.currentIndex()]

    @value.setter
    def value(self, value: object) -> None:
        if value not in self._values:
            self._add(str(value), value)
        self._menu.setCurrentIndex(self._values.index(value))

    def show_remark(self, text: str, *, has_effect: bool = True) -> None:
        """As in `SettingControl`; without a remark, the hint is shown only if the control explains itself."""
        super().show_remark(text, has_effect=has_effect)
        self.hint.setVisible(bool(text) or self._explains)

    def _plain_tooltip(self) -> str:
        return "" if self._explains else self._help_text

    def _recommended_text(self) -> str:
        """The item in the menu says it."""
        return ""

    def _show_recommended(self) -> None:
        row = self._values.index(self.recommended) if self.recommended in self._values else -1
        self._menu.mark(row, self.tr("{choice} (recommended)"))

    def _add(self, text: str, value: object) -> None:
        self._values.append(value)
        self._menu.addItem(text)

    def _on_changed(self, index: int) -> None:
        self.value_changed.emit(self._values[index])

    def _on_activated(self, index: int) -> None:
        self.chosen.emit(self._values[index])
