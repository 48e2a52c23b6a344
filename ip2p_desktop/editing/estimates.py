"""Tells before an edit what it will cost, from what edits cost on this machine before."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from engine.editing.costs import CostHistory, Estimate
from engine.errors import ErrorReport, InvalidRequest
from engine.progress import Progress, Stage
from engine.request import ModelOptions
from ip2p_desktop.base.background import Background
from ip2p_desktop.editing.client import EditClient
from ip2p_desktop.session.document import EditDocument

PAUSE_MS = 120
"""A dragged slider is waited for."""


class EstimateController(QObject):
    """Keeps the document's estimate in step with all that the next edit's cost depends on.

    While an edit runs, the estimate stays as it is, but for the model that is loaded then.
    """

    def __init__(
        self, document: EditDocument, client: EditClient, history: CostHistory, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._background = Background(self, workers=1, is_latest_only=True)
        self._document = document
        self._client = client
        self._history = history
        self._loaded: tuple[Path, ModelOptions] | None = None
        """The model in memory, as far as edits have told."""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        for signal in (
            *(document.source_changed, document.model_changed, document.weight_set_changed),
            document.variations_changed,
            *(document.text_guidance_scale_changed, document.image_guidance_scale_changed),
            *(document.num_inference_steps_changed, document.turbo_changed),
            *(document.resolution_changed, document.fit_changed),
        ):
            signal.connect(self._on_changed)
        document.is_editing_changed.connect(self._on_editing)
        client.progressed.connect(self._on_progressed)

    def shut_down(self) -> None:
        """Wait for what is being reckoned."""
        self._pause.stop()
        self._background.cancel()
        self._background.close()

    def _on_changed(self, value: object) -> None:
        if not self._document.is_editing:
            self._pause.start()

    def _on_editing(self, is_editing: bool) -> None:
        self._pause.stop()
        if not is_editing:
            self._ask()

    def _on_progressed(self, progress: Progress) -> None:
        job = self._client.current
        if job is None or progress.stage is Stage.LOADING_LIBRARIES:
            return
        is_loading = progress.stage is Stage.LOADING_MODEL
        self._loaded = None if is_loading else (job.request.model, job.request.model_options)
        estimate = self._document.estimate
        if estimate is not None and not is_loading:
            # while progress is in its place, so that nothing jumps at the end
            self._document.estimate = replace(estimate, load_seconds=0.0)

    def _ask(self) -> None:
        """Answers to earlier questions no longer count."""
        self._background.cancel()
        document = self._document
        if document.source is None or document.model is None:
            document.estimate = None
            return
        try:
            settings = document.settings()
        except InvalidRequest:
            document.estimate = None
            return
        is_loaded = self._loaded == (document.model.path, document.model_options())
        self._background.submit(
            partial(
                self._history.foresee,
                document.model,
                document.source.image.size,
                settings,
                document.variations,
            ),
            partial(self._show, is_loaded),
            self._on_failed,
        )

    def _on_failed(self, report: ErrorReport) -> None:
        self._show(False, None)

    def _show(self, is_loaded: bool, estimate: Estimate | None) -> None:
        if self._document.is_editing:
            return
        if estimate is not None and is_loaded:
            estimate = replace(estimate, load_seconds=0.0)
        self._document.estimate = estimate
