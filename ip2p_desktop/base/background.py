"""Slow plain functions on threads of their own; their results are heard on the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import EngineError, ErrorReport
from engine.progress import Cancelled

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Background(QObject):
    """Calls `success` with the result or `failure` with a report; neither for cancelled work."""

    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None, *, workers: int = 2) -> None:
        """Work beyond `workers` at a time waits for its turn."""
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="background")
        self._ended.connect(self._deliver)

    def submit(
        self,
        work: Callable[[], Result],
        success: Callable[[Result], None],
        failure: Callable[[ErrorReport], None],
    ) -> None:
        self._executor.submit(self._run, work, success, failure)

    def close(self) -> None:
        """Waits for all work that was submitted."""
        self._executor.shutdown()

    def _run(
        self,
        work: Callable[[], Result],
        success: Callable[[Result], None],
        failure: Callable[[ErrorReport], None],
    ) -> None:
        try:
            delivery = partial(success, work())
        except Cancelled:
            return
        except EngineError as error:
            delivery = partial(failure, error.report())
        except Exception as error:
            log.exception("Background work failed unexpectedly")
            delivery = partial(failure, EngineError.unexpected(error).report())
        self._ended.emit(delivery)

    @Slot(object)
    def _deliver(self, delivery: Callable[[], None]) -> None:
        delivery()
