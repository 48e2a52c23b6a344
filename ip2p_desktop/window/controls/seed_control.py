"""The control for the seed."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QToolButton, QWidget

from ip2p_desktop.widgets.controls.text_field import TextField
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.controls.declared_controls import SETTINGS_BY_NAME, translated


class SeedControl(QWidget):
    """A field, as seeds are too large for a spin box, a button for a random seed, and a check box."""

    value_changed = Signal(object)
    randomises_changed = Signal(bool)
    draw_requested = Signal()
    """The button for a random seed was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("seed_control")
        self._value = 0
        declared = SETTINGS_BY_NAME["seed"]
        assert declared.maximum is not None
        self._maximum = int(declared.maximum)
        self._label = QLabel(translated(declared.label), self)
        self._label.setProperty("role", "section")
        self.field = named(TextField(self), "seed_field")
        self.field.setText("0")
        self.field.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{1,19}"), self))
        self.field.setAccessibleName(translated(declared.label))
        self._label.setBuddy(self.field)
        self._dice = named(QToolButton(self), "seed_dice")
        self._dice.setAccessibleName(self.tr("Draw a seed"))
        self._dice.setToolTip(self.tr("Draw a seed"))
        set_icon(self._dice, "dice")
        self._randomise = named(QCheckBox(self.tr("New seed for every edit"), self), "seed_randomise")
        self._help = QLabel(translated(declared.help), self, wordWrap=True)
        self._help.setProperty("role", "hint")
        self.field.setAccessibleDescription(self._help.text())
        self._lay_out()
        self.field.editingFinished.connect(self._on_left)
        self.field.textEdited.connect(self._on_edited)
        self._dice.clicked.connect(self.draw_requested)
        self._randomise.toggled.connect(self.randomises_changed)

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(4)
        layout.setVerticalSpacing(4)
        layout.addWidget(self._label, 0, 0)
        layout.addWidget(self.field, 0, 1)
        layout.addWidget(self._dice, 0, 2)
        layout.addWidget(self._randomise, 1, 0, 1, 3)
        layout.addWidget(self._help, 2, 0, 1, 3)
        layout.setColumnStretch(0, 1)
        self.field.setFixedWidth(self.fontMetrics().horizontalAdvance("0" * 12) + 24)

    @property
    def value(self) -> int:
        """The seed."""
        return self._value

    @value.setter
    def value(self, seed: int) -> None:
        if self.field.text() != str(seed):
            self.field.setText(str(seed))
        if seed != self._value:
            self._value = seed
            self.value_changed.emit(seed)

    @property
    def randomises(self) -> bool:
        """Whether every edit gets a new random seed."""
        return self._randomise.isChecked()

    @randomises.setter
    def randomises(self, randomises: bool) -> None:
        self._randomise.setChecked(randomises)

    def _on_edited(self, text: str) -> None:
        """A typed seed turns off random seeds."""
        if text:
            self._randomise.setChecked(False)
            self.value = min(int(text), self._maximum)

    def _on_left(self) -> None:
        self.field.setText(str(self._value))
