"""Makes previews on the thread of the edits, with their editor, so that a model is in memory only once."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from engine.editing.cost_history import CostHistory
from engine.errors import EngineError
from engine.instructions import InstructionReading, Verdict
from engine.instructions.sequence import steps_for
from engine.progress import Cancelled, CancelToken
from ip2p_desktop.editing.edit_worker import EditWorker
from ip2p_desktop.editing.editor_options import EditorOptions
from ip2p_desktop.editing.instruction_reader import read_instruction
from ip2p_desktop.editing.previews.photo_copies import PhotoCopies
from ip2p_desktop.editing.previews.preview_job import PreviewEnd, PreviewJob, PreviewOutcome
from ip2p_desktop.editing.previews.preview_speed import PreviewSpeed
from ip2p_desktop.widgets.display_images import DisplayImage

log = logging.getLogger(__name__)


class PreviewWorker(QObject):
    """Makes one preview at a time; each ends with exactly one signal."""

    ended = Signal(object)
    """`PreviewOutcome`, or None if it was cancelled."""

    def __init__(self, edits: EditWorker, history: CostHistory) -> None:
        super().__init__()
        self._edits = edits
        self._speed = PreviewSpeed(history)
        self._copies = PhotoCopies()

    @Slot(object, object, object)
    def make(self, job: PreviewJob, options: EditorOptions, cancel: CancelToken) -> None:
        """Make a preview and emit `ended`."""
        outcome: PreviewOutcome | None = None
        try:
            outcome = self._outcome(job, options, cancel)
        except Cancelled:
            pass
        except EngineError as error:
            log.info("No preview: %s", error)
            outcome = PreviewOutcome(PreviewEnd.FAILED)
        except Exception:
            log.exception("A preview failed unexpectedly")
            outcome = PreviewOutcome(PreviewEnd.FAILED)
        self.ended.emit(outcome)

    @Slot(object)
    def measure_again(self, model: Path) -> None:
        """Forget how long previews took with a model."""
        self._speed.forget(model)

    def _outcome(self, job: PreviewJob, options: EditorOptions, cancel: CancelToken) -> PreviewOutcome:
        """Makes the edits of an instruction one after the other, as an edit would."""
        cancel.raise_if_cancelled()
        readings = _readings(job)
        if any(reading.verdict is Verdict.UNKNOWN for reading in readings):
            return PreviewOutcome(PreviewEnd.UNKNOWN)
        request = job.request(self._copies.copy_of(job.source.pixels, job.size.photo))
        if not self._speed.allows(job.model, request):
            return PreviewOutcome(PreviewEnd.SLOW)
        editor = self._edits.ready_editor(options, cancel)
        photo, seconds = request.source_image, 0.0
        for reading in readings:
            cancel.raise_if_cancelled()
            step = reading.applied_to(replace(request, source_image=photo))
            result = editor.preview(step, cancel=cancel)
            photo, seconds = result.edited_image, seconds + result.edit_seconds
        self._speed.note(job.model, seconds / len(readings))
        return PreviewOutcome(PreviewEnd.MADE, DisplayImage.of(photo))


def _readings(job: PreviewJob) -> list[InstructionReading]:
    """How the model reads each of the edits of an instruction."""
    instruction = job.edit_state.instruction
    if job.is_known:
        return [InstructionReading(typed=instruction, instruction=instruction)]
    return [read_instruction(step, job.model) for step in steps_for(instruction, job.model)]
