"""The packaged program: what it is called, where it lies, how big it is, and how it is started alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from dev import ROOT, VENV, venv_python

NAME = "ip2p-desktop"
APP_BUNDLE = "IP2P Desktop.app"
BUILD, DISTRIBUTION = ROOT / "build", ROOT / "dist"
KILL_PATIENCE_SECONDS = 10
PYTHON_VARIABLES = ("PYTHON", "VIRTUAL_ENV", "CONDA", "PIP_", "LD_LIBRARY_PATH", "DYLD_", "QT_", "IP2P_")
"""Beginnings of the names of what would let a program find a Python, or the libraries of one."""
UNREACHABLE_PROXY = "http://127.0.0.1:9"


def built_program() -> Path:
    """Where `build.py` puts the program of this system."""
    if sys.platform == "darwin":
        return DISTRIBUTION / APP_BUNDLE / "Contents" / "MacOS" / NAME
    return DISTRIBUTION / NAME / (f"{NAME}.exe" if os.name == "nt" else NAME)


def folder_of(program: Path) -> Path:
    """Everything that has to be copied for the program to run elsewhere."""
    bundle = program.parent.parent.parent
    return bundle if bundle.suffix == ".app" else program.parent


def resources_of(program: Path) -> Path | None:
    """The samples and the starter in the program, or None if it brings none."""
    found = folder_of(program).glob("**/resources/starter/model_index.json")
    return next((path.parent.parent for path in found), None)


def size_in_mib(folder: Path) -> float:
    """What a folder takes on the disk; links count as nothing."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 2**20


@contextmanager
def empty_home() -> Iterator[Path]:
    """A folder as bare as that of a new user, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="ip2p-", ignore_cleanup_errors=True) as folder:
        home = Path(folder).resolve()
        (home / "run").mkdir(mode=0o700)
        (home / "temporary").mkdir()
        yield home


def bare_environment(home: Path, display: str = "") -> dict[str, str]:
    """The environment without this Python, without the user's files, without a network, in English."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(PYTHON_VARIABLES)}
    folders = own.get("PATH", os.defpath).split(os.pathsep)
    own["PATH"] = os.pathsep.join(folder for folder in folders if not _is_inside(folder, VENV))
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        own[name] = str(home)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        own[name] = str(home / "run")
    for name in ("TMPDIR", "TEMP", "TMP"):
        own[name] = str(home / "temporary")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        own[name] = UNREACHABLE_PROXY
    for name in (
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "XDG_SESSION_TYPE",
        "XDG_CURRENT_DESKTOP",
        "DBUS_SESSION_BUS_ADDRESS",
    ):
        own.pop(name, None)
    own |= {"IP2P_DATA_DIR": str(home / "data"), "LC_ALL": "C.UTF-8"}
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
    """A program that is ended with all its children when this is left, whatever happens.

    What it prints goes into the file `output`, its errors into `messages` if there is such a file.
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
    """Run the script with `.venv`'s Python and return its exit code; None if that is this one already."""
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
    process.wait(KILL_PATIENCE_SECONDS)


def _signal_group(leader: int) -> None:
    """Ends the children of a session that outlived it, too."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
