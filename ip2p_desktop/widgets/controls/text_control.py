"""A control for a line of text."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ip2p_desktop.widgets.controls.text_field import TextField
from ip2p_desktop.widgets.object_names import named

MAX_LENGTH = 1000
"""In characters; far more than any text encoder reads."""


class TextControl(QWidget):
    """A label, a field and a hint."""

    value_changed = Signal(str)

    def __init__(
        self, *, name: str, label: str, placeholder: str, help_text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        caption = QLabel(label, self)
        self.field = named(TextField(self), f"{name}_field")
        self.field.setMaxLength(MAX_LENGTH)
        self.field.setClearButtonEnabled(True)
        self.field.setPlaceholderText(placeholder)
        self.field.setAccessibleName(label)
        self.field.setAccessibleDescription(help_text)
        caption.setBuddy(self.field)
        help_label = QLabel(help_text, self, wordWrap=True)
        help_label.setProperty("role", "hint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (caption, self.field, help_label):
            layout.addWidget(widget)
        self.field.textChanged.connect(self.value_changed)

    @property
    def value(self) -> str:
        """The text in the field."""
        return self.field.text()

    @value.setter
    def value(self, text: str) -> None:
        if text != self.field.text():
            self.field.setText(text)
            self.field.setCursorPosition(0)
