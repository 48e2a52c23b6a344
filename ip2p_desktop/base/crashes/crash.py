"""The log file, and the handler of exceptions that no other code catches."""

from __future__ import annotations

import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from ip2p_desktop.base.crashes.crash_reports import CrashReportHandler

log = logging.getLogger(__name__)

LOG_BYTES = 1_000_000
LOG_COPIES = 3


def start_logging(file: Path, reports: Path) -> None:
    """Write all log messages to a rotating file; without it, drop them and say so on standard error.

    Errors with a traceback also get a report in the folder `reports`.
    """
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=LOG_BYTES, backupCount=LOG_COPIES, encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"The log {file} cannot be written: {error.strerror or error}\n")
        root.addHandler(logging.NullHandler())
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.addHandler(CrashReportHandler(reports))  # after the log, whose end is in the reports


class CrashReporter(QObject):
    """Replaces Python's exception hooks, which would print a traceback."""

    reported = Signal(object)
    """An `ErrorReport`; received on the thread of the connected object."""

    def install(self) -> None:
        """Set the hooks of the main thread and of all other threads."""
        sys.excepthook = self.report
        threading.excepthook = self._report_from_thread

    def report(
        self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        """Log the exception and emit `reported`. Ctrl-C ends the program with exit code 130."""
        if issubclass(kind, KeyboardInterrupt):
            sys.exit(130)
        log.critical("Uncaught exception", exc_info=(kind, error, traceback))
        self.reported.emit(EngineError.unexpected(error).report())

    def _report_from_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self.report(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
