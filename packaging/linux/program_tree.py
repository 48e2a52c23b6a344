"""Copies the packaged program with the permissions and times that packages need."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from linux.packaging_tools import run_tool

ELF = b"\x7fELF"
SCRIPT = b"#!"
READABLE, EXECUTABLE = 0o644, 0o755


def copy_program(bundle: Path, target: Path) -> None:
    """Copy the folder of the program; links stay links. Raises `PackagingFailed` if `chrpath` fails.

    Search paths of the computer that built it are deleted: whoever can write there on another computer could
    put libraries into the program.
    """
    shutil.copytree(bundle, target, symlinks=True)
    for line in _search_paths(target):
        file, _, folders = line.partition(": R")
        if any(folder.startswith("/") for folder in folders.partition("=")[2].split(":")):
            run_tool(["chrpath", "--delete", file])


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


def _search_paths(root: Path) -> list[str]:
    """What `chrpath` says of each program and library; 2 is its exit code if one has no search path."""
    found = list(binaries(root))
    return (
        run_tool(["chrpath", "--keepgoing", "--list", *found], accepted=(0, 2))[0].splitlines()
        if found
        else []
    )


def _is_run(path: Path) -> bool:
    """Whether a file is a program or script, rather than a library or a text with wrong permissions."""
    start = _first_bytes(path)
    has_right = bool(path.stat().st_mode & 0o100)
    return has_right and ".so" not in path.suffixes and (start == ELF or start.startswith(SCRIPT))


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(ELF))
