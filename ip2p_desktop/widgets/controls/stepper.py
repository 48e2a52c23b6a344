"""A control for a small whole number."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSpinBox, QToolButton, QWidget

from ip2p_desktop.widgets.controls.setting_control import SettingControl
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.wheel_guard import WheelGuard
from ip2p_desktop.widgets.window_keys import WindowKeys


class Stepper(SettingControl):
    """A label, a field between a minus and a plus button, and a hint."""

    def __init__(
        self,
        *,
        name: str,
        label: str,
        help_text: str,
        minimum: int,
        maximum: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name=name, label=label, help_text=help_text, parent=parent)
        self.field = named(QSpinBox(self), f"{name}_field")
        self.field.setRange(minimum, maximum)
        self.field.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setFixedWidth(self.fontMetrics().horizontalAdvance("00") + 28)
        self._add_field(self.field)
        WheelGuard.watch(self.field)
        WindowKeys.watch(self.field)
        self.caption.setBuddy(self.field)
        self.fewer = self._button(f"{name}_fewer", "minus", self.tr("One less"))
        self.more = self._button(f"{name}_more", "plus", self.tr("One more"))
        self._lay_out()
        self.fewer.clicked.connect(self.field.stepDown)
        self.more.clicked.connect(self.field.stepUp)
        self.field.valueChanged.connect(self._on_changed)
        self._show_limits()

    def _button(self, name: str, icon_name: str, text: str) -> QToolButton:
        button = named(QToolButton(self), name)
        button.setAccessibleName(text)
        button.setToolTip(text)
        button.setAutoRepeat(True)
        set_icon(button, icon_name)
        return button

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(2)
        layout.setVerticalSpacing(4)
        for column, widget in enumerate((self.caption, self.fewer, self.field, self.more)):
            layout.addWidget(widget, 0, column)
        layout.addWidget(self.hint, 1, 0, 1, 4)
        layout.setColumnStretch(0, 1)

    @property
    def value(self) -> int:
        """The number."""
        return self.field.value()

    @value.setter
    def value(self, value: int) -> None:
        self.field.setValue(value)

    def _on_changed(self, value: int) -> None:
        self._show_limits()
        self.value_changed.emit(value)

    def _enable_fields(self) -> None:
        super()._enable_fields()
        self._show_limits()

    def _show_limits(self) -> None:
        # also without an effect, so that nobody is left with several equal results
        self.fewer.setEnabled(self.value > self.field.minimum())
        self.more.setEnabled(self.has_effect and self.value < self.field.maximum())
