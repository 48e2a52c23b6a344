"""The buttons of the page of a result, and the question for how many more steps to train."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ip2p_desktop.training.dialog.progress.inline_question import StepsQuestion
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow


class ResultButtons(QWidget):
    """A row of buttons that wraps; the main one is at the right."""

    further_requested = Signal(int)
    """The number of further steps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps = 0
        self.back = self._button("back_to_progress", self.tr("&Back"))
        self.further = self._button("train_result_further", self.tr("Train &further…"))
        self.export = self._button("export_result", self.tr("&Export"))
        self.close_button = self._button("close_result", self.tr("Close"))
        self.keep = self._button("keep_model", self.tr("&Keep the model"))
        self.keep.setProperty("role", "primary")
        self.question = StepsQuestion()
        self._row = QWidget()
        row = WrappingRow(self._row, spacing=10)
        for button in (self.close_button, self.back, self.further, self.export, self.keep):
            row.addWidget(button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._row)
        layout.addWidget(self.question)
        self._ask(is_asked=False)
        self.further.clicked.connect(self._on_further)
        self.question.dismiss.clicked.connect(lambda: self._ask(is_asked=False))
        self.question.confirm.clicked.connect(self._on_confirmed)

    def _button(self, name: str, text: str) -> QPushButton:
        return plain_button(name, text, text.replace("&", ""))

    def show_state(self, *, can_act: bool, can_train_further: bool, steps: int) -> None:
        """Enable what can be done with the result of so many steps."""
        self._steps = steps
        for button in (self.keep, self.export):
            button.setEnabled(can_act)
        self.further.setVisible(can_train_further)
        self.further.setEnabled(can_act)
        if not (can_act and can_train_further):
            self._ask(is_asked=False)

    def _ask(self, *, is_asked: bool) -> None:
        had_focus = self.question.isAncestorOf(self.focusWidget() or self)
        self._row.setVisible(not is_asked)
        self.question.setVisible(is_asked)
        if is_asked:
            self.question.setFocus()
        elif had_focus:
            self.further.setFocus()

    def _on_further(self) -> None:
        self.question.suggest(self._steps)
        self._ask(is_asked=True)
        self.question.confirm.setDefault(True)

    def _on_confirmed(self) -> None:
        self._ask(is_asked=False)
        self.further_requested.emit(self.question.steps.value())
