"""Location of the engine's data files, in a checkout and in the packaged program."""

from __future__ import annotations

import sys
from pathlib import Path


def resources_folder() -> Path:
    """The folder `resources`, beside the packages; PyInstaller unpacks it below `sys._MEIPASS`."""
    root: str | None = getattr(sys, "_MEIPASS", None)
    return (Path(root) if root else Path(__file__).resolve().parent.parent) / "resources"
