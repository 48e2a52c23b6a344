"""A choice among a few named values."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from ip2p_desktop.controls.wheel_guard import WheelGuard
from ip2p_desktop.naming import named


class ChoiceControl(QWidget):
    """A label and a menu; its value is that of the chosen line."""

    value_changed = Signal(object)

    def __init__(
        self,
        *,
        name: str,
        label: str,
        choices: Sequence[tuple[str, object]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        caption = QLabel(label, self)
        self._menu = named(QComboBox(self), f"{name}_menu")
        self._menu.setAccessibleName(label)
        WheelGuard.watch(self._menu)
        caption.setBuddy(self._menu)
        self._values: list[object] = []
        for text, value in choices:
            self._add(text, value)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(caption, 0, 0)
        layout.addWidget(self._menu, 0, 1)
        layout.setColumnStretch(0, 1)
        self._menu.setMinimumWidth(152)
        self._menu.currentIndexChanged.connect(self._on_chosen)

    @property
    def value(self) -> object:
        return self._values[self._menu.currentIndex()]

    @value.setter
    def value(self, value: object) -> None:
        if value not in self._values:
            self._add(str(value), value)
        self._menu.setCurrentIndex(self._values.index(value))

    def _add(self, text: str, value: object) -> None:
        self._values.append(value)
        self._menu.addItem(text)

    def _on_chosen(self, index: int) -> None:
        self.value_changed.emit(self._values[index])
