"""The field for the naming rule of a batch, with its fields and an example."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from engine.batch.naming import FIELDS, STANDARD_RULE
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.controls.text_control import TextControl
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label


class NamingControl(QWidget):
    """A text control, a menu that inserts a field, and the name that the first result would get."""

    value_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batch_naming")
        self.text = TextControl(
            name="batch_rule",
            label=self.tr("Names of the results"),
            placeholder=STANDARD_RULE,
            help_text=self.tr("Words in braces are replaced for each photo."),
        )
        self.insert_button: QPushButton = plain_button("batch_insert_field", self.tr("Insert"))
        self.insert_button.setAccessibleName(self.tr("Insert a field into the naming rule"))
        menu = QMenu(self.insert_button)
        labels = {
            "stem": self.tr("Name of the photo"),
            "instruction": self.tr("Instruction"),
            "number": self.tr("Number"),
            "seed": self.tr("Seed"),
            "model": self.tr("Model"),
            "date": self.tr("Date"),
        }
        for field in FIELDS:
            action = menu.addAction(labels[field])
            action.triggered.connect(lambda _=False, name=field: self.text.field.insert(f"{{{name}}}"))
        self.insert_button.setMenu(menu)
        self.example = named(body_label("", role="hint"), "batch_example")
        self._lay_out()
        self.text.value_changed.connect(self.value_changed)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.insert_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.example)

    @property
    def value(self) -> str:
        """The rule; the standard one if the field is empty."""
        return self.text.value.strip() or STANDARD_RULE

    @value.setter
    def value(self, rule: str) -> None:
        self.text.value = rule

    def show_example(self, text: str) -> None:
        """Show the name of the first result, or what is wrong with the rule."""
        self.example.setText(text)
        self.example.setVisible(bool(text))
