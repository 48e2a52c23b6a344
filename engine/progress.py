"""What running work reports, and how it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What an edit, or the making of a model, is doing."""

    LOADING_LIBRARIES = "loading libraries"
    LOADING_MODEL = "loading model"
    READING = "reading photo and instruction"
    COMPILING = "compiling"
    SAMPLING = "editing"
    FINISHING = "finishing picture"
    MERGING = "merging models"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage has come; a total of 0 means that it is not known."""

    stage: Stage
    done: int = 0
    total: int = 0


class Cancelled(Exception):
    """The work was stopped on request. An outcome, not an error."""


class CancelToken:
    """Asks running work to stop. Set from any thread; the work looks at it between its steps."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raises `Cancelled` once `cancel` was called."""
        if self._event.is_set():
            raise Cancelled


ProgressCallback = Callable[[Progress], None]


def ignore_progress(progress: Progress) -> None:
    """The callback of a caller who does not want to know."""
