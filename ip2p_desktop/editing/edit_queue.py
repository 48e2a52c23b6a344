"""The queue of edits: one runs, the others wait in an order that can be changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.editing.costs import Estimate
from engine.errors import ErrorReport
from engine.progress import Progress
from ip2p_desktop.editing.edit_client import EditClient
from ip2p_desktop.editing.jobs import EditJob, JobState
from ip2p_desktop.editing.results import EditSummary
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.widgets.display_images import DisplayImage

MAX_ENDED_JOBS = 100
"""The number of ended jobs that are kept."""


class EditQueue(QObject):
    """Runs jobs one after the other. Each ends with exactly one of `finished`, `failed` and `cancelled`.

    When an edit of a sequence fails or is cancelled, those that follow it are cancelled.
    """

    added = Signal(object)
    """`EditJob`."""
    changed = Signal(object)
    """The `EditJob` whose state or progress has changed."""
    started = Signal(object)
    """`EditJob`."""
    previewed = Signal(object, object)
    """`EditJob` and a preview of its result, a `DisplayImage`."""
    produced = Signal(object, object)
    """`EditJob` and one of its results, an `EditedPhoto`, as soon as it is made."""
    finished = Signal(object, object, object)
    """`EditJob`, `EditSummary`, all its results."""
    continued = Signal(object)
    """The waiting `EditJob` of a sequence whose photo was made by the edit before it."""
    failed = Signal(object, object)
    """`EditJob` and `ErrorReport`."""
    cancelled = Signal(object)
    """`EditJob`."""
    is_busy_changed = Signal(bool)
    waiting_changed = Signal(int)
    """The number of jobs that wait."""
    order_changed = Signal()
    """Other jobs wait, or they wait in another order."""

    def __init__(self, client: EditClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._jobs: list[EditJob] = []
        self.is_continued: Callable[[EditedPhoto], bool] = lambda result: True
        """Whether the edits that follow in a sequence go on from a result, which may be removed by then."""
        self._is_open = True
        self._was_busy = False
        self._waiting_count = 0
        client.progressed.connect(self._on_progressed)
        client.previewed.connect(self._on_previewed)
        client.produced.connect(self._on_produced)
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

    def submit(self, *jobs: EditJob) -> None:
        """Add jobs, which run after all that wait. Returns at once."""
        if not self._is_open:
            return
        self._jobs += jobs
        for job in jobs:
            self.added.emit(job)
        self._start_next()
        self.order_changed.emit()

    def move(self, job: EditJob, place: int) -> None:
        """Let a waiting job run at a place among those that wait, counted from 0.

        The edits of a sequence keep their order.
        """
        others = [each for each in self.waiting if each is not job]
        if job.state is JobState.WAITING:
            others.insert(place, job)
            self.reorder(others)

    def reorder(self, jobs: Sequence[EditJob]) -> None:
        """Let the waiting jobs run in this order; the edits of a sequence keep theirs."""
        waiting = self.waiting
        order = [job for job in jobs if job in waiting]
        order += [job for job in waiting if job not in order]
        by_place = {job: place for place, job in enumerate(order)}
        for job in order:
            if job.sequence is None:
                continue
            together = [each for each in order if each.sequence is job.sequence]
            places = sorted(by_place[each] for each in together)
            for each, place in zip(sorted(together, key=lambda one: one.step), places, strict=True):
                by_place[each] = place
        wanted = iter(sorted(order, key=lambda job: by_place[job]))
        self._jobs = [next(wanted) if job.state is JobState.WAITING else job for job in self._jobs]
        self.order_changed.emit()

    def cancel(self, job: EditJob) -> None:
        """Cancel a job that waits or runs, and those that follow it in its sequence.

        A job that has ended does not change.
        """
        if job.state.is_end:
            return
        self._cancel_following(job)
        if job.state is JobState.RUNNING:
            self._client.cancel()
        else:
            self._cancel_waiting(job)
            self._start_next()
        self.order_changed.emit()

    def note_estimate(self, job: EditJob, estimate: Estimate | None) -> None:
        """Set what a job will cost."""
        if job.estimate != estimate:
            job.estimate = estimate
            self.changed.emit(job)

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
            self.order_changed.emit()
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

    def _following(self, job: EditJob) -> list[EditJob]:
        """The waiting edits of the same sequence."""
        return [each for each in self.waiting if job.sequence is not None and each.sequence is job.sequence]

    def _cancel_following(self, job: EditJob) -> None:
        for each in reversed(self._following(job)):
            if each.step > job.step:
                self._cancel_waiting(each)

    def _cancel_waiting(self, job: EditJob) -> None:
        self._end(job, JobState.CANCELLED)
        self.cancelled.emit(job)

    def _continue(self, job: EditJob, results: Sequence[EditedPhoto]) -> None:
        """Give the edits that follow a job their photos; each result goes on as a sequence of its own."""
        following = self._following(job)
        if not following or job.sequence is None:
            return
        continued = [(number, each) for number, each in enumerate(results) if self.is_continued(each)]
        if not continued:
            self._cancel_following(job)
            return
        chains = [following]
        place = self._jobs.index(following[-1]) + 1
        for _ in continued[1:]:
            sequence = replace(job.sequence)
            chains.append([each.in_sequence(sequence) for each in following])
            self._jobs[place:place] = chains[-1]
            place += len(following)
        for chain, (number, result) in zip(chains, continued, strict=True):
            source = result.as_source()
            for each in chain:
                if chain is not following:
                    self.added.emit(each)
                each.follow(source, number)
            self.continued.emit(chain[0])

    def _on_produced(self, job: EditJob, result: EditedPhoto) -> None:
        job.results.append(result)
        self.produced.emit(job, result)

    def _on_finished(self, job: EditJob, summary: EditSummary, results: tuple[EditedPhoto, ...]) -> None:
        self._end(job, JobState.DONE)
        self._continue(job, results)
        self.finished.emit(job, summary, results)
        self._start_next()

    def _on_failed(self, job: EditJob, report: ErrorReport) -> None:
        self._end(job, JobState.FAILED, report)
        self._cancel_following(job)
        self.failed.emit(job, report)
        self._start_next()

    def _on_cancelled(self, job: EditJob) -> None:
        self._end(job, JobState.CANCELLED)
        self.cancelled.emit(job)
        self._start_next()
