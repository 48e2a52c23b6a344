"""Connects the queue and its times with the progress row, the list of waiting edits and the buttons."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from ip2p_desktop.base.durations import Durations
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.estimates import EstimateController
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.queue.queue_list import QueueEntry
from ip2p_desktop.window.queue.queue_panel import QueuePanel

TICK_MS = 200
"""Time between two updates of the remaining time."""


class QueueController(QObject):
    """Shows the running edit and those that wait, and changes their order or cancels them on request."""

    def __init__(
        self, window: MainWindow, document: EditDocument, queue: EditQueue, estimates: EstimateController
    ) -> None:
        super().__init__(window)
        self._composer, self._action = window.composer, window.actions_.queue
        self._document, self._queue, self._estimates = document, queue, estimates
        self._durations = Durations(self)
        central = window.centralWidget()
        assert central is not None
        self.panel = QueuePanel(central, window.composer)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._show_times)
        self._connect()
        self._show_waiting()

    def _connect(self) -> None:
        queue, panel, row = self._queue, self.panel, self._composer.progress_row
        queue.changed.connect(self._on_changed)
        queue.is_busy_changed.connect(self._on_busy_changed)
        queue.order_changed.connect(self._show_waiting)
        queue.waiting_changed.connect(row.show_waiting)
        queue.waiting_changed.connect(lambda count: self._action.setEnabled(count > 0))
        self._document.estimate_changed.connect(self._show_times)
        row.queue_toggled.connect(panel.setVisible)
        panel.shown_changed.connect(self._on_panel_shown)
        panel.cancel_all_requested.connect(queue.cancel_all)
        panel.list.reordered.connect(queue.reorder)
        panel.list.cancel_requested.connect(queue.cancel)
        self._action.setEnabled(False)
        self._action.triggered.connect(row.waiting_button.toggle)

    def _on_panel_shown(self, is_shown: bool) -> None:
        had_focus = self.panel.isAncestorOf(self.panel.window().focusWidget() or self.panel.window())
        self._composer.progress_row.waiting_button.setChecked(is_shown)
        if not is_shown and had_focus:
            self._composer.instruction_box.setFocus()

    def _on_busy_changed(self, is_busy: bool) -> None:
        if is_busy:
            self._tick.start()
        else:
            self._tick.stop()
        self._show_times()

    def _on_changed(self, job: EditJob) -> None:
        if job is self._queue.running:
            self._show_progress()
        elif not job.state.is_end:
            self._show_waiting()

    def _show_times(self) -> None:
        self._show_progress()
        self.panel.show_wait(self._wait_text())

    def _show_progress(self) -> None:
        job, clock, row = self._queue.running, self._estimates.clock, self._composer.progress_row
        if job is None:
            row.show_progress(None)
            return
        place = (job.step, job.sequence.length) if job.sequence is not None else None
        row.show_progress(job.progress, share=clock.share, seconds_left=clock.seconds_left, place=place)

    def _show_waiting(self) -> None:
        self.panel.show_entries([self._entry(job) for job in self._queue.waiting])
        self.panel.show_wait(self._wait_text())

    def _entry(self, job: EditJob) -> QueueEntry:
        parts = [job.source.name]
        if job.sequence is not None:
            text = self.tr("edit {number} of {count}")
            parts.append(text.format(number=job.step, count=job.sequence.length))
        if job.edit_state.variations > 1:
            parts.append(self.tr("%n variations", "", job.edit_state.variations))
        seconds = self._estimates.seconds_of(job)
        if seconds is not None:
            parts.append(self._durations.about(seconds))
        return QueueEntry(job, job.source.pixels.thumbnail, job.edit_state.instruction, " · ".join(parts))

    def _wait_text(self) -> str:
        """When the edit that is set now would be ready, were it added."""
        estimate, wait = self._document.estimate, self._estimates.seconds_until_idle()
        if estimate is None or wait is None or not self._queue.is_busy:
            return ""
        text = self.tr("One more edit would be ready in {time}.")
        return text.format(time=self._durations.about(wait + estimate.total_seconds))
