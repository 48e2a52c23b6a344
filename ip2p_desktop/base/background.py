"""Runs slow plain functions off the GUI thread; what comes of them is reported on the GUI thread.

This is the one way to do so. Edits have a thread of their own (`edit_worker`), and training a process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import EngineError, ErrorReport
from engine.progress import Cancelled, CancelToken

log = logging.getLogger(__name__)

Result = TypeVar("Result")
Value = TypeVar("Value")


@dataclass(frozen=True, eq=False, slots=True)
class _Task:
    """One function on its way; the token may be shared with others."""

    work: Callable[[], object]
    finished: Callable[[object], None]
    failed: Callable[[ErrorReport], None]
    cancel: CancelToken


class Background(QObject):
    """Threads that run what is submitted, in its order; with one worker, results keep that order too.

    Every function ends by exactly one call on the GUI thread: of `finished` with its result, or of
    `failed` with an `ErrorReport`. One that is cancelled ends by none, even if it has come to its end.
    """

    _ended = Signal(object, object)
    """A `_Task`, and what to call on the GUI thread, None for nothing."""
    _relayed = Signal(object, object)
    """A `CancelToken`, and what to call on the GUI thread unless it is cancelled."""

    def __init__(
        self, parent: QObject | None = None, *, workers: int = 2, is_latest_only: bool = False
    ) -> None:
        """Work beyond `workers` at a time waits for its turn.

        With `is_latest_only`, submitting cancels everything that was submitted before.
        """
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="background")
        self._is_latest_only = is_latest_only
        self._is_closed = False
        self._tasks: set[_Task] = set()
        self._ended.connect(self._end)
        self._relayed.connect(self._relay)

    def submit(
        self,
        work: Callable[[], Result],
        finished: Callable[[Result], None],
        failed: Callable[[ErrorReport], None],
        *,
        cancel: CancelToken | None = None,
    ) -> None:
        """Run `work` soon; `cancel` calls it back. After `close`, nothing happens."""
        if self._is_closed:
            return
        if self._is_latest_only:
            self.cancel()
        task = _Task(work, finished, failed, cancel or CancelToken())  # type: ignore[arg-type]
        self._tasks.add(task)
        self._executor.submit(self._run, task)

    def relayed(self, callback: Callable[[Value], None], cancel: CancelToken) -> Callable[[Value], None]:
        """A function that work may call with its progress: `callback` hears it on the GUI thread."""
        return lambda value: self._relayed.emit(cancel, partial(callback, value))

    def cancel(self) -> None:
        """Report nothing of what was submitted so far; what has not begun never does."""
        for task in self._tasks:
            task.cancel.cancel()

    def close(self) -> None:
        """Wait for all work that was submitted; call `cancel` before if it is not wanted any more."""
        self._is_closed = True
        self._executor.shutdown()

    def _run(self, task: _Task) -> None:
        report: Callable[[], None] | None = None
        try:
            task.cancel.raise_if_cancelled()
            report = partial(task.finished, task.work())
        except Cancelled:
            pass
        except EngineError as error:
            report = partial(task.failed, error.report())
        except Exception as error:
            log.exception("Background work failed unexpectedly")
            report = partial(task.failed, EngineError.unexpected(error).report())
        self._ended.emit(task, report)

    @Slot(object, object)
    def _end(self, task: _Task, report: Callable[[], None] | None) -> None:
        self._tasks.discard(task)
        if report is not None:
            self._relay(task.cancel, report)

    @Slot(object, object)
    def _relay(self, cancel: CancelToken, report: Callable[[], None]) -> None:
        if not cancel.is_cancelled:
            report()
