"""A job: an edit that was submitted, with its state and progress."""

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
from ip2p_desktop.session.session_store import SessionStore

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
class EditJob:
    """A submitted edit. The queue changes its state and progress; the other fields never change."""

    edit_state: EditState
    """The settings."""
    source: SourcePhoto
    model: ModelCard
    store: SessionStore | None = None
    """The session to which its results are written; None if they are kept in memory only."""
    cancel_token: CancelToken = field(default_factory=CancelToken)
    number: int = field(default_factory=lambda: next(_numbers))
    state: JobState = JobState.WAITING
    progress: Progress | None = None
    """None before the first step and after the end."""
    error: ErrorReport | None = None
    """Why it failed."""

    def request(self) -> EditRequest:
        """The request for the engine. Reads photo and mask into memory if they were moved to files."""
        return self.source.request(self.edit_state, self.model.path)
