"""The control for the seed."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QCheckBox, QGridLayout, QToolButton, QWidget

from ip2p_desktop.widgets.controls.setting_control import SettingControl
from ip2p_desktop.widgets.controls.text_field import TextField
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.controls.declared_controls import SETTINGS_BY_NAME, translated


class SeedControl(SettingControl):
    """A field, as seeds are too large for a spin box, a button for a random seed, and a check box."""

    randomises_changed = Signal(bool)
    draw_requested = Signal()
    """The button for a random seed was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        declared = SETTINGS_BY_NAME["seed"]
        super().__init__(
            name="seed_control",
            label=translated(declared.label),
            help_text=translated(declared.help),
            parent=parent,
        )
        self._value = 0
        assert declared.maximum is not None
        self._maximum = int(declared.maximum)
        self.caption.setProperty("role", "section")
        self.field = named(TextField(self), "seed_field")
        self.field.setText("0")
        self.field.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{1,19}"), self))
        self.caption.setBuddy(self.field)
        self._dice = named(QToolButton(self), "seed_dice")
        self._dice.setAccessibleName(self.tr("Draw a seed"))
        self._dice.setToolTip(self.tr("Draw a seed"))
        set_icon(self._dice, "dice")
        self._randomise = named(QCheckBox(self.tr("New seed for every edit"), self), "seed_randomise")
        self._add_field(self.field)
        for field in (self._dice, self._randomise):
            self._add_field(field, is_named_by_caption=False)
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
        layout.addWidget(self.caption, 0, 0)
        layout.addWidget(self.field, 0, 1)
        layout.addWidget(self._dice, 0, 2)
        layout.addWidget(self._randomise, 1, 0, 1, 3)
        layout.addWidget(self.hint, 2, 0, 1, 3)
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
