"""Copies the packaged program with the permissions and times that packages need."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from linux.packaging_tools import PackagingFailed, run_tool

ELF = b"\x7fELF"
SCRIPT = b"#!"
READABLE, EXECUTABLE = 0o644, 0o755


def copy_program(bundle: Path, target: Path) -> None:
    """Copy the folder of the program; links stay links. Raises `PackagingFailed` if a tool fails.

    Search paths of the computer that built it are deleted: whoever can write there on another computer could
    put libraries into the program.
    """
    shutil.copytree(bundle, target, symlinks=True)
    for file in _with_absolute_search_path(target):
        run_tool(["chrpath", "--delete", file])
    if left := _with_absolute_search_path(target):
        raise PackagingFailed(f"{left[0]} still has a search path of this computer.")


def set_attributes(root: Path, seconds: int) -> None:
    """Give all files and folders below `root` one time, and permissions that do not depend on who built them.

    Programs and scripts stay executable, libraries are only read.
    """
    for path in [*root.rglob("*"), root]:
        if path.is_symlink():
            os.utime(path, (seconds, seconds), follow_symlinks=False)
            continue
        path.chmod(EXECUTABLE if path.is_dir() or _is_run(path) else READABLE)
        os.utime(path, (seconds, seconds))


def binaries(root: Path) -> Iterator[Path]:
    """The programs and libraries below a folder, sorted."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink() and _first_bytes(path) == ELF:
            yield path


def _with_absolute_search_path(root: Path) -> list[str]:
    """The programs and libraries that look for libraries in a folder outside their own."""
    files = list(binaries(root))
    if not files:
        return []
    found, file = [], str(files[0])  # a single one is not named
    for line in run_tool(["readelf", "--wide", "--dynamic", *files])[0].splitlines():
        file = line.removeprefix("File: ") if line.startswith("File: ") else file
        match = re.search(r"\(R(?:UN)?PATH\).*\[(.*)\]", line)
        if match and any(folder.startswith("/") for folder in match.group(1).split(":")):
            found.append(file)
    return found


def _is_run(path: Path) -> bool:
    """Whether a file is a program or script, rather than a library or a text with wrong permissions."""
    start = _first_bytes(path)
    has_right = bool(path.stat().st_mode & 0o100)
    return has_right and ".so" not in path.suffixes and (start == ELF or start.startswith(SCRIPT))


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(ELF))
