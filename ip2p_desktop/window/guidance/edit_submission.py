"""Submits edits with settings that are not those of the document."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from engine.errors import EngineError
from engine.instructions.sequence import steps_for
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.jobs import EditJob, sequence_jobs
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.edit_controller import EditController


class EditSubmission(QObject):
    """Edits of the photo on screen, with its model. Their results are handled like those of other edits."""

    def __init__(
        self, window: MainWindow, document: EditDocument, queue: EditQueue, edits: EditController
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._queue, self._edits = window, document, queue, edits

    def is_possible(self) -> bool:
        """Whether there is a photo, a model and an instruction; points to what is missing."""
        document = self._document
        try:
            has_photo_and_model = document.source is not None and document.model is not None
            if has_photo_and_model and not document.state.instruction.strip():
                self._window.composer.point_to_instruction()
                return False
            document.request()
        except EngineError as error:
            self._edits.refused.emit(error.report())
            return False
        return True

    def submit(self, states: Sequence[EditState]) -> tuple[EditJob, ...]:
        """Submit an edit for each state; none if an edit is not possible.

        Returns the job of each state; the last one where the instruction is a sequence of edits.
        """
        source, model = self._document.source, self._document.model
        if not self.is_possible() or source is None or model is None:
            return ()
        last = []
        for state in states:
            steps = steps_for(state.instruction, model)
            jobs = sequence_jobs(steps, state.normalized(), source, model, self._edits.store)
            self._queue.submit(*jobs)
            last.append(jobs[-1])
        return tuple(last)

    def is_under_way(self, state: EditState) -> bool:
        """Whether an edit of the photo on screen with these settings runs or waits."""
        wanted = (state.normalized(), self._document.source)
        return any(job.submitted == wanted for job in self._queue.jobs if not job.state.is_end)
