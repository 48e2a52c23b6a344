"""Progress reports of running work, and the token that cancels it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """A stage of an edit or of merging models."""

    LOADING_LIBRARIES = "loading libraries"
    LOADING_MODEL = "loading model"
    FINDING_SUBJECT = "finding the subject"
    READING = "reading photo and instruction"
    COMPILING = "compiling"
    SAMPLING = "editing"
    FINISHING = "finishing result"
    STORING = "storing result"
    MERGING = "merging models"


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a stage is done; a total of 0 means that it is not known."""

    stage: Stage
    done: int = 0
    total: int = 0


class Cancelled(Exception):
    """The work was stopped on request; not an error."""


class CancelToken:
    """Cancels running work. Any thread may set it; the work checks it between its steps."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Asks the work to stop."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raises `Cancelled` once `cancel` was called."""
        if self._event.is_set():
            raise Cancelled


ProgressCallback = Callable[[Progress], None]


def ignore_progress(progress: Progress) -> None:
    """Does nothing; the default callback."""
