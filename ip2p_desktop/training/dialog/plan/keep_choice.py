"""Whether the new model keeps what its base model knows."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label

INDENT = 26


class KeepChoice(QWidget):
    """Two radio buttons with a sentence each."""

    keeps_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keep_button = named(QRadioButton(self.tr("&Keep what the model knows")), "keep_button")
        self.only_button = named(QRadioButton(self.tr("&Only this edit")), "only_button")
        for button in (self.keep_button, self.only_button):
            button.setAccessibleName(button.text().replace("&", ""))
        self.keep_hint = named(body_label("", role="hint"), "keep_hint")
        self.only_hint = named(body_label("", role="hint"), "only_hint")
        self.reason_label = named(body_label("", role="hint"), "keep_reason")
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for button, hint in ((self.keep_button, self.keep_hint), (self.only_button, self.only_hint)):
            self._group.addButton(button)
            hint.setContentsMargins(INDENT, 0, 0, 4)
            column.addWidget(button)
            column.addWidget(hint)
        column.addWidget(self.reason_label)
        self.keep_button.setChecked(True)
        self.only_hint.setText(
            self.tr("Your edit needs fewer steps, but the model may forget what it can do.")
        )
        self.show_cost("")
        self.show_reason("")
        self._group.buttonToggled.connect(self._on_toggled)

    @property
    def keeps_edits(self) -> bool:
        """Whether the new model keeps what the base model knows."""
        return self.keep_button.isChecked()

    @keeps_edits.setter
    def keeps_edits(self, keeps: bool) -> None:
        (self.keep_button if keeps else self.only_button).setChecked(True)

    def show_cost(self, cost: str) -> None:
        """Show what keeping costs, a sentence or nothing."""
        kept = self.tr(
            "It also trains on edits that the model can make already, so that it does not forget them."
        )
        self.keep_hint.setText(f"{kept} {cost}".strip())

    def show_reason(self, reason: str) -> None:
        """Say why there is nothing to keep; an empty text offers the choice."""
        self.reason_label.setText(reason)
        self.reason_label.setVisible(bool(reason))
        for part in (self.keep_button, self.keep_hint, self.only_button, self.only_hint):
            part.setVisible(not reason)

    def _on_toggled(self, button: QRadioButton, is_checked: bool) -> None:
        if is_checked:
            self.keeps_changed.emit()
