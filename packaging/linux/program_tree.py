"""Copies the packaged program with the permissions and times that packages need."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

ELF = b"\x7fELF"
READABLE, EXECUTABLE = 0o644, 0o755


def copy_program(bundle: Path, target: Path) -> None:
    """Copy the folder of the program; links stay links."""
    shutil.copytree(bundle, target, symlinks=True)


def set_attributes(root: Path, seconds: int) -> None:
    """Give all files and folders below `root` one time, and permissions that do not depend on who built them.

    Programs and scripts stay executable, libraries are only read.
    """
    for path in [*root.rglob("*"), root]:
        if path.is_symlink():
            os.utime(path, (seconds, seconds), follow_symlinks=False)
            continue
        is_library = ".so" in path.suffixes
        is_run = path.is_dir() or (bool(path.stat().st_mode & 0o100) and not is_library)
        path.chmod(EXECUTABLE if is_run else READABLE)
        os.utime(path, (seconds, seconds))


def binaries(root: Path) -> Iterator[Path]:
    """The programs and libraries below a folder, sorted."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(len(ELF)) == ELF:
                    yield path
