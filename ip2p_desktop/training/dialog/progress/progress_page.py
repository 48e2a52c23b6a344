"""Third page: the progress and the result of the training run."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ip2p_desktop.base.durations import Durations
from ip2p_desktop.training.dialog.progress.loss_curve import LossCurve
from ip2p_desktop.training.dialog.progress.warnings_view import WarningsView
from ip2p_desktop.training.runs.training_session import TrainingPhase, TrainingSession
from ip2p_desktop.training.training_texts import TrainingTexts
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.surfaces import DoneSign, Notice, Surface, body_label


class ProgressPage(DialogPage):
    """Shows a `TrainingSession` from the start of a run to its end."""

    def __init__(self, session: TrainingSession, parent: QWidget | None = None) -> None:
        super().__init__("progress_page", "", parent)
        self._session = session
        self.sign = DoneSign()
        self.sentence = body_label("")
        self.sentence.setObjectName("status_sentence")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("training_bar")
        self.bar.setAccessibleName(self.tr("Steps done"))
        self.remaining = body_label("", role="hint")
        self.remaining.setObjectName("time_left")
        self.advice = body_label("", role="hint")
        self.advice.setObjectName("advice")
        self.notice = Notice()
        self.notice.setObjectName("training_notice")
        self.warnings = WarningsView()
        self.curve = LossCurve()
        self.hint = body_label(self.tr("You may close this window; training continues."), role="hint")
        self._lay_out()
        self._add_buttons()
        session.phase_changed.connect(self.refresh)
        session.progressed.connect(self._show_progress)
        session.runs_changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.setSpacing(14)
        self.column.removeWidget(self.title)
        heading.addWidget(self.sign)
        heading.addWidget(self.title, 1)
        self.column.addLayout(heading)
        status = QVBoxLayout()
        status.setSpacing(8)
        for part in (self.sentence, self.bar, self.remaining, self.advice):
            status.addWidget(part)
        self.column.addLayout(status)
        self.column.addWidget(self.notice)
        self.column.addWidget(self.warnings)
        self.column.addWidget(self._curve_card(), 3)
        self.column.addWidget(self.hint)
        self.column.addStretch(1)

    def _curve_card(self) -> QWidget:
        self.card = Surface()
        self.card.column.addWidget(body_label(self.tr("Error on your pairs"), role="section"))
        meaning = self.tr("It jumps from step to step. The line should fall, then level off.")
        self.card.column.addWidget(body_label(meaning, role="hint"))
        self.card.column.addWidget(self.curve)
        return self.card

    def _add_buttons(self) -> None:
        self.again_button = self.add_button("train_another", self.tr("Train &another"))
        self.back_button = self.add_button("back_to_plan", self.tr("&Back"))
        self.buttons.addStretch(1)
        self.close_button = self.add_button("close_progress", self.tr("Close"))
        self.stop_button = self.add_button("stop", self.tr("&Stop and keep the progress"))
        self.resume_button = self.add_button("resume", self.tr("&Resume"))
        self.result_button = self.add_button("show_result", self.tr("See the &result"), role="primary")
        self.use_button = self.add_button("use", self.tr("&Use it now"), role="primary")

    def refresh(self) -> None:
        """Show the title, the widgets and the buttons of the current phase."""
        session, phase = self._session, self._session.phase
        is_running, has_model = (
            session.is_running(),
            phase == TrainingPhase.DONE and session.model is not None,
        )
        self.title.setText(self._title_text())
        self.sign.setVisible(has_model)
        for part in (self.bar, self.remaining, self.hint):
            part.setVisible(is_running)
        self.notice.show_report(session.failure)
        self.sentence.setVisible(phase != TrainingPhase.FAILED)
        self.again_button.setVisible(phase == TrainingPhase.DONE)
        self.back_button.setVisible(phase == TrainingPhase.FAILED)
        self.stop_button.setVisible(is_running)
        self.stop_button.setEnabled(phase in (TrainingPhase.PREPARING, TrainingPhase.TRAINING))
        self.resume_button.setVisible(session.is_resumable())
        self.result_button.setVisible(phase == TrainingPhase.DONE and session.result is not None)
        self.use_button.setVisible(has_model)
        self.advice.setText(self._advice_text())
        self.advice.setVisible(has_model and bool(self.advice.text()))
        if has_model:
            self.use_button.setFocus()
        self._show_progress()

    def _show_progress(self) -> None:
        progress = self._session.progress
        is_counting = progress.step > 0 and self._session.phase != TrainingPhase.PREPARING
        self.sentence.setText(self._sentence_text())
        done, total = progress.step, progress.total_steps
        if not is_counting:
            done, total = (
                (progress.preparing.done, progress.preparing.total) if progress.preparing else (0, 0)
            )
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        is_timed = is_counting and self._session.phase == TrainingPhase.TRAINING
        self.remaining.setText(Durations().time_left(progress.seconds_left) if is_timed else "")
        self.warnings.show_warnings(self._session.run.warnings if self._session.run else ())
        self.card.setVisible(bool(progress.losses))
        self.curve.show_losses(progress.losses, progress.total_steps)

    def _title_text(self) -> str:
        name = self._session.run.plan.name if self._session.run else ""
        match self._session.phase:
            case TrainingPhase.DONE if self._session.model is not None or self._session.result is not None:
                return self.tr("“{name}” is ready").format(name=name)
            case TrainingPhase.DONE:
                return self.tr("Training was stopped")
            case TrainingPhase.FAILED:
                return self.tr("Training failed")
            case _:
                return self.tr("Training “{name}”").format(name=name)

    def _advice_text(self) -> str:
        suggestions = self._session.model.suggestions if self._session.model else ()
        text = self.tr("Choose a photo and write “{instruction}”.")
        return text.format(instruction=suggestions[0]) if suggestions else ""

    def _sentence_text(self) -> str:
        session, progress = self._session, self._session.progress
        match session.phase:
            case TrainingPhase.STOPPING:
                return self.tr("Stopping: finishing this step and saving…")
            case TrainingPhase.TRAINING if progress.step and progress.preparing is None:
                return TrainingTexts().steps_done(progress.step, progress.total_steps)
            case TrainingPhase.DONE if session.outcome is not None:
                return session.outcome.sentence()
            case _:
                return TrainingTexts().preparing(progress.preparing)
