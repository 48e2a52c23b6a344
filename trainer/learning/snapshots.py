"""Light copies of the averaged weights of a run, for comparing its steps: `snapshots/step-N.safetensors`.

They hold what is trained, in float16: of a LoRA run the LoRA only. A run cannot be resumed from them.
"""

from __future__ import annotations

import re
from pathlib import Path

from engine.errors import EngineError
from engine.models.loading import Model

FOLDER = "snapshots"
_NAME = re.compile(r"step-(\d+)\.safetensors")


class SnapshotNotUsable(EngineError):
    """A snapshot is missing, damaged, or of another model."""

    kind = "snapshot"


def saved_snapshots(run: Path) -> dict[int, Path]:
    """Returns the snapshots in the folder of a run by their steps, the earliest first."""
    folder = run / FOLDER
    found = folder.iterdir() if folder.is_dir() else ()
    named = ((_NAME.fullmatch(path.name), path) for path in found)
    return dict(sorted((int(name[1]), path) for name, path in named if name))


def load_snapshot(model: Model, path: Path) -> None:
    """Puts the weights of a snapshot into the start model of its run, in place. Runs no code of the file.

    A LoRA is merged into the weights. Raises `SnapshotNotUsable`; the model is unchanged then.
    """
    raise NotImplementedError
