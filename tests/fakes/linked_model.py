"""A model folder that a test may change, without a copy of its weights."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LARGE = 2**20
"""Bytes from which a file is linked."""


def link_model(model: Path, folder: Path) -> Path:
    """Copy a model folder, but for its large files, which are further names of the same files.

    A test that changes one of them removes it first: what it writes is then a file of its own.
    """
    return Path(shutil.copytree(model, folder, copy_function=_link_or_copy))


def _link_or_copy(source: str, target: str) -> str:
    if Path(source).stat().st_size < LARGE:
        return shutil.copy2(source, target)
    os.link(source, target)
    return target


def times_of_files(model: Path) -> dict[Path, int]:
    """When each file was written last."""
    return {path: path.stat().st_mtime_ns for path in model.rglob("*") if path.is_file()}
