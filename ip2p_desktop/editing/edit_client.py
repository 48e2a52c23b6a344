"""Sends edits to the worker's thread and receives their results on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal, Slot

from engine.errors import ErrorReport
from engine.progress import CancelToken, Progress
from ip2p_desktop.editing.edit_worker import EditorMaker, EditWorker, make_editor
from ip2p_desktop.editing.editor_options import EditorOptions
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.editing.results import EditSummary
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.widgets.display_images import DisplayImage


class EditClient(QObject):
    """Owns the worker's thread. One job is current at a time; signals of other jobs are dropped.

    `cancel` ends the current job at once. The worker stops at its next step; a job submitted before that
    waits.
    """

    progressed = Signal(object)
    """`Progress`."""
    previewed = Signal(object)
    """`DisplayImage`."""
    produced = Signal(object, object)
    """`EditJob` and one of its results, an `EditedPhoto`; also of a job that was cancelled just then."""
    finished = Signal(object, object, object)
    """`EditJob`, `EditSummary`, all its results."""
    failed = Signal(object, object)
    """`EditJob`, `ErrorReport`."""
    cancelled = Signal(object)
    """`EditJob`."""
    ready = Signal()
    """The libraries that edits need are loaded."""

    _warm_up_requested = Signal(object, object)
    _run_requested = Signal(object, object)

    def __init__(
        self,
        maker: EditorMaker = make_editor,
        parent: QObject | None = None,
        *,
        options: Callable[[], EditorOptions] = EditorOptions,
    ) -> None:
        """`options` is called for every edit. If its value has changed, a new editor is created."""
        super().__init__(parent)
        self._options = options
        self._job: EditJob | None = None
        self._warm_up_token = CancelToken()
        self._warm_up_progress: Progress | None = None
        self._worker = EditWorker(maker)
        self._thread = QThread(self)
        self._thread.setObjectName("edits")
        self._worker.moveToThread(self._thread)
        self._connect()
        self._thread.start()

    def _connect(self) -> None:
        self._warm_up_requested.connect(self._worker.warm_up)
        self._run_requested.connect(self._worker.run)
        self._worker.progressed.connect(self._on_progressed)
        self._worker.previewed.connect(self._on_previewed)
        self._worker.produced.connect(self.produced)
        self._worker.finished.connect(self._on_finished)
        self._worker.failed.connect(self._on_failed)
        self._worker.cancelled.connect(self._on_cancelled)
        self._worker.ready.connect(self.ready)

    @property
    def worker(self) -> EditWorker:
        """The worker, whose editor other objects on its thread may use."""
        return self._worker

    @property
    def worker_thread(self) -> QThread:
        """The thread of the worker; it ends in `shut_down`."""
        return self._thread

    @property
    def current(self) -> EditJob | None:
        """The job that runs; None if there is none."""
        return self._job

    def warm_up(self) -> None:
        """Load the libraries now, so that the first edit starts faster."""
        self._warm_up_requested.emit(self._warm_up_token, self._options())

    def submit(self, job: EditJob) -> None:
        """Run a job on the worker's thread. Returns at once. No other job may be current.

        A job whose request cannot be made, for example without its photo, ends with `failed`.
        """
        assert self._job is None
        self._job = job
        if self._warm_up_progress is not None:
            self.progressed.emit(self._warm_up_progress)
        self._run_requested.emit(job, self._options())

    def cancel(self) -> None:
        """End the current job and emit `cancelled`."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel_token.cancel()
            self.cancelled.emit(job)

    def shut_down(self) -> None:
        """Cancel the current job and wait until the thread has ended."""
        self._warm_up_token.cancel()
        self.cancel()
        self._thread.quit()
        self._thread.wait()

    @Slot(int, object)
    def _on_progressed(self, number: int, progress: Progress) -> None:
        if number == 0:
            self._warm_up_progress = progress
        elif self._is_current(number):
            self._warm_up_progress = None
        else:
            return
        if self._job is not None:
            self.progressed.emit(progress)

    @Slot(int, object)
    def _on_previewed(self, number: int, image: DisplayImage) -> None:
        if self._is_current(number):
            self.previewed.emit(image)

    @Slot(int, object, object)
    def _on_finished(self, number: int, summary: EditSummary, results: tuple[EditedPhoto, ...]) -> None:
        if job := self._end_current(number):
            self.finished.emit(job, summary, results)

    @Slot(int, object)
    def _on_failed(self, number: int, report: ErrorReport) -> None:
        if job := self._end_current(number):
            self.failed.emit(job, report)

    @Slot(int)
    def _on_cancelled(self, number: int) -> None:
        if job := self._end_current(number):
            self.cancelled.emit(job)

    def _is_current(self, number: int) -> bool:
        return self._job is not None and self._job.number == number

    def _end_current(self, number: int) -> EditJob | None:
        """Returns the current job and clears it if it has this number; otherwise None."""
        if not self._is_current(number):
            return None
        job, self._job = self._job, None
        return job
