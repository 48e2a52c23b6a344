"""The Python that builds the program; its packages must be the pinned ones, to make builds repeatable."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from importlib import metadata

from dev import CONSTRAINTS, ROOT

BEYOND_DEPENDENCIES = ("pyinstaller", "rawpy")
"""What the build needs, or puts into the program, that the package itself does not depend on."""
EARLIEST = "1577836800"
"""The time of files in the program where there is no history to take it from: the beginning of 2020."""


class WrongVersions(Exception):
    """Installed packages are others than the pinned ones; the message names them."""


def pinned() -> dict[str, str]:
    """Versions in the constraints file by normalised names."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {_normalised(name): version.split(";")[0].strip() for name, version in pairs}


def differing() -> Iterator[str]:
    """A phrase for each installed package whose version is not the pinned one.

    What follows a plus sign, as in torch's “2.13.0+cpu”, does not count.
    """
    for name, version in pinned().items():
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        if installed.split("+")[0] != version:
            yield f"{name} {installed} instead of {version}"


def check_versions() -> None:
    """Raises `WrongVersions`."""
    if wrong := list(differing()):
        raise WrongVersions(
            f"the build would not be repeatable: {', '.join(wrong)}. Delete .venv, then try again."
        )


def is_complete() -> bool:
    """Whether this Python has what the build needs, in the pinned versions."""
    return all(_is_installed(name) for name in needed()) and not any(differing())


def needed() -> list[str]:
    """Names of all packages without which this Python cannot build the program."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *BEYOND_DEPENDENCIES]


def has_cuda() -> bool:
    """Whether the installed torch computes on NVIDIA's graphics cards."""
    import torch

    return torch.version.cuda is not None


def reproducible() -> dict[str, str]:
    """The environment of PyInstaller, with which two builds of the same commit give the same files."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYINSTALLER_CONFIG_DIR": str(ROOT / "build" / "pyinstaller-cache"),
        "SOURCE_DATE_EPOCH": commit_time(),
        "QT_QPA_PLATFORM": "offscreen",
        "LC_ALL": "C.UTF-8",
    }


def commit_time() -> str:
    """The time of the last commit in seconds since 1970, which files made of it have."""
    asked = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() if asked.returncode == 0 and asked.stdout.strip() else EARLIEST


def _is_installed(name: str) -> bool:
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
