"""A control for a line of text."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ip2p_desktop.widgets.controls.setting_control import SettingControl
from ip2p_desktop.widgets.controls.text_field import TextField
from ip2p_desktop.widgets.object_names import named

MAX_LENGTH = 1000
"""In characters; far more than any text encoder reads."""


class TextControl(SettingControl):
    """A label, a field and a hint."""

    def __init__(
        self, *, name: str, label: str, placeholder: str, help_text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(name=name, label=label, help_text=help_text, parent=parent)
        self.field = named(TextField(self), f"{name}_field")
        self.field.setMaxLength(MAX_LENGTH)
        self.field.setClearButtonEnabled(True)
        self.field.setPlaceholderText(placeholder)
        self._add_field(self.field)
        self.caption.setBuddy(self.field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.caption, self.field, self.hint):
            layout.addWidget(widget)
        self.field.textChanged.connect(self.value_changed.emit)

    @property
    def value(self) -> str:
        """The text in the field."""
        return self.field.text()

    @value.setter
    def value(self, text: str) -> None:
        if text != self.field.text():
            self.field.setText(text)
            self.field.setCursorPosition(0)
