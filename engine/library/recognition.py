"""What family a model is of, told by its weights."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path


def family_of(model: Path) -> str:
    """Name of the model's family. Loads the heavy libraries, but no numbers of the model.

    Raises `ModelNotUsable`, which says what it is, for weights that cannot edit.
    """
    from engine.models.opened import open_model

    with ExitStack() as files:
        found = open_model(model / "unet" if model.is_dir() else model, files).found
    found.require_editor()
    return found.family or ""
