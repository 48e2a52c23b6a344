"""The queue of edits: one runs, the others wait in order of submission."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from engine.progress import Progress
from ip2p_desktop.editing.edit_client import EditClient
from ip2p_desktop.editing.jobs import EditJob, JobState
from ip2p_desktop.editing.results import EditSummary
from ip2p_desktop.session.edit_tree import EditedPhoto
from ip2p_desktop.widgets.display_images import DisplayImage

MAX_ENDED_JOBS = 100
"""The number of ended jobs that are kept."""


class EditQueue(QObject):
    """Runs jobs one after the other. Each ends with exactly one of `finished`, `failed` and `cancelled`."""

    added = Signal(object)
    """`EditJob`."""
    changed = Signal(object)
    """The `EditJob` whose state or progress has changed."""
    started = Signal(object)
    """`EditJob`."""
    previewed = Signal(object, object)
    """`EditJob` and a preview of its result, a `DisplayImage`."""
    finished = Signal(object, object, object)
    """`EditJob`, `EditSummary`, an `EditedPhoto` for each of its images."""
    failed = Signal(object, object)
    """`EditJob` and `ErrorReport`."""
    cancelled = Signal(object)
    """`EditJob`."""
    is_busy_changed = Signal(bool)
    waiting_changed = Signal(int)
    """The number of jobs that wait."""

    def __init__(self, client: EditClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._jobs: list[EditJob] = []
        self._is_open = True
        self._was_busy = False
        self._waiting_count = 0
        client.progressed.connect(self._on_progressed)
        client.previewed.connect(self._on_previewed)
        client.finished.connect(self._on_finished)
        client.failed.connect(self._on_failed)
        client.cancelled.connect(self._on_cancelled)

    @property
    def jobs(self) -> tuple[EditJob, ...]:
        """All jobs in order of submission; of those that have ended, only the latest."""
        return tuple(self._jobs)

    @property
    def running(self) -> EditJob | None:
        """The job that runs; None if there is none."""
        return next((job for job in self._jobs if job.state is JobState.RUNNING), None)

    @property
    def waiting(self) -> tuple[EditJob, ...]:
        """The jobs that wait, in the order they will run."""
        return tuple(job for job in self._jobs if job.state is JobState.WAITING)

    @property
    def is_busy(self) -> bool:
        """Whether a job runs or waits."""
        return any(not job.state.is_end for job in self._jobs)

    def submit(self, job: EditJob) -> None:
        """Add a job, which runs after all earlier ones have ended. Returns at once."""
        if not self._is_open:
            return
        self._jobs.append(job)
        self.added.emit(job)
        self._start_next()

    def cancel(self, job: EditJob) -> None:
        """Cancel a job that waits or runs; a job that has ended does not change."""
        if job.state is JobState.RUNNING:
            self._client.cancel()
        elif job.state is JobState.WAITING:
            self._end(job, JobState.CANCELLED)
            self.cancelled.emit(job)
            self._start_next()

    def cancel_all(self) -> None:
        """Cancel all jobs: those that wait, the last one first, then the one that runs."""
        for job in reversed([job for job in self._jobs if not job.state.is_end]):
            self.cancel(job)

    def shut_down(self) -> None:
        """Accept no more jobs and cancel all. The owner of the client shuts the client down."""
        self._is_open = False
        self.cancel_all()

    def _start_next(self) -> None:
        """Start the next job unless one runs, and emit the signals that have changed."""
        if self.running is None and self.waiting:
            job = self.waiting[0]
            job.state = JobState.RUNNING
            self._emit_changes()
            self.started.emit(job)
            self.changed.emit(job)
            self._client.submit(job)
        else:
            self._emit_changes()

    def _emit_changes(self) -> None:
        count_before, self._waiting_count = self._waiting_count, len(self.waiting)
        was_busy, self._was_busy = self._was_busy, self.is_busy
        if self._was_busy != was_busy:
            self.is_busy_changed.emit(self._was_busy)
        if self._waiting_count != count_before:
            self.waiting_changed.emit(self._waiting_count)

    def _end(self, job: EditJob, state: JobState, error: ErrorReport | None = None) -> None:
        job.state, job.progress, job.error = state, None, error
        ended = [each for each in self._jobs if each.state.is_end]
        for each in ended[:-MAX_ENDED_JOBS]:
            self._jobs.remove(each)
        self.changed.emit(job)

    def _on_progressed(self, progress: Progress) -> None:
        if job := self.running:
            job.progress = progress
            self.changed.emit(job)

    def _on_previewed(self, image: DisplayImage) -> None:
        if job := self.running:
            self.previewed.emit(job, image)

    def _on_finished(self, job: EditJob, summary: EditSummary, results: tuple[EditedPhoto, ...]) -> None:
        self._end(job, JobState.DONE)
        self.finished.emit(job, summary, results)
        self._start_next()

    def _on_failed(self, job: EditJob, report: ErrorReport) -> None:
        self._end(job, JobState.FAILED, report)
        self.failed.emit(job, report)
        self._start_next()

    def _on_cancelled(self, job: EditJob) -> None:
        self._end(job, JobState.CANCELLED)
        self.cancelled.emit(job)
        self._start_next()
