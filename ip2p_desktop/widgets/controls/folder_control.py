"""A control for choosing a folder in the system's dialog."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from ip2p_desktop.widgets.controls.file_choosing import choose_folder
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.widgets.object_names import named


class FolderControl(QWidget):
    """A label, a field with the path, two buttons and a hint; the value is None for the default folder."""

    value_changed = Signal(object)

    def __init__(
        self,
        *,
        name: str,
        label: str,
        placeholder: str,
        help_text: str,
        choose: str,
        reset: str,
        parent: QWidget | None = None,
    ) -> None:
        """`placeholder` is the text of the field if no folder is chosen.

        `choose` and `reset` are what screen readers call the buttons.
        """
        super().__init__(parent)
        self.setObjectName(name)
        self._label = label
        self._value: Path | None = None
        caption = QLabel(label, self)
        caption.setProperty("role", "section")
        self.field = named(QLineEdit(self), f"{name}_field")
        self.field.setReadOnly(True)
        self.field.setPlaceholderText(placeholder)
        self.field.setAccessibleName(label)
        self.field.setAccessibleDescription(help_text)
        caption.setBuddy(self.field)
        self.choose = self._button(f"{name}_choose", self.tr("Choose…"), choose)
        self.reset = self._button(f"{name}_reset", self.tr("Default"), reset)
        help_label = QLabel(help_text, self, wordWrap=True)
        help_label.setProperty("role", "hint")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(4)
        layout.setColumnStretch(0, 1)
        layout.addWidget(caption, 0, 0, 1, 3)
        for column, widget in enumerate((self.field, self.choose, self.reset)):
            layout.addWidget(widget, 1, column)
        layout.addWidget(help_label, 2, 0, 1, 3)
        self.choose.clicked.connect(self._open_dialog)
        self.reset.clicked.connect(lambda: self._set(None))
        self._show()

    def _button(self, name: str, text: str, spoken: str) -> QPushButton:
        button = named(QPushButton(text, self), name)
        button.setAutoDefault(False)
        button.setAccessibleName(spoken)
        return button

    @property
    def value(self) -> Path | None:
        """The chosen folder; None for the default."""
        return self._value

    @value.setter
    def value(self, value: Path | None) -> None:
        self._set(value)

    def _set(self, value: Path | None) -> None:
        if value != self._value:
            self._value = value
            self._show()
            self.value_changed.emit(value)

    def _show(self) -> None:
        path = str(self._value) if self._value else ""
        self.field.setText(path)
        self.field.setCursorPosition(0)
        self.field.setToolTip(tooltip_text(path or self.field.placeholderText()))
        self.reset.setEnabled(self._value is not None)

    def _open_dialog(self) -> None:
        choose_folder(self, f"{self.objectName()}_dialog", self._label, self._set, folder=self._value)
