"""Finds out at the next start that a fault in native code, which is no exception, ended the program."""

from __future__ import annotations

import faulthandler
import logging
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import psutil

from ip2p_desktop.base.crashes.crash_reports import write_report

log = logging.getLogger(__name__)

HAPPENED = "The program ended at once, by a fault in native code."
MAX_TRACE = 200_000
"""Bytes of a trace that are read."""


class HardCrashWatch:
    """Has the stacks of all threads written to a file if the process crashes, and removes it otherwise.

    The name of the file says which process it belongs to: its number and the time at which that was started.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: Path | None = None
        self._opened: BinaryIO | None = None

    def start(self) -> None:
        """Watch this process; without a folder to write to, do nothing."""
        own = psutil.Process()
        file = self._folder / f"running-{own.pid}-{int(own.create_time())}.trace"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._opened = file.open("wb")
        except OSError as error:
            log.warning("Crashes are not recorded: %s", error)
            return
        self._file = file
        faulthandler.enable(self._opened)

    def stop(self) -> None:
        """The program ends as it should."""
        if self._opened is not None and self._file is not None:
            faulthandler.disable()
            self._opened.close()
            with suppress(OSError):
                self._file.unlink()
        self._opened = self._file = None

    def report_crashes(self) -> Path | None:
        """Write reports about processes that have crashed since, and return the latest; None if none has."""
        latest = None
        for trace in sorted(self._folder.glob("running-*.trace")):
            if _is_running(trace):
                continue
            with suppress(OSError):
                with trace.open("rb") as opened:
                    stacks = opened.read(MAX_TRACE).decode("utf-8", errors="replace")
                if stacks.strip():  # a process that was killed leaves an empty one
                    latest = write_report(self._folder, HAPPENED, stacks)
                trace.unlink()
        return latest


def _is_running(trace: Path) -> bool:
    """Whether the process of a trace still runs; another one may have its number since."""
    try:
        number, started = map(int, trace.stem.split("-")[1:])
        return bool(abs(psutil.Process(number).create_time() - started) < 2)
    except (ValueError, psutil.NoSuchProcess):
        return False
    except psutil.Error:
        return True
