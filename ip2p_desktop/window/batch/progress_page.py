"""Second page of the batch dialog: progress, the latest results, and what failed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from ip2p_desktop.editing.batch.batch_runner import BatchPhase, BatchRunner
from ip2p_desktop.editing.batch.batch_worker import BatchOutcome
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, body_label
from ip2p_desktop.widgets.system_viewer import show_in_system
from ip2p_desktop.window.batch.failed_photos import FailedPhotos
from ip2p_desktop.window.batch.progress_texts import BatchTexts, results_folder
from ip2p_desktop.window.batch.recent_pairs import RecentPairs


class BatchProgressPage(DialogPage):
    """Shows a `BatchRunner`."""

    new_requested = Signal()
    """The user wants to set up another batch."""

    def __init__(self, runner: BatchRunner, parent: QWidget | None = None) -> None:
        super().__init__("batch_progress", "", parent)
        self._runner = runner
        self.bar = named(QProgressBar(textVisible=False), "batch_bar")
        self.bar.setAccessibleName(self.tr("Photos done"))
        self.amount = named(body_label(""), "batch_amount")
        self.current = named(ElidedLabel(), "batch_current")
        self.current.setProperty("role", "hint")
        self.notice = Notice()
        self.notice.hide()
        self.pairs = RecentPairs()
        self.hint = body_label(
            self.tr("You may close this dialog and go on editing: edits in the window go first."), role="hint"
        )
        self.failures = FailedPhotos()
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        status = QVBoxLayout()
        status.setSpacing(8)
        for widget in (self.bar, self.amount, self.current):
            status.addWidget(widget)
        self.column.addLayout(status)
        self.column.addWidget(self.notice)
        self.column.addWidget(self.pairs)
        self.column.addWidget(self.failures)
        self.column.addWidget(self.hint)
        self.column.addStretch(1)
        self.stop_button = self.add_button("stop_batch", self.tr("&Stop"))
        self.new_button = self.add_button("new_batch", self.tr("&New batch"))
        self.retry_button = self.add_button("retry_batch", self.tr("&Try again"))
        self.buttons.addStretch(1)
        self.close_button = self.add_button("close_batch_progress", self.tr("Close"))
        self.folder_button = self.add_button("show_batch_folder", self.tr("Show &folder"))
        self.pause_button = self.add_button("pause_batch", self.tr("&Pause"))
        self.resume_button = self.add_button("resume_batch", self.tr("&Resume"), role="primary")

    def _connect(self) -> None:
        runner = self._runner
        runner.phase_changed.connect(self.refresh)
        runner.changed.connect(self._show_progress)
        runner.item_ended.connect(self._on_item_ended)
        runner.failed.connect(self.notice.show_report)
        self.pause_button.clicked.connect(runner.pause)
        self.resume_button.clicked.connect(runner.resume)
        self.retry_button.clicked.connect(runner.retry_failed)
        self.folder_button.clicked.connect(self._show_folder)
        self.new_button.clicked.connect(self._start_over)
        self.stop_button.clicked.connect(self._start_over)

    def refresh(self) -> None:
        """Show the buttons and texts of the current phase."""
        phase = self._runner.phase
        self.title.setText(BatchTexts().title(self._runner))
        if phase in (BatchPhase.NONE, BatchPhase.RUNNING):
            self.notice.hide()
        if phase is BatchPhase.NONE:
            self.pairs.clear()
        is_open = phase in (BatchPhase.RUNNING, BatchPhase.PAUSED)
        has_failed = BatchTexts().counts(self._runner).failed > 0
        self.stop_button.setVisible(is_open)
        self.pause_button.setVisible(phase is BatchPhase.RUNNING)
        self.resume_button.setVisible(phase is BatchPhase.PAUSED)
        self.new_button.setVisible(phase is BatchPhase.ENDED)
        self.retry_button.setVisible(phase is BatchPhase.ENDED and has_failed)
        self.hint.setVisible(phase is BatchPhase.RUNNING)
        self._show_errors()
        self._show_progress()

    def _show_progress(self) -> None:
        counts = BatchTexts().counts(self._runner)
        self.bar.setRange(0, max(1, counts.total - counts.skipped))
        self.bar.setValue(counts.done + counts.failed)
        self.amount.setText(BatchTexts().amount(self._runner))
        self.current.setText(BatchTexts().current(self._runner))
        self.bar.setAccessibleDescription(self.amount.text())

    def _on_item_ended(self, outcome: BatchOutcome) -> None:
        self.pairs.add(outcome)
        if outcome.error is not None:
            self._show_errors()
        self._show_progress()

    def _show_errors(self) -> None:
        journal = self._runner.journal
        failed = journal.errors if journal is not None else {}
        self.failures.show_failures(
            [(journal.items[index].photo.name, failed[index]) for index in failed] if journal else []
        )

    def _show_folder(self) -> None:
        if (folder := results_folder(self._runner)) is not None:
            show_in_system(folder, self)

    def _start_over(self) -> None:
        self._runner.discard()
        self.new_requested.emit()
