"""Runs edits on a separate thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from PIL import Image
from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import EngineError
from engine.progress import Cancelled, CancelToken, Progress, ProgressCallback, Stage
from engine.request import EditRequest, EditResult, FinishedImage, ResultCallback
from ip2p_desktop.base.engine_loading import load_libraries
from ip2p_desktop.editing.editor_options import EditorOptions, open_editor
from ip2p_desktop.editing.instruction_reader import request_as_read
from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.editing.results import EditSummary, stored_result
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.widgets.display_images import DisplayImage

log = logging.getLogger(__name__)

PreviewCallback = Callable[[Image.Image], None]


class EditorProtocol(Protocol):
    """The methods of `engine.editing.editor.Editor` that the worker uses."""

    def edit(
        self,
        request: EditRequest,
        *,
        on_progress: ProgressCallback,
        on_preview: PreviewCallback | None,
        on_result: ResultCallback,
        cancel: CancelToken,
    ) -> EditResult:
        """Run an edit. Raises an `EngineError`, or `Cancelled`."""

    def preview(self, request: EditRequest, *, cancel: CancelToken) -> EditResult:
        """Run an edit for a preview. Raises an `EngineError`, or `Cancelled`."""

    def unload(self) -> None:
        """Free the memory of the loaded model."""


EditorMaker = Callable[[EditorOptions, CancelToken], EditorProtocol]
"""Loads the libraries and creates an editor. Raises `Cancelled`."""


def make_editor(options: EditorOptions, cancel: CancelToken) -> EditorProtocol:
    """The real editor. The first call takes seconds and must not be made on the GUI thread."""
    load_libraries(cancel)
    return open_editor(options)


class EditWorker(QObject):
    """Runs one edit at a time, in order of submission; each ends with exactly one signal."""

    progressed = Signal(int, object)
    """Number of the job, 0 for `warm_up`; `Progress`."""
    previewed = Signal(int, object)
    """Number of the job; `DisplayImage`."""
    produced = Signal(object, object)
    """The `EditJob` and one of its results, an `EditedPhoto`, as soon as it is stored."""
    finished = Signal(int, object, object)
    """Number of the job; `EditSummary`; all its results."""
    failed = Signal(int, object)
    """Number of the job; `ErrorReport`."""
    cancelled = Signal(int)
    ready = Signal()
    """The libraries are loaded and the editor exists."""

    def __init__(self, maker: EditorMaker = make_editor) -> None:
        super().__init__()
        self._make_editor = maker
        self._editor: EditorProtocol | None = None
        self._options: EditorOptions | None = None
        """The options of the existing editor."""

    @Slot(object, object)
    def warm_up(self, cancel: CancelToken, options: EditorOptions) -> None:
        """Load the libraries before the first edit needs them. A failure is reported by that edit."""
        try:
            self.ready_editor(options, cancel)
        except Cancelled:
            log.info("Loading the libraries was cancelled")
        except Exception:
            log.exception("Loading the libraries failed")

    @Slot(object, object)
    def run(self, job: EditJob, options: EditorOptions) -> None:
        """Run an edit and emit `finished`, `failed` or `cancelled`."""
        try:
            summary, results = self._edit(job, options)
        except Cancelled:
            self.cancelled.emit(job.number)
        except EngineError as error:
            log.warning("Edit %s failed: %s", job.number, error)
            self.failed.emit(job.number, error.report())
        except Exception as error:
            log.exception("Edit %s failed unexpectedly", job.number)
            self.failed.emit(job.number, EngineError.unexpected(error).report())
        else:
            self.finished.emit(job.number, summary, results)

    def _edit(self, job: EditJob, options: EditorOptions) -> tuple[EditSummary, tuple[EditedPhoto, ...]]:
        """The summary of an edit and its results, each of which was reported as soon as it was made."""
        job.cancel_token.raise_if_cancelled()
        request = job.request()
        editor = self.ready_editor(options, job.cancel_token, job.number)
        job.cancel_token.raise_if_cancelled()
        request = request_as_read(request, job.model)
        results: list[EditedPhoto] = []

        def store(finished: FinishedImage) -> None:
            storing = Progress(Stage.STORING, finished.number, request.variations)
            self.progressed.emit(job.number, storing)
            results.append(stored_result(job, request, finished))
            self.produced.emit(job, results[-1])

        result = editor.edit(
            request,
            on_progress=lambda progress: self.progressed.emit(job.number, progress),
            on_preview=lambda image: self.previewed.emit(job.number, DisplayImage.of(image)),
            on_result=store,
            cancel=job.cancel_token,
        )
        return EditSummary.of(result), tuple(results)

    def ready_editor(self, options: EditorOptions, cancel: CancelToken, number: int = 0) -> EditorProtocol:
        """The existing editor if it has these options, otherwise a new one. On the worker's thread only.

        `number` is that of the job that waits for it, 0 for none. Raises `Cancelled`, or the error of an
        editor that cannot be made.
        """
        if self._editor is not None and self._options == options:
            return self._editor
        if self._editor is not None:
            self._editor.unload()
            self._editor = None
        self.progressed.emit(number, Progress(Stage.LOADING_LIBRARIES))
        self._editor = self._make_editor(options, cancel)
        self._options = options
        self.ready.emit()
        return self._editor
