"""Family and weight sets of a model, from the names and shapes of its tensors.

Both functions load torch, but no tensors of the model. Both raise `ModelNotUsable`, which names the kind of
file, for weights that cannot edit.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from engine.model_options import WeightSet

if TYPE_CHECKING:
    from engine.models.recognition import FileIdentity


def family_of(model: Path) -> str:
    """Name of the model's family."""
    return _editor_in(model).family or ""


def weight_sets_of(model: Path) -> tuple[WeightSet, ...]:
    """The sets of UNet weights in a model."""
    return _editor_in(model).weight_sets


def _editor_in(model: Path) -> FileIdentity:
    from engine.models.open_model import open_model

    with ExitStack() as files:
        found = open_model(model / "unet" if model.is_dir() else model, files).found
    found.require_editor()
    return found
