"""The packaged program: its name, path and size, and how to start it with a bare environment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from dev import ROOT, VENV, venv_python

NAME = "ip2p-desktop"
APP_BUNDLE = "IP2P Desktop.app"
IDENTIFIER = "org.ip2p.desktop"
"""The name of the program among all programs, on macOS and for software centres of Linux."""
BUILD, DISTRIBUTION = ROOT / "build", ROOT / "dist"
KILL_TIMEOUT_SECONDS = 10
PYTHON_VARIABLES = ("PYTHON", "VIRTUAL_ENV", "CONDA", "PIP_", "LD_LIBRARY_PATH", "DYLD_", "QT_", "IP2P_")
"""Prefixes of environment variables through which a program finds a Python or its libraries."""
UNREACHABLE_PROXY = "http://127.0.0.1:9"


def built_program() -> Path:
    """The path at which `build.py` creates the program on this system."""
    if sys.platform == "darwin":
        return DISTRIBUTION / APP_BUNDLE / "Contents" / "MacOS" / NAME
    return DISTRIBUTION / NAME / (f"{NAME}.exe" if os.name == "nt" else NAME)


def folder_of(program: Path) -> Path:
    """The folder that has to be copied to run the program elsewhere."""
    bundle = program.parent.parent.parent
    return bundle if bundle.suffix == ".app" else program.parent


def resources_of(program: Path) -> Path | None:
    """The folder of samples and starter in the program; None if it is missing."""
    found = folder_of(program).glob("**/resources/starter/model_index.json")
    return next((path.parent.parent for path in found), None)


def size_in_mib(folder: Path) -> float:
    """The size of a folder on disk; links are not counted."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 2**20


def bare_environment(home: Path, display: str = "") -> dict[str, str]:
    """An environment without this Python, the user's files and the network; its language is English."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(PYTHON_VARIABLES)}
    folders = own.get("PATH", os.defpath).split(os.pathsep)
    own["PATH"] = os.pathsep.join(folder for folder in folders if not _is_inside(folder, VENV))
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        own[name] = str(home)
    own["XDG_RUNTIME_DIR"] = str(home / "run")
    for name in ("TMPDIR", "TEMP", "TMP"):
        own[name] = str(home / "temporary")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        own[name] = UNREACHABLE_PROXY
    for name in (
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "XDG_SESSION_TYPE",
        "XDG_CURRENT_DESKTOP",
        "DBUS_SESSION_BUS_ADDRESS",
    ):
        own.pop(name, None)
    own["LC_ALL"] = "C.UTF-8"
    return own | ({"DISPLAY": display} if display else {})


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    output: Path,
    messages: Path | None = None,
    environment: dict[str, str],
    folder: Path,
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a program; on exit it is ended with all its child processes.

    Its output is written to the file `output`, its errors to `messages` if that is given.
    """
    with output.open("wb") as stream, (messages or Path(os.devnull)).open("wb") as errors:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=errors if messages else subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=os.name == "posix",
        )
        try:
            yield process
        finally:
            _end(process)


def rerun_in_venv(script: str, arguments: Sequence[str]) -> int | None:
    """Run the script with `.venv`'s Python and return its exit code; None if this is that Python."""
    if Path(sys.prefix).resolve() == VENV.resolve() or not Path(venv_python()).exists():
        return None
    return subprocess.call([venv_python(), script, *arguments])


def _is_inside(folder: str, parent: Path) -> bool:
    return Path(folder).absolute().is_relative_to(parent)


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        _signal_group(process.pid)
    elif process.poll() is None:
        subprocess.run(["taskkill", "/PID", str(process.pid), "/T", "/F"], capture_output=True)
    process.wait(KILL_TIMEOUT_SECONDS)


def _signal_group(leader: int) -> None:
    """End the remaining processes of a session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
