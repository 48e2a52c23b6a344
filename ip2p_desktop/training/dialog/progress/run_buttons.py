"""The buttons of a run, and the questions that take their place."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ip2p_desktop.training.dialog.progress.inline_question import (
    DiscardQuestion,
    InlineQuestion,
    StepsQuestion,
)
from ip2p_desktop.training.dialog.progress.progress_texts import ProgressTexts, fault_of
from ip2p_desktop.training.runs.training_phase import RUNNING_PHASES, TrainingPhase
from ip2p_desktop.training.runs.training_session import TrainingSession
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow
from ip2p_desktop.widgets.theme import restyle


class RunButtons(QWidget):
    """A row of buttons; the one at the right is the main one of the phase."""

    discard_confirmed = Signal()
    further_requested = Signal(int)
    """The number of further steps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._planned_steps = 0
        self._is_pausing = False
        """Whether a pause was asked for that begins after the current step."""
        self._main: QPushButton | None = None
        self.close_button = self._button("close_progress", self.tr("Close"))
        self.back_button = self._button("back_to_plan", self.tr("&Back"))
        self.again_button = self._button("train_another", self.tr("Train &another"))
        self.discard_button = self._button("discard", self.tr("Stop and &discard…"))
        self.stop_button = self._button("stop", self.tr("&Stop and keep"))
        self.further_button = self._button("train_further", self.tr("Train &further…"))
        self.pause_button = self._button("pause", self.tr("&Pause"))
        self.resume_button = self._button("resume", ProgressTexts().go_on(0))
        self.continue_button = self._button("continue", self.tr("&Continue"))
        self.result_button = self._button("show_result", self.tr("See the &result"))
        self.use_button = self._button("use", self.tr("&Use it now"))
        self.discard_question = DiscardQuestion()
        self.steps_question = StepsQuestion()
        self._lay_out()
        self.pause_button.clicked.connect(lambda: self.show_pausing(True))
        self.discard_button.clicked.connect(lambda: self._ask(self.discard_question))
        self.further_button.clicked.connect(self._ask_for_steps)
        for question in (self.discard_question, self.steps_question):
            question.dismiss.clicked.connect(lambda: self._ask(None))
        self.discard_question.confirm.clicked.connect(self._discard)
        self.steps_question.confirm.clicked.connect(self._train_further)

    def _button(self, name: str, text: str) -> QPushButton:
        return plain_button(name, text, text.replace("&", ""))

    def _lay_out(self) -> None:
        self._row = QWidget()
        row = WrappingRow(self._row, spacing=10)
        for button in (
            *(
                self.close_button,
                self.back_button,
                self.again_button,
                self.discard_button,
                self.stop_button,
                self.further_button,
            ),
            *(
                self.pause_button,
                self.resume_button,
                self.continue_button,
                self.result_button,
                self.use_button,
            ),
        ):
            row.addWidget(button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self._row, self.discard_question, self.steps_question):
            layout.addWidget(part)
        self._ask(None)

    @property
    def main_button(self) -> QPushButton:
        """The button that leads on; hidden if the phase has none."""
        return self._main or self.use_button

    def show_phase(self, session: TrainingSession) -> None:
        """Show the buttons of the session's phase; a question that no longer applies is dropped."""
        phase, progress = session.phase, session.progress
        is_running, is_done = phase in RUNNING_PHASES, phase == TrainingPhase.DONE
        is_begun = progress.step > 0
        is_complete = is_done and session.outcome is not None and session.outcome.is_complete
        self._planned_steps = progress.total_steps
        self.close_button.setToolTip(ProgressTexts().closing(phase))
        self.back_button.setVisible(phase == TrainingPhase.FAILED)
        self.again_button.setVisible(is_done)
        self.discard_button.setVisible(is_running and is_begun)
        self.stop_button.setVisible(is_running)
        self._name(self.stop_button, self.tr("&Stop and keep") if is_begun else self.tr("&Stop"))
        # it stays in its place while the run stops, so that no other button moves there
        self.pause_button.setVisible(is_running and phase != TrainingPhase.PAUSED)
        can_pause = phase in (TrainingPhase.PREPARING, TrainingPhase.TRAINING)
        if not can_pause and self._is_pausing:
            self.show_pausing(False)
        self.continue_button.setVisible(phase == TrainingPhase.PAUSED)
        self._name(self.continue_button, self.tr("&Try again") if fault_of(session) else self.tr("&Continue"))
        self.resume_button.setVisible(session.is_resumable())
        self._name(self.resume_button, ProgressTexts().go_on(session.run.step if session.run else 0))
        self.result_button.setVisible(is_done and session.result is not None and session.model is None)
        self.further_button.setVisible(is_complete and session.can_train_further())
        self.use_button.setVisible(is_done and session.model is not None)
        self._mark_main()
        for button in (self.discard_button, self.stop_button):
            button.setEnabled(phase != TrainingPhase.STOPPING)
        self.pause_button.setEnabled(phase != TrainingPhase.STOPPING and not self._is_pausing)
        asked = {self.discard_question: self.discard_button, self.steps_question: self.further_button}
        for question, button in asked.items():
            if not question.isHidden() and (button.isHidden() or not button.isEnabled()):
                self._ask(None)

    def show_pausing(self, is_pausing: bool) -> None:
        """Show that a pause was asked for, or that it has begun or was refused."""
        self._is_pausing = is_pausing
        self.pause_button.setEnabled(not is_pausing)
        self._name(self.pause_button, self.tr("Pausing…") if is_pausing else self.tr("&Pause"))

    @staticmethod
    def _name(button: QPushButton, text: str) -> None:
        button.setText(text)
        button.setAccessibleName(text.replace("&", ""))

    def _mark_main(self) -> None:
        """Highlight the one button that leads on, if the phase has one; Return presses it."""
        leading = (self.use_button, self.result_button, self.continue_button, self.resume_button)
        main = next((button for button in leading if not button.isHidden()), None)
        if main is self._main:
            return
        for button in filter(None, (self._main, main)):
            button.setProperty("role", "primary" if button is main else "")
            restyle(button)
        self._main = main
        if main is not None and self.isVisible():
            main.setDefault(True)
            main.setFocus()

    def _ask(self, question: InlineQuestion | None) -> None:
        """Show a question in the place of the buttons; None shows the buttons again."""
        self._row.setVisible(question is None)
        for each in (self.discard_question, self.steps_question):
            each.setVisible(each is question)
        if question is not None:
            question.setFocus()

    def _ask_for_steps(self) -> None:
        self.steps_question.suggest(self._planned_steps)
        self._ask(self.steps_question)
        self.steps_question.confirm.setDefault(True)

    def _discard(self) -> None:
        self._ask(None)
        self.discard_confirmed.emit()

    def _train_further(self) -> None:
        self._ask(None)
        self.further_requested.emit(self.steps_question.steps.value())
