"""Reads the instruction in the background while it is typed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer

from engine.errors import ErrorReport
from engine.instructions import InstructionReading
from engine.library import ModelCard
from engine.request import EditRequest
from ip2p_desktop.base.background import Background
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_state import EditState

log = logging.getLogger(__name__)

PAUSE_MS = 400
"""Pause in typing after which the instruction is read, as no model knows a half-written word."""

ReadInstruction = Callable[[str, ModelCard], InstructionReading]


def read_instruction(instruction: str, card: ModelCard) -> InstructionReading:
    """How a model reads an instruction. The first call imports NumPy: not for the GUI thread."""
    from engine.instructions.reader import read_instruction as read

    return read(instruction, card)


def request_as_read(request: EditRequest, card: ModelCard) -> EditRequest:
    """The request with the corrected instruction and the area that it names. Not for the GUI thread."""
    try:
        return read_instruction(request.instruction, card).applied_to(request)
    except Exception:
        log.exception("The instruction could not be read")  # the model can still edit with it
        return request


class InstructionReader(QObject):
    """Updates the document's reading when its instruction or model changes."""

    def __init__(
        self,
        document: EditDocument,
        parent: QObject | None = None,
        *,
        read: ReadInstruction = read_instruction,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._read = read
        self._background = Background(self, workers=1, is_latest_only=True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._submit)
        document.state_changed.connect(self._on_state_changed)
        document.model_changed.connect(self._on_model_changed)

    def shut_down(self) -> None:
        """Wait for the reading that is being computed."""
        self._pause.stop()
        self._background.cancel()
        self._background.close()

    def _on_state_changed(self, state: EditState, before: EditState) -> None:
        if state.instruction == before.instruction:
            return
        if not state.instruction.strip():
            self._document.reading = None
        self._wait()

    def _on_model_changed(self) -> None:
        self._document.reading = None
        self._wait()

    def _wait(self) -> None:
        """Drop the reading that is being computed and start the pause again."""
        self._background.cancel()
        self._pause.start()

    def _submit(self) -> None:
        instruction, card = self._document.state.instruction, self._document.model
        if card is not None and instruction.strip():
            self._background.submit(partial(self._read, instruction, card), self._on_read, self._on_failed)

    def _on_read(self, reading: InstructionReading) -> None:
        self._document.reading = reading

    def _on_failed(self, report: ErrorReport) -> None:
        log.warning("The instruction was not read: %s", report)
        self._document.reading = None
