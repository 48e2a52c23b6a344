"""Edits the photos of a batch on the thread of the edits, one photo at a time."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from PIL import Image
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from engine.batch.journal import BatchJournal
from engine.batch.runner import ItemOutcome, run_item
from engine.errors import EngineError, ErrorReport
from engine.progress import Cancelled, CancelToken, Progress
from ip2p_desktop.editing.batch.batch_setup import batch_edit, save_options
from ip2p_desktop.editing.edit_worker import EditWorker
from ip2p_desktop.editing.editor_options import EditorOptions
from ip2p_desktop.widgets.display_images import to_qimage

log = logging.getLogger(__name__)

THUMBNAIL_SIDE = 192
"""In pixels; enough for screens with two pixels a point."""


@dataclass(frozen=True, eq=False, slots=True)
class BatchTask:
    """One photo of a batch."""

    journal: BatchJournal
    index: int
    cancel: CancelToken = field(default_factory=CancelToken)


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchOutcome:
    """What became of a photo, with small images of it and of its result."""

    index: int
    name: str
    error: ErrorReport | None
    photo: QImage | None
    result: QImage | None


class BatchWorker(QObject):
    """Lives on the thread of an `EditWorker` and uses its editor, so that one model is in memory.

    Each task ends with exactly one of `ended`, `cancelled` and `failed`.
    """

    progressed = Signal(object, object)
    """`BatchTask` and `Progress`."""
    ended = Signal(object, object)
    """`BatchTask` and `BatchOutcome`."""
    cancelled = Signal(object)
    """`BatchTask`; its photo still waits."""
    failed = Signal(object, object)
    """`BatchTask` and `ErrorReport`: the other photos would fail too. Its photo still waits."""

    def __init__(self, worker: EditWorker) -> None:
        super().__init__()
        self._worker = worker

    @Slot(object, object)
    def run(self, task: BatchTask, options: EditorOptions) -> None:
        """Edit the photo of a task and write its result."""
        try:
            outcome = self._run(task, options)
        except Cancelled:
            self.cancelled.emit(task)
        except EngineError as error:
            log.warning("A batch cannot go on: %s", error)
            self.failed.emit(task, error.report())
        except Exception as error:
            log.exception("A batch failed unexpectedly")
            self.failed.emit(task, EngineError.unexpected(error).report())
        else:
            self.ended.emit(task, outcome)

    def _run(self, task: BatchTask, options: EditorOptions) -> BatchOutcome:
        task.cancel.raise_if_cancelled()
        edit = batch_edit(task.journal.edit)
        outcome = run_item(
            self._worker.ready_editor(options, task.cancel),
            edit,
            task.journal,
            task.index,
            options=save_options(task.journal.edit),
            cancel=task.cancel,
            on_progress=lambda progress: self._report(task, progress),
        )
        return _outcome(task, outcome)

    def _report(self, task: BatchTask, progress: Progress) -> None:
        self.progressed.emit(task, progress)


def _outcome(task: BatchTask, outcome: ItemOutcome) -> BatchOutcome:
    return BatchOutcome(
        index=outcome.index,
        name=task.journal.items[outcome.index].photo.name,
        error=outcome.error,
        photo=_thumbnail(outcome.photo),
        result=_thumbnail(outcome.result),
    )


def _thumbnail(image: Image.Image | None) -> QImage | None:
    if image is None:
        return None
    small = image.reduce(max(1, min(image.size) // THUMBNAIL_SIDE))
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return to_qimage(small)
