"""Reports of crashes: files on this computer, to read and to attach. Nothing is sent.

A report has the error, the versions, the computer, the settings and the end of the log, without the names of
photos where they are known. Every error that the log has with a traceback gets one, once for each run of the
program and place in the code.
"""

from __future__ import annotations

import json
import logging
import platform
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from engine.errors import ErrorReport
from engine.files.atomic import atomic_write
from ip2p_desktop.base import paths
from ip2p_desktop.base.error_details import log_end, system_details
from ip2p_desktop.base.hidden_names import without_names
from ip2p_desktop.base.preferences import Preferences

KEPT_REPORTS = 10
"""Older ones are deleted."""
MOST_IN_A_RUN = 5
LOG_LINES = 200
PRIVATE = ("models_folder", "output_folder", "last_open_folder", "last_save_folder", "recent_files")
"""Keys of preferences that name files and folders of the user; what they name is hidden everywhere."""
LEFT_OUT = (*PRIVATE, "recent_instructions", "window_geometry", "model")
PROCESSOR_FILE = Path("/proc/cpuinfo")


class CrashReportHandler(logging.Handler):
    """Writes a report for each error in the log that has a traceback."""

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.ERROR)
        self._folder = folder
        self._written: dict[tuple[str, str, int], Path] = {}
        """By the error's class and the file and line where it was raised."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a report, unless this place has one, or too many were written. Never raises."""
        if not record.exc_info or not isinstance(record.exc_info[1], Exception):
            return
        error = record.exc_info[1]
        steps = traceback.extract_tb(error.__traceback__)
        place = (type(error).__name__, *((steps[-1].filename, steps[-1].lineno or 0) if steps else ("", 0)))
        if place in self._written or len(self._written) >= MOST_IN_A_RUN:
            return
        details = "".join(traceback.format_exception(error))
        with suppress(Exception):  # a report that fails must not hide the error
            self._written[place] = write_report(self._folder, record.getMessage(), details)

    def report_of(self, error: str) -> Path | None:
        """The latest report of an error of this class in this run; None if there is none."""
        found = [file for (name, _, _), file in self._written.items() if name == error]
        return found[-1] if found and found[-1].is_file() else None


def report_of(report: ErrorReport) -> Path | None:
    """The file about an error that is shown; None if there is none."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, CrashReportHandler):
            return handler.report_of(str(report.values.get("error", "")))
    return None


def write_report(folder: Path, happened: str, details: str) -> Path:
    """Write a report and return its file; old ones are deleted. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now().astimezone()
    number, stem = 1, f"crash-{now:%Y-%m-%d-%H%M%S}"
    while (file := folder / f"{stem}-{number:02}.txt").exists():
        number += 1
    with atomic_write(file) as temporary:
        temporary.write_text(report_text(happened, details, now), encoding="utf-8", errors="replace")
    for old in reports_in(folder)[KEPT_REPORTS:]:
        old.unlink(missing_ok=True)
    return file


def reports_in(folder: Path) -> list[Path]:
    """The reports in a folder, the latest first."""
    return sorted(folder.glob("crash-*.txt"), reverse=True)


def report_text(happened: str, details: str, moment: datetime) -> str:
    """The text of a report, in English."""
    preferences = Preferences(paths.preferences_file())
    lines = [
        f"Crash report of {paths.APP_NAME}",
        "It is on your computer only; nothing was sent. Names of photos are left out where they are known.",
        "",
        f"Time: {moment.isoformat(timespec='seconds')}",
        f"What happened: {happened}",
        *system_details(),
        *_hardware(),
        "Settings that are not the default:",
        *(list(_settings(preferences)) or ["  none"]),
        "",
        details.rstrip(),
        "",
        f"The last lines of {paths.log_file().name}:",
        *log_end(paths.log_file(), LOG_LINES),
    ]
    return without_names("\n".join(lines), _known_names(preferences)) + "\n"


def _hardware() -> Iterator[str]:
    """The names of the processor and of NVIDIA graphics cards, as far as the system tells them at once."""
    yield f"Processor: {_named(PROCESSOR_FILE, 'model name') or platform.processor() or platform.machine()}"
    for file in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information")):
        yield f"Graphics: {_named(file, 'Model')}"


def _named(file: Path, name: str) -> str:
    """The first value of a name in one of the system's files of lines `name: value`."""
    with suppress(OSError):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == name:
                return value.strip()
    return ""


def _settings(preferences: Preferences) -> Iterator[str]:
    for entry in Preferences.table():
        value = preferences.value_of(entry)
        if entry.key not in LEFT_OUT and value != entry.default:
            yield f"  {entry.key}: {json.dumps(value, ensure_ascii=False, default=str)}"


def _known_names(preferences: Preferences) -> list[Path]:
    """Files and folders that the user opened or chose."""
    values = [preferences.value_of(entry) for entry in Preferences.table() if entry.key in PRIVATE]
    several = [each for value in values for each in (value if isinstance(value, tuple) else (value,))]
    return [each for each in several if isinstance(each, Path)]
