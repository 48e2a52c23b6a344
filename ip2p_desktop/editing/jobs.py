"""Jobs: edits that were submitted, each with its state and progress."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.editing.costs import Estimate
from engine.errors import ErrorReport, OutputNotWritable
from engine.images.metadata import BIT_DEPTH
from engine.library import ModelCard
from engine.progress import CancelToken, Progress
from engine.request import EditRequest
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.masks.stored_mask import PhotoMasks, mask_image
from ip2p_desktop.session.session_store import SessionStore

if TYPE_CHECKING:
    from engine.images.deep_images.deep_pixels import Deep

_numbers = itertools.count(1)


class JobState(StrEnum):
    """The state of a job; the last three are final."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_end(self) -> bool:
        """Whether the state is final."""
        return self not in (JobState.WAITING, JobState.RUNNING)


@dataclass(eq=False, slots=True)
class EditSequence:
    """Several edits in one instruction; the photo of each is the result of the one before."""

    state: EditState
    """The settings as submitted, with the whole instruction."""
    source: SourcePhoto
    """The photo of the first edit."""
    length: int
    """The number of its edits."""


@dataclass(eq=False, slots=True)
class EditJob:
    """A submitted edit. The queue changes its state, progress and results; `follow` its photo."""

    edit_state: EditState
    """The settings."""
    source: SourcePhoto
    """The photo; for a later edit of a sequence that of the first, until its own is made."""
    model: ModelCard
    store: SessionStore | None = None
    """The session to which its results are written; None if they are kept in memory only."""
    sequence: EditSequence | None = None
    """The sequence that it belongs to; None for an edit of its own."""
    step: int = 1
    """Its place in the sequence."""
    cancel_token: CancelToken = field(default_factory=CancelToken)
    number: int = field(default_factory=lambda: next(_numbers))
    state: JobState = JobState.WAITING
    progress: Progress | None = None
    """None before the first step and after the end."""
    results: list[EditedPhoto] = field(default_factory=list)
    """The results made so far."""
    estimate: Estimate | None = None
    """What it will cost; None if that is not known."""
    error: ErrorReport | None = None
    """Why it failed."""
    masks: PhotoMasks = field(init=False)
    """Those of the photo that the user submitted."""

    def __post_init__(self) -> None:
        self.masks = self.source.masks

    def request(self) -> EditRequest:
        """The request for the engine. Reads photo and mask into memory if they were moved to files.

        The mask is scaled where the result of the edit before has another size.
        """
        photo = self.source.image
        mask = mask_image(self.masks, self.edit_state.mask_in_use, photo.size)
        request = self.edit_state.request(photo, self.model.path, mask)
        return replace(request, deep_source=self._deep_source())

    def _deep_source(self) -> Deep | None:
        """The photo with 16 bits for each colour, which the session keeps; None if it has none."""
        if self.store is not None and self.source.info.get(BIT_DEPTH):
            with suppress(OutputNotWritable):  # the edit then has 8 bits
                self.store.write_nodes(self.source)
        return self.source.pixels.read_deep()

    @property
    def submitted(self) -> tuple[EditState, SourcePhoto]:
        """Settings and photo as the user submitted them."""
        if self.sequence is not None:
            return self.sequence.state, self.sequence.source
        return self.edit_state, self.source

    def follow(self, source: SourcePhoto, variation: int = 0) -> None:
        """Edit this photo, a variation of the edit before counted from 0, with the seed of that variation."""
        self.source = source
        seed = self.edit_state.settings.seed + variation
        self.edit_state = self.edit_state.with_values(seed=seed, variations=1)

    def in_sequence(self, sequence: EditSequence) -> EditJob:
        """A new job with the same edit in another sequence."""
        return EditJob(self.edit_state, self.source, self.model, self.store, sequence, self.step)


def sequence_jobs(
    steps: Sequence[str],
    state: EditState,
    source: SourcePhoto,
    model: ModelCard,
    store: SessionStore | None = None,
) -> tuple[EditJob, ...]:
    """A job for each instruction of a sequence; a single instruction is an edit of its own.

    Several variations are as many sequences: each goes on from its own result, with its own seed.
    """
    if len(steps) == 1:
        return (EditJob(replace(state, instruction=steps[0]), source, model, store),)
    sequence = EditSequence(state, source, len(steps))
    return tuple(
        EditJob(replace(state, instruction=instruction), source, model, store, sequence, number)
        for number, instruction in enumerate(steps, start=1)
    )
