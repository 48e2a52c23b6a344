"""Family and weight sets of a model, from the names and shapes of its tensors.

The functions load torch, but no tensors of the model. They raise `ModelNotUsable`, which names the kind of
file, for weights that cannot edit, or from which no editor can be trained.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class StartWeights:
    """What training can start from."""

    family: str
    is_editor: bool
    """Whether it edits already; a text-to-image model becomes an editor by training."""


def start_weights_of(model: Path) -> StartWeights:
    """The family and kind of a model to train from: an editor, or a text-to-image model."""
    from engine.models.recognition import TRAINABLE, FileKind

    found = _found_in(model)
    found.require(TRAINABLE)
    return StartWeights(found.family or "", found.kind is FileKind.EDITOR)


def _editor_in(model: Path) -> FileIdentity:
    found = _found_in(model)
    found.require_editor()
    return found


def _found_in(model: Path) -> FileIdentity:
    from engine.models.open_model import open_model

    with ExitStack() as files:
        return open_model(model / "unet" if model.is_dir() else model, files).found
