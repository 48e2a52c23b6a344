"""Connects training with the window: the badge in the header, and notices while the dialog is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from engine.errors import ErrorReport
from ip2p_desktop.base.durations import Durations
from ip2p_desktop.base.error_texts import error_text
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.training_action import TrainingAction
from ip2p_desktop.window.main_window import MainWindow

if TYPE_CHECKING:
    from ip2p_desktop.training.runs.training_session import TrainingSession
    from ip2p_desktop.training.training_badge import TrainingBadgeTexts

CAUSE = "training"
"""Cause of notices about a run; they disappear when it goes on."""
BY_REQUEST = "request"
"""The reason of a pause that the user asked for."""


class TrainingController(QObject):
    """Shows a run that is in progress or has ended, also if the dialog was never opened."""

    def __init__(self, window: MainWindow, training: TrainingAction) -> None:
        super().__init__(window)
        self._window, self._training = window, training
        self._session: TrainingSession | None = None
        self._texts: TrainingBadgeTexts | None = None
        training.session_created.connect(self._on_session_created)
        window.header.training_requested.connect(training.open)

    def _on_session_created(self, session: TrainingSession) -> None:
        # imported here, so that the window starts without the modules of training
        from ip2p_desktop.training.training_badge import TrainingBadgeTexts

        self._session, self._texts = session, TrainingBadgeTexts(self)
        session.phase_changed.connect(self._on_phase_changed)
        session.progressed.connect(self._show_badge)
        session.runs_changed.connect(self._show_badge)
        session.woke.connect(self._on_woke)
        session.refused.connect(self._on_refused)

    def _show_badge(self) -> None:
        if self._session is not None and self._texts is not None:
            badge = self._texts.badge(self._session)
            self._window.header.show_training(
                badge.text, badge.short_text, badge.details, is_failure=badge.is_failure
            )

    def _on_phase_changed(self, phase: TrainingPhase) -> None:
        self._show_badge()
        self._window.notice_bar.resolve(CAUSE)
        if self._session is not None and not self._training.is_visible:
            self._tell(self._session, phase)

    def _tell(self, session: TrainingSession, phase: TrainingPhase) -> None:
        """Show a notice of what the user has to know or decide."""
        name = session.run.plan.name if session.run is not None else ""
        pause = session.progress.pause
        match phase:
            case TrainingPhase.DONE if session.result is not None:
                self._offer(self.tr("The model “{name}” is trained.").format(name=name), "")
            case TrainingPhase.FAILED if session.failure is not None:
                text = self.tr("Training “{name}”: {message}")
                report = error_text(session.failure)
                resume = self.tr("Resume") if session.is_resumable() else ""
                self._offer(text.format(name=name, message=report.message), report.advice, resume)
            case TrainingPhase.PAUSED if pause is not None and pause.reason != BY_REQUEST:
                text = self.tr("Training “{name}” is paused: {message}")
                report = error_text(pause.report())
                text = text.format(name=name, message=report.message)
                self._offer(text, report.advice, self.tr("Try again"))

    def _offer(self, text: str, advice: str, go_on: str = "") -> None:
        """Show a notice with a button that shows the run, and one that goes on, if it has a text."""
        show, bar = self.tr("Show"), self._window.notice_bar
        if go_on:
            bar.show_offer(
                text,
                go_on,
                self._go_on,
                other=show,
                act_otherwise=self._training.open,
                advice=advice,
                causes=(CAUSE,),
            )
        else:
            bar.show_offer(text, show, self._show, advice=advice, causes=(CAUSE,))
        QApplication.alert(self._window)

    def _go_on(self) -> None:
        self._window.notice_bar.resolve(CAUSE)
        if self._session is not None and self._session.is_running():
            self._session.continue_training()
        else:
            self._training.resume()

    def _show(self) -> None:
        self._window.notice_bar.resolve(CAUSE)
        self._training.open()

    def _on_woke(self, seconds: float) -> None:
        if self._session is not None and self._session.is_running():
            text = self.tr("This computer was asleep ({time}). Training goes on.")
            time = Durations().duration(seconds)
            self._window.notice_bar.show_message(text.format(time=time), self.tr("Show"), self._show)

    def _on_refused(self, report: ErrorReport) -> None:
        if not self._training.is_visible:
            self._window.notice_bar.show_error(report)
