"""Estimates the time and memory of the next edit and of those in the queue, from earlier edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from engine.edit_settings import Fit
from engine.editing.cost_history import CostHistory
from engine.editing.costs import Estimate
from engine.errors import ErrorReport
from engine.library import ModelCard
from engine.model_options import ModelOptions
from engine.progress import Stage
from ip2p_desktop.base.background import Background
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.job_clock import JobClock
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.image_memory import StoredImage

PAUSE_MS = 120
"""Time without changes before an estimate is computed, so that dragging a slider computes one."""
COST_INDEPENDENT = frozenset(
    {"instruction", "negative_instruction", "seed", "randomises_seed", "scheduler", "area"}
)
"""The settings that do not affect the cost of an edit."""

ENCODED_PHOTOS = 12
"""Photos that count as encoded: fewer than a model keeps."""

ModelInMemory = tuple[Path, ModelOptions]
EncodedPhoto = tuple[StoredImage, int, Fit, Path, ModelOptions]
"""Photo, resolution, fit rule and model."""


class EstimateController(QObject):
    """Updates the document's estimate whenever a setting that affects the cost changes.

    Every job of the queue gets an estimate of its own, and the running one a clock.
    """

    def __init__(
        self, document: EditDocument, queue: EditQueue, history: CostHistory, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._background = Background(self, workers=1, is_latest_only=True)
        self._job_background = Background(self, workers=1)
        self._document = document
        self._queue = queue
        self._history = history
        self.clock = JobClock()
        """Of the running job."""
        self._loaded: ModelInMemory | None = None
        """The model in memory after the latest edit."""
        self._encoded: dict[EncodedPhoto, None] = {}
        """What the model in memory has encoded, the latest last."""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._submit)
        document.source_changed.connect(self._on_changed)
        document.model_changed.connect(self._on_changed)
        document.state_changed.connect(self._on_state_changed)
        queue.is_busy_changed.connect(self._on_busy_changed)
        queue.changed.connect(self._on_job_changed)
        queue.added.connect(self._on_added)
        queue.continued.connect(self._estimate_job)
        queue.finished.connect(self._on_finished)
        queue.started.connect(self._on_started)

    def shut_down(self) -> None:
        """Wait for the estimate that is being computed."""
        self._pause.stop()
        for background in (self._background, self._job_background):
            background.cancel()
            background.close()

    def seconds_of(self, job: EditJob) -> float | None:
        """How long a waiting job will take once it runs; None if that is not known."""
        if job.estimate is None:
            return None
        earlier = self._job_before(job)
        in_memory = _model_of(earlier) if earlier is not None else self._loaded
        return job.estimate.seconds if in_memory == _model_of(job) else job.estimate.total_seconds

    def seconds_until_idle(self) -> float | None:
        """Time until all jobs are done; None if that is not known."""
        if self._queue.running is None:
            return 0.0
        seconds = [self.clock.seconds_left, *(self.seconds_of(job) for job in self._queue.waiting)]
        return _sum(seconds)

    def _job_before(self, job: EditJob) -> EditJob | None:
        waiting = self._queue.waiting
        place = waiting.index(job) if job in waiting else 0
        return waiting[place - 1] if place > 0 else self._queue.running

    def _on_changed(self) -> None:
        self._pause.start()

    def _on_state_changed(self, state: EditState, before: EditState) -> None:
        if state.differences(before) - COST_INDEPENDENT:
            self._on_changed()

    def _on_busy_changed(self, is_busy: bool) -> None:
        if not is_busy:
            self._pause.stop()
            self._submit()

    def _on_started(self, job: EditJob) -> None:
        self.clock.start(job.estimate, loads=self._loaded != _model_of(job))

    def _on_job_changed(self, job: EditJob) -> None:
        if job.progress is None or job is not self._queue.running:
            return
        self.clock.report(job.progress)
        if job.progress.stage is Stage.LOADING_LIBRARIES:
            return
        is_loading = job.progress.stage is Stage.LOADING_MODEL
        if is_loading:
            self._encoded.clear()
        self._loaded = None if is_loading else _model_of(job)
        estimate = self._document.estimate
        if estimate is not None and not is_loading:
            # set now, while the progress covers the estimate, so that it does not change in view
            self._document.estimate = replace(estimate, load_seconds=0.0)

    def _on_added(self, job: EditJob) -> None:
        """The estimate on screen serves until that of the job itself is computed."""
        document = self._document
        is_on_screen = job.source is document.source and job.model == document.model
        if is_on_screen and not job.edit_state.differences(document.state) - COST_INDEPENDENT:
            self._queue.note_estimate(job, document.estimate)
        self._estimate_job(job)

    def _on_finished(self, job: EditJob) -> None:
        """Estimate the waiting jobs again, from what the last one took."""
        key = _encoded(job.source, job.model, job.edit_state)
        self._encoded.pop(key, None)
        self._encoded[key] = None
        while len(self._encoded) > ENCODED_PHOTOS:
            del self._encoded[next(iter(self._encoded))]
        for each in self._queue.waiting:
            self._estimate_job(each)

    def _estimate_job(self, job: EditJob) -> None:
        jobs = [each for each in self._queue.jobs if not each.state.is_end]
        earlier = jobs[: jobs.index(job)] if job in jobs else []
        encoded = [_encoded(each.source, each.model, each.edit_state) for each in earlier]
        self._job_background.submit(
            self._forecast(job.source, job.model, job.edit_state, encoded),
            partial(self._note_estimate, job),
            lambda report: None,
        )

    def _note_estimate(self, job: EditJob, estimate: Estimate | None) -> None:
        self._queue.note_estimate(job, estimate)
        if job is self._queue.running:
            self.clock.set_estimate(estimate)

    def _forecast(
        self, source: SourcePhoto, model: ModelCard, state: EditState, encoded: Sequence[EncodedPhoto] = ()
    ) -> partial[Estimate | None]:
        """`encoded` is what will be encoded before the edit, in addition to what is."""
        size = source.pixels.size
        key = _encoded(source, model, state)
        return partial(
            self._history.forecast,
            model,
            (size.width(), size.height()),
            state.settings,
            state.variations,
            is_encoded=key in self._encoded or key in encoded,
        )

    def _submit(self) -> None:
        """Compute the estimate in the background; the results of earlier calls are dropped."""
        self._background.cancel()
        document = self._document
        if document.source is None or document.model is None:
            document.estimate = None
            return
        state = document.state
        is_loaded = self._loaded == (document.model.path, state.model_options)
        self._background.submit(
            self._forecast(document.source, document.model, state),
            partial(self._show, is_loaded),
            self._on_failed,
        )

    def _on_failed(self, report: ErrorReport) -> None:
        self._show(False, None)

    def _show(self, is_loaded: bool, estimate: Estimate | None) -> None:
        if estimate is not None and is_loaded:
            estimate = replace(estimate, load_seconds=0.0)
        self._document.estimate = estimate


def _model_of(job: EditJob) -> ModelInMemory:
    return job.model.path, job.edit_state.model_options


def _encoded(source: SourcePhoto, model: ModelCard, state: EditState) -> EncodedPhoto:
    settings = state.settings
    return source.pixels, settings.resolution, settings.fit, model.path, state.model_options


def _sum(seconds: Sequence[float | None]) -> float | None:
    known = [each for each in seconds if each is not None]
    return sum(known) if len(known) == len(seconds) else None
