"""Decides which preview is made next. Edits have precedence over all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from engine.editing.cost_history import CostHistory
from engine.progress import CancelToken
from ip2p_desktop.editing.edit_client import EditClient
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.editor_options import EditorOptions
from ip2p_desktop.editing.previews.preview_job import PreviewJob, PreviewOutcome, PreviewPriority
from ip2p_desktop.editing.previews.preview_worker import PreviewWorker

Ended = Callable[[PreviewOutcome], None]


@dataclass(frozen=True, slots=True)
class _RunningPreview:
    """The preview that is being made, with the token of this attempt."""

    job: PreviewJob
    ended: Ended
    token: CancelToken


class PreviewQueue(QObject):
    """Makes one preview at a time on the worker's thread, the most urgent first, while no edit runs.

    The callback of a job is called once on the GUI thread, unless the job was cancelled.
    """

    _requested = Signal(object, object, object)
    _measuring_again = Signal(object)

    def __init__(
        self,
        client: EditClient,
        queue: EditQueue,
        history: CostHistory,
        options: Callable[[], EditorOptions],
        parent: QObject | None = None,
    ) -> None:
        """`options` are those of the edits; the client is shut down by its owner, after the edits."""
        super().__init__(parent)
        self._options = options
        self._waiting: dict[PreviewJob, Ended] = {}
        self._running: _RunningPreview | None = None
        self._is_editing = queue.is_busy
        self._is_ready = False
        self._is_open = True
        self._worker = PreviewWorker(client.worker, history)
        self._worker.moveToThread(client.worker_thread)
        self._requested.connect(self._worker.make)
        self._measuring_again.connect(self._worker.measure_again)
        self._worker.ended.connect(self._on_ended)
        queue.is_busy_changed.connect(self._on_busy_changed)
        client.ready.connect(self._on_ready)

    def submit(self, job: PreviewJob, ended: Ended) -> None:
        """Make a preview as soon as no edit runs and nothing more urgent waits.

        Idle ones begin only after the libraries were loaded for something else.
        """
        if not self._is_open:
            return
        self._waiting[job] = ended
        if self._running is not None and job.priority < self._running.job.priority:
            self._interrupt()
        self._start_next()

    def cancel(self, job: PreviewJob) -> None:
        """Cancel a job at once; nothing happens if it has ended."""
        self._waiting.pop(job, None)
        if self._running is not None and self._running.job is job:
            self._running.token.cancel()

    def measure_again(self, model: Path) -> None:
        """Forget how long previews took with a model, so that they are tried again."""
        self._measuring_again.emit(model)

    def shut_down(self) -> None:
        """Cancel all jobs and accept no more."""
        self._is_open = False
        self._waiting.clear()
        if self._running is not None:
            self._running.token.cancel()

    def _interrupt(self) -> None:
        """Stop the running job, which is made later; one that was cancelled is not."""
        assert self._running is not None
        if not self._running.token.is_cancelled:
            self._running.token.cancel()
            self._waiting = {self._running.job: self._running.ended, **self._waiting}

    def _start_next(self) -> None:
        if self._running is not None or self._is_editing:
            return
        jobs = [job for job in self._waiting if self._is_ready or job.priority is not PreviewPriority.IDLE]
        if jobs:
            job = min(jobs, key=lambda each: each.priority)
            self._running = _RunningPreview(job, self._waiting.pop(job), CancelToken())
            self._requested.emit(job, self._options(), self._running.token)

    @Slot(object)
    def _on_ended(self, outcome: PreviewOutcome | None) -> None:
        assert self._running is not None
        running, self._running = self._running, None
        was_interrupted = running.job in self._waiting
        if outcome is not None and (was_interrupted or not running.token.is_cancelled):
            self._waiting.pop(running.job, None)  # it was finished all the same
            running.ended(outcome)
        self._start_next()

    def _on_busy_changed(self, is_editing: bool) -> None:
        self._is_editing = is_editing
        if is_editing and self._running is not None:
            self._interrupt()
        self._start_next()

    def _on_ready(self) -> None:
        self._is_ready = True
        self._start_next()
