"""Sliders that choose which step of a run is kept, and how strong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from ip2p_desktop.training.dialog.result.judgement_texts import JudgementTexts
from ip2p_desktop.training.results.result_choice import FULL, MOST_STRENGTH, ResultChoice
from ip2p_desktop.widgets.object_names import named

PERCENT_STEP = 10
REST_MS = 700
"""Time without a move after which the choice is tried."""


class ChoiceSliders(QWidget):
    """Emits a choice once the sliders rest."""

    chosen = Signal(object)
    """The `ResultChoice`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "choice_sliders")
        self._steps: Sequence[int] = (1,)
        self._texts = JudgementTexts(self)
        self.step_caption = QLabel(self.tr("&Trained for"))
        self.step = self._slider("result_step", self.tr("Step that is kept"), self.step_caption)
        self.step_value = named(QLabel(), "result_step_value")
        self.strength_caption = QLabel(self.tr("&Strength"))
        self.strength = self._slider(
            "result_strength", self.tr("Strength of the new edit"), self.strength_caption
        )
        self.strength.setRange(PERCENT_STEP, round(MOST_STRENGTH * 100))
        self.strength.setSingleStep(PERCENT_STEP)
        self.strength.setPageStep(PERCENT_STEP)
        self.strength_value = named(QLabel(), "result_strength_value")
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(lambda: self.chosen.emit(self.choice))
        self._lay_out()
        for slider in (self.step, self.strength):
            slider.valueChanged.connect(self._on_moved)

    def _slider(self, name: str, spoken: str, caption: QLabel) -> QSlider:
        slider = named(QSlider(Qt.Orientation.Horizontal), name)
        slider.setAccessibleName(spoken)
        caption.setBuddy(slider)
        return slider

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        rows = (
            (self.step_caption, self.step, self.step_value),
            (self.strength_caption, self.strength, self.strength_value),
        )
        for row, widgets in enumerate(rows):
            for column, widget in enumerate(widgets):
                grid.addWidget(widget, row, column)
        grid.setColumnStretch(1, 1)
        for value in (self.step_value, self.strength_value):
            value.setMinimumWidth(150)

    @property
    def choice(self) -> ResultChoice:
        """What is chosen."""
        return ResultChoice(self._steps[self.step.value()], self.strength.value() / 100)

    @property
    def is_resting(self) -> bool:
        """Whether a move of the sliders is still to be tried."""
        return self._rest.isActive()

    def offer(self, steps: Sequence[int]) -> None:
        """Offer these steps, ascending, and choose the last one at full strength; emits nothing."""
        self._steps = steps
        for slider, largest, value in (
            (self.step, len(steps) - 1, len(steps) - 1),
            (self.strength, self.strength.maximum(), round(FULL * 100)),
        ):
            slider.blockSignals(True)
            slider.setMaximum(largest)
            slider.setValue(value)
            slider.blockSignals(False)
        for widget in (self.step_caption, self.step, self.step_value):
            widget.setVisible(len(steps) > 1)
        self._show_values()

    def _on_moved(self) -> None:
        self._show_values()
        self._rest.start()

    def _show_values(self) -> None:
        choice = self.choice
        self.step_value.setText(self._texts.chosen(choice.step, self._steps[-1]))
        self.strength_value.setText(self._texts.strength(choice.strength))
