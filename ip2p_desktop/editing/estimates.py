"""Estimates the time and memory of the next edit from earlier edits on this machine."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from engine.editing.cost_history import CostHistory
from engine.editing.costs import Estimate
from engine.errors import ErrorReport
from engine.model_options import ModelOptions
from engine.progress import Stage
from ip2p_desktop.base.background import Background
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_state import EditState

PAUSE_MS = 120
"""Time without changes before an estimate is computed, so that dragging a slider computes one."""
COST_INDEPENDENT = frozenset(
    {
        "instruction",
        "negative_instruction",
        "seed",
        "randomises_seed",
        "scheduler",
        "output_size",
        "detail",
        "area",
    }
)
"""The settings that do not affect the cost of an edit."""


class EstimateController(QObject):
    """Updates the document's estimate whenever a setting that affects the cost changes.

    While an edit runs, the estimate stays the same, except for the time to load the model.
    """

    def __init__(
        self, document: EditDocument, queue: EditQueue, history: CostHistory, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._background = Background(self, workers=1, is_latest_only=True)
        self._document = document
        self._queue = queue
        self._history = history
        self._loaded: tuple[Path, ModelOptions] | None = None
        """The model in memory after the latest edit."""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._submit)
        document.source_changed.connect(self._on_changed)
        document.model_changed.connect(self._on_changed)
        document.state_changed.connect(self._on_state_changed)
        queue.is_busy_changed.connect(self._on_busy_changed)
        queue.changed.connect(self._on_job_changed)

    def shut_down(self) -> None:
        """Wait for the estimate that is being computed."""
        self._pause.stop()
        self._background.cancel()
        self._background.close()

    def _on_changed(self) -> None:
        if not self._queue.is_busy:
            self._pause.start()

    def _on_state_changed(self, state: EditState, before: EditState) -> None:
        if state.differences(before) - COST_INDEPENDENT:
            self._on_changed()

    def _on_busy_changed(self, is_busy: bool) -> None:
        self._pause.stop()
        if not is_busy:
            self._submit()

    def _on_job_changed(self, job: EditJob) -> None:
        if job.progress is None or job.progress.stage is Stage.LOADING_LIBRARIES:
            return
        is_loading = job.progress.stage is Stage.LOADING_MODEL
        self._loaded = None if is_loading else (job.model.path, job.edit_state.model_options)
        estimate = self._document.estimate
        if estimate is not None and not is_loading:
            # set now, while the progress covers the estimate, so that it does not change in view
            self._document.estimate = replace(estimate, load_seconds=0.0)

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
            partial(
                self._history.forecast,
                document.model,
                (document.source.pixels.size.width(), document.source.pixels.size.height()),
                state.settings,
                state.variations,
            ),
            partial(self._show, is_loaded),
            self._on_failed,
        )

    def _on_failed(self, report: ErrorReport) -> None:
        self._show(False, None)

    def _show(self, is_loaded: bool, estimate: Estimate | None) -> None:
        if self._queue.is_busy:
            return
        if estimate is not None and is_loaded:
            estimate = replace(estimate, load_seconds=0.0)
        self._document.estimate = estimate
