"""What helps others to find the cause of an error: a text to copy. Nothing is sent."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import psutil
from PySide6.QtCore import qVersion

from engine.errors import ErrorReport
from ip2p_desktop import __version__
from ip2p_desktop.base import paths

LOG_LINES = 40
LOG_BYTES = 64 * 1024
PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "pillow", "numpy")


def error_details(report: ErrorReport) -> str:
    """The error, the versions, the computer and the end of the log, in English."""
    values = ", ".join(f"{name}={value}" for name, value in report.values.items())
    lines = [
        f"{report.message} {report.advice}".strip(),
        f"Code: {report.code or report.kind}" + (f" ({values})" if values else ""),
        f"Time: {datetime.now().astimezone().isoformat(timespec='seconds')}",
        *system_details(),
        "",
        f"The last lines of {paths.log_file().name}:",
        *log_end(paths.log_file(), LOG_LINES),
    ]
    return "\n".join(lines) + "\n"


def system_details() -> Iterator[str]:
    """Lines with the versions of the program and its parts, and the computer's processors and memory."""
    form = "packaged" if paths.is_frozen() else "checkout"
    yield f"IP2P Desktop {__version__} ({form}), Python {platform.python_version()}, Qt {qVersion()}"
    yield ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    memory = psutil.virtual_memory()
    yield (
        f"{platform.platform()}, {os.cpu_count()} processors, "
        f"{memory.total / 2**30:.1f} GiB of memory, {memory.available / 2**30:.1f} GiB of it free"
    )


def log_end(file: Path, count: int) -> list[str]:
    """The last lines of the log; none if it cannot be read."""
    with suppress(OSError), file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - LOG_BYTES))
        return log.read().decode("utf-8", errors="replace").splitlines()[-count:]
    return []


def _version(name: str) -> str:
    """The version of an installed package, found without importing it."""
    from importlib import metadata  # a fiftieth of a second that only errors need

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "unknown"
