"""Thumbnails of known edits on the user's own photo, kept until the photo or the model changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from engine.library import ModelCard
from engine.model_options import ModelOptions
from ip2p_desktop.editing.previews.preview_job import (
    THUMBNAIL_SIZE,
    PreviewEnd,
    PreviewJob,
    PreviewOutcome,
    PreviewPriority,
    PreviewSize,
)
from ip2p_desktop.editing.previews.preview_queue import PreviewQueue
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.session.edit_state import STANDARD_SETTINGS, EditState


class IdeaThumbnails(QObject):
    """Makes thumbnails one after the other, in the order in which they are wanted."""

    made = Signal(str, object)
    """Instruction and `QImage`."""
    slow = Signal()
    """The model takes too long for thumbnails; none will be made."""
    cleared = Signal()
    """Another photo or model is used, and no thumbnail is left."""

    def __init__(self, previews: PreviewQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._previews = previews
        self._photo: SourcePhoto | None = None
        self._model: ModelCard | None = None
        self._options = ModelOptions()
        self._listed: frozenset[str] = frozenset()
        """Instructions that the model lists."""
        self._images: dict[str, QImage | None] = {}
        """None for an instruction of which no thumbnail can be made."""
        self._wanted: list[str] = []
        self._idle: list[str] = []
        self._job: PreviewJob | None = None
        self._is_slow = False

    @property
    def is_slow(self) -> bool:
        """Whether the model takes too long for thumbnails."""
        return self._is_slow

    @property
    def photo(self) -> SourcePhoto | None:
        """The photo that the thumbnails show."""
        return self._photo

    def use(self, photo: SourcePhoto | None, model: ModelCard | None, options: ModelOptions) -> None:
        """Make thumbnails of another photo or with another model; those of the same are kept."""
        if photo is self._photo and _is_same(model, self._model) and options == self._options:
            return
        self._photo, self._model, self._options = photo, model, options
        self._stop()
        self._images.clear()
        self._wanted, self._idle, self._is_slow = [], [], False
        self._listed = frozenset()
        self.cleared.emit()

    def list_known(self, instructions: Iterable[str]) -> None:
        """Say which instructions the model lists, beside its suggestions, so that they need no reading."""
        self._listed = frozenset(instructions)

    def image(self, instruction: str) -> QImage | None:
        """The thumbnail of an instruction; None if it was not made."""
        return self._images.get(instruction)

    def count_of(self, instructions: Sequence[str]) -> int:
        """How many of these need no more work."""
        return sum(each in self._images for each in instructions)

    def has_failed_for(self, instructions: Sequence[str]) -> bool:
        """Whether all of these were tried and no thumbnail could be made."""
        return bool(instructions) and all(self._images.get(each, each) is None for each in instructions)

    def forget_failed(self) -> None:
        """Try those again of which no thumbnail could be made: memory may be free by now."""
        self._images = {each: image for each, image in self._images.items() if image is not None}

    def want(self, instructions: Sequence[str]) -> None:
        """Make the thumbnails of these, in this order, instead of those wanted before."""
        self._wanted = [each for each in instructions if each not in self._images]
        self._make_next()

    def want_idle(self, instructions: Sequence[str]) -> None:
        """Make the thumbnails of these when there is nothing else to do."""
        self._idle = [each for each in instructions if each not in self._images]
        self._make_next()

    def job(self, instruction: str, size: PreviewSize, priority: PreviewPriority) -> PreviewJob | None:
        """A preview of a known edit with the recommended settings; None without a photo or a model."""
        if self._photo is None or self._model is None:
            return None
        recommended = replace(self._model.recommended, output_size=STANDARD_SETTINGS.output_size)
        state = EditState(instruction=instruction, model_options=self._options, settings=recommended)
        is_known = instruction in self._listed or instruction in self._model.suggestions
        return PreviewJob(state, self._photo, self._model, size, priority, is_known)

    def _make_next(self) -> None:
        if self._is_slow:
            return
        urgent = bool(self._wanted)
        if self._job is not None:
            if not urgent or self._job.priority is PreviewPriority.THUMBNAIL:
                return
            self._stop()  # an idle one waits until the libraries are loaded; a wanted one does not
        if waiting := self._wanted or self._idle:
            priority = PreviewPriority.THUMBNAIL if urgent else PreviewPriority.IDLE
            self._job = self.job(waiting[0], THUMBNAIL_SIZE, priority)
            if self._job is not None:
                self._previews.submit(self._job, self._on_ended)

    def _stop(self) -> None:
        if self._job is not None:
            self._previews.cancel(self._job)
            self._job = None

    def _on_ended(self, outcome: PreviewOutcome) -> None:
        assert self._job is not None
        instruction = self._job.edit_state.instruction
        self._job = None
        if outcome.end is PreviewEnd.SLOW:
            self._is_slow = True
            self.slow.emit()
            return
        image = outcome.image.levels[0] if outcome.image is not None else None
        self._images[instruction] = image
        for waiting in (self._wanted, self._idle):
            if instruction in waiting:
                waiting.remove(instruction)
        self._make_next()
        self.made.emit(instruction, image)


def _is_same(model: ModelCard | None, other: ModelCard | None) -> bool:
    """Whether two cards are of the same model; a card changes when more is known of its model."""
    if model is None or other is None:
        return model is other
    return model.path == other.path and model.recommended == other.recommended
