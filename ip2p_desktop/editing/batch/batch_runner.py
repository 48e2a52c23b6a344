"""Runs a batch beside the edits of the window, and shows how far it is."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, Signal, Slot

from engine.batch.journal import BatchJournal
from engine.batch.time_left import BatchClock
from engine.errors import EngineError, ErrorReport
from engine.progress import Progress
from ip2p_desktop.editing.batch.batch_worker import BatchOutcome, BatchTask, BatchWorker
from ip2p_desktop.editing.edit_client import EditClient
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.editor_options import EditorOptions


class BatchPhase(StrEnum):
    """What a batch does at the moment."""

    NONE = "none"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    """Every photo is done, failed or skipped."""


class BatchRunner(QObject):
    """Runs one batch, photo by photo. Edits go first: they interrupt it, and that photo is begun again."""

    phase_changed = Signal(object)
    """`BatchPhase`."""
    changed = Signal()
    """Another photo is being edited, or one has ended, or the progress of one has changed."""
    item_ended = Signal(object)
    """`BatchOutcome`."""
    failed = Signal(object)
    """`ErrorReport`: why the batch has paused."""

    _run_requested = Signal(object, object)

    def __init__(
        self,
        client: EditClient,
        queue: EditQueue,
        options: Callable[[], EditorOptions],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._queue = queue
        self._options = options
        self._task: BatchTask | None = None
        self._clock = BatchClock()
        self.journal: BatchJournal | None = None
        """The batch; None if there is none."""
        self.phase = BatchPhase.NONE
        self.progress: Progress | None = None
        """That of the photo being edited; None if none is."""
        self._worker = BatchWorker(client.worker)
        self._worker.moveToThread(client.worker_thread)
        self._run_requested.connect(self._worker.run)
        self._worker.progressed.connect(self._on_progressed)
        self._worker.ended.connect(self._on_ended)
        self._worker.cancelled.connect(self._on_cancelled)
        self._worker.failed.connect(self._on_failed)
        queue.is_busy_changed.connect(self._on_busy_changed)

    @property
    def is_running(self) -> bool:
        """Whether photos are being edited, or wait only for edits."""
        return self.phase is BatchPhase.RUNNING

    @property
    def is_waiting_for_edits(self) -> bool:
        """Whether the batch runs, but an edit of the window goes first."""
        return self.is_running and self._queue.is_busy

    @property
    def current_name(self) -> str:
        """The name of the photo being edited; empty if none is."""
        return self._task.journal.items[self._task.index].photo.name if self._task else ""

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end; None if not known."""
        if self.journal is None or not self.is_running:
            return None
        return self._clock.seconds_left(self.journal.counts.waiting)

    def start(self, journal: BatchJournal) -> None:
        """Run a batch, from its first photo that waits. No other batch may run."""
        assert not self.is_running
        self.journal, self._clock = journal, BatchClock()
        self._set_phase(BatchPhase.RUNNING)
        self._run_next()

    def pause(self) -> None:
        """Stop before the next photo; the one being edited is begun again later."""
        if self.is_running:
            self._set_phase(BatchPhase.PAUSED)
            self._interrupt()

    def resume(self) -> None:
        """Go on after a pause."""
        if self.phase is BatchPhase.PAUSED:
            self._set_phase(BatchPhase.RUNNING)
            self._run_next()

    def retry_failed(self) -> None:
        """Edit the photos again that failed. Emits `failed` if that cannot be noted."""
        if self.journal is None or self.phase is not BatchPhase.ENDED:
            return
        try:
            self.journal.retry_failed()
        except EngineError as error:
            self.failed.emit(error.report())
            return
        self._set_phase(BatchPhase.RUNNING)
        self._run_next()

    def discard(self) -> None:
        """End the batch for good; what it has written stays."""
        journal, self.journal = self.journal, None
        self._interrupt()
        self._set_phase(BatchPhase.NONE)
        if journal is not None:
            journal.delete()

    def shut_down(self) -> None:
        """Stop without ending the batch, so that it can be resumed at the next start."""
        self.pause()

    def _set_phase(self, phase: BatchPhase) -> None:
        self.phase = phase
        self.phase_changed.emit(phase)

    def _interrupt(self) -> None:
        if self._task is not None:
            self._task.cancel.cancel()

    def _run_next(self) -> None:
        if not self.is_running or self._task is not None or self._queue.is_busy or self.journal is None:
            return
        index = self.journal.next_waiting()
        if index is None:
            self._end()
            return
        self._task = BatchTask(self.journal, index)
        self._clock.begin()
        self.changed.emit()
        self._run_requested.emit(self._task, self._options())

    def _end(self) -> None:
        """A batch without failures has no more use for its files."""
        assert self.journal is not None
        if not self.journal.counts.failed:
            self.journal.delete()
        self._set_phase(BatchPhase.ENDED)

    def _on_busy_changed(self, is_busy: bool) -> None:
        if is_busy:
            self._interrupt()
        else:
            self._run_next()
        self.changed.emit()

    @Slot(object, object)
    def _on_progressed(self, task: BatchTask, progress: Progress) -> None:
        if task is self._task:
            self.progress = progress
            self.changed.emit()

    @Slot(object, object)
    def _on_ended(self, task: BatchTask, outcome: BatchOutcome) -> None:
        self._release(task, counts=outcome.error is None)
        if task.journal is self.journal:
            self.item_ended.emit(outcome)
        self._run_next()

    @Slot(object)
    def _on_cancelled(self, task: BatchTask) -> None:
        self._release(task, counts=False)
        self._run_next()

    @Slot(object, object)
    def _on_failed(self, task: BatchTask, report: ErrorReport) -> None:
        self._release(task, counts=False)
        if task.journal is self.journal and self.is_running:
            self._set_phase(BatchPhase.PAUSED)
            self.failed.emit(report)

    def _release(self, task: BatchTask, *, counts: bool) -> None:
        assert task is self._task
        self._task = self.progress = None
        self._clock.end(counts=counts)
        self.changed.emit()
