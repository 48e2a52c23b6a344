"""Runs slow functions on threads and reports their results on the GUI thread.

All slow work of the window goes through this module, except edits, which have a thread of their own
(`edit_worker`), and training, which is a process.
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
    """A submitted function with its callbacks. Several tasks may share one cancel token."""

    work: Callable[[], object]
    finished: Callable[[object], None]
    failed: Callable[[ErrorReport], None]
    cancel: CancelToken


class _Reporter(QObject):
    """Carries results to the GUI thread. It has no parent: it outlives a `Background` that is destroyed."""

    ended = Signal(object, object)
    """A `_Task` and the function to call on the GUI thread; None if there is none."""
    relayed = Signal(object, object)
    """A `CancelToken` and the function to call on the GUI thread unless the token is cancelled."""


class Background(QObject):
    """A pool of threads that runs submitted functions in order of submission.

    For every function, exactly one callback is called on the GUI thread: `finished` with its result, or
    `failed` with an `ErrorReport`. For a cancelled function none is called, even if it has already returned.
    With one worker, results are reported in order of submission. Nothing is reported after this object was
    destroyed.
    """

    def __init__(
        self, parent: QObject | None = None, *, workers: int = 2, is_latest_only: bool = False
    ) -> None:
        """`workers` is the number of functions that run at the same time; others wait.

        With `is_latest_only`, each submission cancels all earlier ones.
        """
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="background")
        self._is_latest_only = is_latest_only
        self._is_closed = False
        self._tasks: set[_Task] = set()
        self._reporter = _Reporter()
        self._reporter.ended.connect(self._end)
        self._reporter.relayed.connect(self._relay)

    def submit(
        self,
        work: Callable[[], Result],
        finished: Callable[[Result], None],
        failed: Callable[[ErrorReport], None],
        *,
        cancel: CancelToken | None = None,
    ) -> None:
        """Run `work` as soon as a thread is free; `cancel` cancels it. Does nothing after `close`."""
        if self._is_closed:
            return
        if self._is_latest_only:
            self.cancel()
        task = _Task(work, finished, failed, cancel or CancelToken())  # type: ignore[arg-type]
        self._tasks.add(task)
        self._executor.submit(self._run, task)

    def relayed(self, callback: Callable[[Value], None], cancel: CancelToken) -> Callable[[Value], None]:
        """Returns a function that calls `callback` on the GUI thread, for reporting progress from `work`."""
        return lambda value: self._reporter.relayed.emit(cancel, partial(callback, value))

    def cancel(self) -> None:
        """Cancel everything submitted so far: work that waits is not run, and no result is reported."""
        for task in self._tasks:
            task.cancel.cancel()

    def close(self) -> None:
        """Accept no more work and wait for the work already submitted. Call `cancel` first to drop it."""
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
        self._reporter.ended.emit(task, report)

    @Slot(object, object)
    def _end(self, task: _Task, report: Callable[[], None] | None) -> None:
        self._tasks.discard(task)
        if report is not None:
            self._relay(task.cancel, report)

    @Slot(object, object)
    def _relay(self, cancel: CancelToken, report: Callable[[], None]) -> None:
        if not cancel.is_cancelled:
            report()
