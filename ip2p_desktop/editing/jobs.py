"""One edit on its way: what was asked for, and how far it is."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from enum import StrEnum

from engine.errors import ErrorReport
from engine.library import ModelCard
from engine.progress import CancelToken, Progress
from engine.request import EditRequest
from ip2p_desktop.session.edit_state import EditState
from ip2p_desktop.session.edit_tree import SourcePhoto

_numbers = itertools.count(1)


class JobState(StrEnum):
    """Where a job stands; the last three are ends."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_end(self) -> bool:
        return self not in (JobState.WAITING, JobState.RUNNING)


@dataclass(eq=False, slots=True)
class EditJob:
    """An edit that was asked for. Its state and progress belong to the queue, the rest never changes."""

    edit_state: EditState
    """What was asked for."""
    source: SourcePhoto
    model: ModelCard
    cancel_token: CancelToken = field(default_factory=CancelToken)
    number: int = field(default_factory=lambda: next(_numbers))
    state: JobState = JobState.WAITING
    progress: Progress | None = None
    """How far it is; None until that is known, and once it has ended."""
    error: ErrorReport | None = None
    """Why it failed."""

    def request(self) -> EditRequest:
        """What the engine is asked for. The photo is in memory from then on, as long as this is used."""
        return self.edit_state.request(self.source.image, self.model.path)
