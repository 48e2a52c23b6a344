"""The base of controls for one value: caption, hint, the recommended value, and why it has no effect."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QWidget

from ip2p_desktop.widgets.literal_text import tooltip_text


class SettingControl(QWidget):
    """A caption with fields, and a hint. A double click on the caption sets the recommended value.

    Subclasses lay out the caption and the hint.
    """

    value_changed = Signal(object)
    value: Any
    """The value that the fields show; a property of each subclass."""

    def __init__(self, *, name: str, label: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._help_text = help_text
        self._remark = ""
        self._has_effect = True
        self._recommended: Any = None
        self._fields: list[QWidget] = []
        self.caption = Caption(label, self)
        self.caption.setProperty("role", "section")
        self.hint = QLabel(help_text, self, wordWrap=True)
        self.hint.setProperty("role", "hint")
        self.caption.double_clicked.connect(self.use_recommended)

    def _add_field(self, field: QWidget, *, is_named_by_caption: bool = True) -> None:
        """Describe a field to screen readers; it is disabled while the value has no effect."""
        if is_named_by_caption:
            field.setAccessibleName(self.caption.text())
            field.setAccessibleDescription(self._help_text)
        self._fields.append(field)

    @property
    def recommended(self) -> object:
        """The value that suits the model; None if nothing is recommended."""
        return self._recommended

    @recommended.setter
    def recommended(self, value: object) -> None:
        self._recommended = value
        self._show_recommended()
        self._show_tooltip()

    def use_recommended(self) -> None:
        """Set the recommended value, if there is one and the control is enabled."""
        if self._recommended is not None and self.has_effect:
            self.value = self._recommended

    @property
    def has_effect(self) -> bool:
        """Whether the value can be changed."""
        return self._has_effect

    @property
    def remark(self) -> str:
        """The remark that is shown instead of the help text; empty if there is none."""
        return self._remark

    def show_remark(self, text: str, *, has_effect: bool = True) -> None:
        """Show a remark instead of the help text; an empty text shows the help again.

        The fields are disabled unless the value has an effect. The remark stays readable, and is the tooltip
        and the description for screen readers too.
        """
        if (text, has_effect) == (self._remark, self._has_effect):
            return
        self._remark = text
        self.hint.setText(text or self._help_text)
        self._has_effect = has_effect
        self._enable_fields()
        self._describe(f"{self._help_text}\n{text}".strip() if text else self._help_text)
        self._show_tooltip()

    def _enable_fields(self) -> None:
        for field in self._fields:
            field.setEnabled(self.has_effect)

    def _describe(self, text: str) -> None:
        for field in self._fields:
            if field.accessibleName() == self.caption.text():
                field.setAccessibleDescription(text)

    def _show_recommended(self) -> None:
        """Mark the recommended value."""

    def _recommended_text(self) -> str:
        """The recommended value as the control shows it; empty if there is none."""
        return "" if self._recommended is None else f"{self._recommended:g}"

    def _show_tooltip(self) -> None:
        recommended = self._recommended_text()
        lines = [self._remark]
        if recommended:
            lines.append(self.tr("Recommended: {value}").format(value=recommended))
            if self.has_effect:
                lines.append(self.tr("Double-click the name to use it."))
        self.setToolTip(tooltip_text("\n".join(line for line in lines if line) or self._plain_tooltip()))

    def _plain_tooltip(self) -> str:
        """The tooltip of a control without a remark and without a recommended value."""
        return ""


class Caption(QLabel):
    """The name of a setting."""

    double_clicked = Signal()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()
