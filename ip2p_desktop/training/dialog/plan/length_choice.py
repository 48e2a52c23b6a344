"""The number of training steps, with what they take."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label
from ip2p_desktop.widgets.wheel_guard import WheelGuard

MOST_STEPS = 1_000_000


class LengthChoice(QWidget):
    """A field for the number of steps, and a line about the time, memory and disk space."""

    steps_changed = Signal(int)
    measurement_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps_box = named(QSpinBox(), "steps_box")
        self.steps_box.setAccessibleName(self.tr("Number of steps"))
        self.steps_box.setRange(1, MOST_STEPS)
        self.steps_box.setGroupSeparatorShown(True)
        self.steps_box.setStyleSheet("QSpinBox::up-button, QSpinBox::down-button { width: 0; border: 0; }")
        self.steps_box.lineEdit().setTextMargins(6, 0, 0, 0)
        self.steps_box.setFixedWidth(110)
        WheelGuard.watch(self.steps_box)
        self.again_button = plain_button("measure_again", self.tr("Measure again"), self.tr("Measure again"))
        self.again_button.setProperty("role", "hint-link")
        self.estimate_label = named(body_label("", role="hint"), "training_estimate")
        self._lay_out()
        self.show_estimate("", can_measure=False)
        self.steps_box.valueChanged.connect(self.steps_changed)
        self.again_button.clicked.connect(self.measurement_requested)

    def _lay_out(self) -> None:
        label = QLabel(self.tr("Number of s&teps"))
        label.setBuddy(self.steps_box)
        number = QHBoxLayout()
        number.addWidget(label)
        number.addWidget(self.steps_box)
        number.addSpacing(6)
        number.addWidget(body_label(self.tr("In a step it looks at a few of your pairs."), role="hint"), 1)
        number.addWidget(self.again_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(number)
        column.addWidget(self.estimate_label)

    @property
    def steps(self) -> int:
        """The chosen number of training steps."""
        return self.steps_box.value()

    @steps.setter
    def steps(self, steps: int) -> None:
        self.steps_box.setValue(steps)

    def show_estimate(self, text: str, *, can_measure: bool) -> None:
        """Show what the chosen number of steps takes."""
        self.estimate_label.setText(text)
        self.again_button.setVisible(can_measure)
