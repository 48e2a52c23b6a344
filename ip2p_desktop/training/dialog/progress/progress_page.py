"""Third page: a run from its start to its end; what counts is its pictures."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.files.disk_space import free_space
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.durations import Durations
from ip2p_desktop.training.dialog.progress.enlarged_preview import EnlargedPreview
from ip2p_desktop.training.dialog.progress.loss_curve import LossCurve
from ip2p_desktop.training.dialog.progress.preview_timeline import PreviewTimeline
from ip2p_desktop.training.dialog.progress.previews_view import PreviewsView
from ip2p_desktop.training.dialog.progress.progress_texts import ProgressTexts, fault_of
from ip2p_desktop.training.dialog.progress.run_buttons import RunButtons
from ip2p_desktop.training.dialog.progress.warnings_view import WarningsView
from ip2p_desktop.training.runs.training_phase import RUNNING_PHASES, TrainingPhase
from ip2p_desktop.training.runs.training_session import TrainingSession
from ip2p_desktop.widgets.dialog_page import MARGIN, DialogPage
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import DoneSign, Notice, body_label
from trainer.protocol.events import PreviewMade

WIDEST = 1600
"""The widest column in points: the pictures use the room of a large window."""
INTERVAL_MS = 150
"""Progress is shown at most so often: an opened run sends all of its events at once."""
WAIT_INTERVAL_MS = 1000
"""Time between two looks at how long the end of the trainer has been waited for."""
DISK_INTERVAL_MS = 10_000
"""Time between two looks at the free disk space."""


class ProgressPage(DialogPage):
    """Shows a `TrainingSession` from the start of a run to its end."""

    def __init__(self, session: TrainingSession, parent: QWidget | None = None) -> None:
        super().__init__("progress_page", "", parent, widest=WIDEST)
        self._session = session
        self._free: int | None = None
        self._shown_previews: tuple[Path, int, PreviewMade | None, bool] = (Path(), 0, None, False)
        self._background = Background(self, workers=1, is_latest_only=True)
        self.sign = DoneSign()
        self.sentence = body_label("")
        self.sentence.setObjectName("status_sentence")
        self.remaining = body_label("", role="hint")
        self.remaining.setObjectName("time_left")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("training_bar")
        self.bar.setAccessibleName(self.tr("Steps done"))
        self.facts = body_label("", role="hint")
        self.facts.setObjectName("run_facts")
        self.advice = body_label("", role="hint")
        self.advice.setObjectName("advice")
        self.notice = Notice()
        self.notice.setObjectName("training_notice")
        self.pause_notice = Notice()
        self.pause_notice.setObjectName("pause_notice")
        self.warnings = WarningsView()
        self.previews = PreviewsView()
        self.curve = LossCurve()
        self.hint = named(body_label("", role="hint"), "closing_hint")
        self.row = RunButtons()
        self._lay_out()
        self.enlarged = EnlargedPreview(self.previews, self)
        self._delay = QTimer(self, singleShot=True, interval=INTERVAL_MS)
        self._disk_timer = QTimer(self, interval=DISK_INTERVAL_MS)
        self._wait_timer = QTimer(self, interval=WAIT_INTERVAL_MS)
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.setSpacing(14)
        self.column.removeWidget(self.title)
        self.column.setSpacing(10)
        self.column.setContentsMargins(MARGIN, 12, MARGIN, 10)
        heading.addWidget(self.sign)
        heading.addWidget(self.title, 1)
        self.column.addLayout(heading)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.sentence, 1)
        line.addWidget(self.remaining)
        self.remaining.setWordWrap(False)
        status = QVBoxLayout()
        status.setSpacing(6)
        status.addLayout(line)
        for part in (self.bar, self.facts, self.hint, self.advice):
            status.addWidget(part)
        self.column.addLayout(status)
        for message in (self.notice, self.pause_notice, self.warnings):
            self.column.addWidget(message)
        self.column.addWidget(self.previews, 3)
        self.column.addWidget(self.curve, 1)
        self.column.addStretch(0)
        self.buttons.addWidget(self.row)
        self.again_button, self.back_button = self.row.again_button, self.row.back_button
        self.close_button, self.stop_button = self.row.close_button, self.row.stop_button
        self.resume_button, self.use_button = self.row.resume_button, self.row.use_button
        self.result_button = self.row.result_button

    def _connect(self) -> None:
        session = self._session
        session.phase_changed.connect(self.refresh)
        session.progressed.connect(self._on_progressed)
        session.runs_changed.connect(self.refresh)
        session.refused.connect(self.notice.show_report)
        session.refused.connect(lambda _: self.row.show_pausing(False))
        self._delay.timeout.connect(self._show_progress)
        self._disk_timer.timeout.connect(self._look_at_disk)
        self._wait_timer.timeout.connect(self._show_remaining)
        self.previews.enlarge_requested.connect(self.enlarged.open)
        self.row.pause_button.clicked.connect(session.pause)
        self.row.continue_button.clicked.connect(session.continue_training)
        self.row.discard_confirmed.connect(session.discard)
        self.row.further_requested.connect(session.train_further)
        if application := QCoreApplication.instance():
            application.aboutToQuit.connect(self.shut_down)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self._disk_timer.start()
        self.previews.slider.slider.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._disk_timer.stop()
        self.enlarged.hide()

    @Slot()
    def shut_down(self) -> None:
        """Wait for pictures and others that are being loaded."""
        self._background.cancel()
        self._background.close()
        self.previews.shut_down()
        self.curve.shut_down()

    @Slot()
    def refresh(self) -> None:
        """Show the title, the widgets and the buttons of the current phase."""
        session, phase = self._session, self._session.phase
        is_running = phase in RUNNING_PHASES
        self.title.setText(ProgressTexts().title(session))
        self.sign.setVisible(phase == TrainingPhase.DONE and bool(session.result or session.model))
        for part in (self.bar, self.remaining):
            part.setVisible(is_running)
        self.hint.setText(ProgressTexts().closing(phase))
        self.hint.setVisible(bool(self.hint.text()))
        self.notice.show_report(session.failure)
        fault = fault_of(session)
        self.pause_notice.show_report(fault.report() if fault else None)
        self.advice.setText(self._advice_text())
        self.advice.setVisible(bool(self.advice.text()))
        self.row.show_phase(session)
        self._show_progress()
        if self.isVisible():
            self._look_at_disk()

    @Slot()
    def _on_progressed(self) -> None:
        """Show the progress soon, once for all events that arrive meanwhile, if it can be seen."""
        if self.isVisible() and not self._delay.isActive():
            self._delay.start()

    @Slot()
    def _show_progress(self) -> None:
        session, progress, texts = self._session, self._session.progress, ProgressTexts()
        self.sentence.setText(texts.sentence(session))
        is_counting = progress.step > 0 and progress.preparing is None
        done, total = progress.step, progress.total_steps
        if not is_counting:
            event = progress.preparing
            done, total = (event.done, event.total) if event else (0, 0)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._show_remaining()
        self.facts.setText(texts.facts(session, self._free))
        self.facts.setVisible(bool(self.facts.text()))
        self.warnings.show_warnings(session.run.warnings if session.run else ())
        self.curve.setVisible(bool(progress.losses or progress.validations))
        self.curve.show_losses(progress.losses, progress.validations, progress.total_steps)
        self.previews.show_empty(texts.no_previews(session))
        self._show_previews()
        self.row.show_phase(session)

    @Slot()
    def _show_remaining(self) -> None:
        """How long training still takes, or how long its end has been waited for."""
        session, progress, text = self._session, self._session.progress, ""
        is_stopping = session.phase == TrainingPhase.STOPPING
        if is_stopping:
            text = ProgressTexts().waited(time.monotonic() - session.phase_since)
        elif session.phase == TrainingPhase.TRAINING and progress.step > 0 and progress.preparing is None:
            text = Durations().time_left(progress.seconds_left)
        self.remaining.setText(text)
        if is_stopping != self._wait_timer.isActive():
            (self._wait_timer.start if is_stopping else self._wait_timer.stop)()

    def _show_previews(self) -> None:
        """Show the previews if there are others than before: there may be thousands."""
        run, previews = self._session.run, self._session.progress.previews
        is_deleted = self._session.is_run_deleted
        shown = (run.folder if run else Path(), len(previews), previews[-1] if previews else None, is_deleted)
        if shown == self._shown_previews:
            return
        self._shown_previews = shown
        if is_deleted:
            self.previews.show_remembered()
        else:
            timeline = PreviewTimeline.of(previews, shown[0])
            self.previews.show_timeline(timeline, self._session.progress.preview_times)

    def _advice_text(self) -> str:
        """What to do with the model of a run that has ended."""
        session = self._session
        if session.phase == TrainingPhase.DONE and session.result is not None and session.model is None:
            return self.tr("It is not in the list of models yet. See the result, try it there and keep it.")
        suggestions = session.model.suggestions if session.model else ()
        text = self.tr("It is in the list of models now. Choose a photo and write “{instruction}”.")
        return text.format(instruction=suggestions[0]) if suggestions else ""

    def _look_at_disk(self) -> None:
        """Find out how much of the run's disk is free."""
        run = self._session.run
        if run is not None and self._session.phase in RUNNING_PHASES:
            folder = run.folder
            self._background.submit(lambda: free_space(folder), self._on_disk, self._on_disk_unknown)

    def _on_disk(self, free: int) -> None:
        self._free = free
        self._on_progressed()

    def _on_disk_unknown(self, report: ErrorReport) -> None:
        self._free = None
