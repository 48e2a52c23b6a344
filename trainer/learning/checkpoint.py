"""Resumable states of a run: written atomically, found again, pruned."""

from __future__ import annotations

import json
import logging
import math
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.errors import EngineError
from engine.files.atomic import atomic_write, sync_folder
from engine.files.disk_space import free_space, size_text
from engine.files.json_record import VERSION_NAME, JsonRecord
from trainer.protocol.events import WarningRaised, make_warning

log = logging.getLogger(__name__)

STATE_FILE, LOSS_FILE = "state.pt", "validation.json"
VERSION = 1
"""Of the layout of a state and of its loss; one that has none is of the first."""
NEWER = ".newer"
"""Behind the name of a checkpoint that a newer version of the program wrote, once it was set aside."""
SPARE = 64 * 1024**2
"""Bytes that a state takes beside its tensors, and that stay free."""
_NAME = re.compile(r"step-(\d+)")


class CheckpointNotUsable(EngineError):
    """A checkpoint could not be written or read."""

    kind = "checkpoint"


class CheckpointNewer(CheckpointNotUsable):
    """A checkpoint was written by a newer version of the program."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            "checkpoint.newer-version",
            "The checkpoint {checkpoint} was written by a newer version of this program.",
            "Update the program, or choose another exp_manager.exp_dir.",
            checkpoint=path,
        )
        self.path = path


class Checkpoints:
    """The checkpoints of one run folder, newest last. One process writes, any may read."""

    def __init__(self, run: Path, keep: int) -> None:
        """Keeps the newest `keep`, all of them if that is -1, and always the best."""
        self.folder = run / "checkpoints"
        self.keep = keep
        self.warnings: list[WarningRaised] = []
        """About what was set aside."""

    def saved(self) -> list[Path]:
        """Whole ones only."""
        return [path for path in self._folders() if (path / STATE_FILE).is_file()]

    def best(self) -> tuple[Path | None, float]:
        """The one with the lowest validation loss, and that; without any, None and infinity."""
        losses = [(_loss_of(path), path) for path in self.saved()]
        loss, path = min(losses, default=(math.inf, None))
        return (path, loss) if loss < math.inf else (None, math.inf)

    def save(self, state: dict[str, Any], step: int, *, loss: float | None = None) -> Path:
        """Writes the state of a step, with its validation loss if there is one, and drops what is too many.

        Raises `CheckpointNotUsable`; older checkpoints are still there then, and no half of this one.
        """
        target = self.folder / f"step-{step:08d}"
        self._make_room(tensor_bytes(state) + SPARE)
        try:
            target.mkdir(parents=True, exist_ok=True)
            if loss is not None and math.isfinite(loss):
                with atomic_write(target / LOSS_FILE) as temporary:
                    temporary.write_text(json.dumps({VERSION_NAME: VERSION, "loss": loss}), encoding="utf-8")
            with atomic_write(target / STATE_FILE) as temporary, temporary.open("wb") as file:
                torch.save(state, file)
            sync_folder(self.folder)
        except (OSError, RuntimeError) as error:  # torch words a full disk as the latter
            if not (target / STATE_FILE).is_file():
                shutil.rmtree(target, ignore_errors=True)
            raise CheckpointNotUsable(
                "checkpoint.not-written",
                "The checkpoint could not be written to {folder}.",
                "Free some disk space, or choose another folder; earlier checkpoints are kept.",
                folder=self.folder,
            ) from error
        self._prune()
        return target

    def load_newest(self, *, mapped: bool = False) -> dict[str, Any] | None:
        """The newest state that can be read, or None. Runs no code from the file.

        Mapped, it stays on disk until it is used, and must be used up before the next is saved. What a newer
        version of the program wrote is set aside; raises `CheckpointNewer` if there is nothing else.
        """
        newer: list[CheckpointNewer] = []
        for path in reversed(self.saved()):
            try:
                state = load_state(path, mapped=mapped)
            except CheckpointNewer as error:
                newer.append(error)
            except CheckpointNotUsable as error:
                log.warning("Left aside: %s", error.message)
            else:
                self._set_aside(newer, state["step"])
                return state
        if newer:
            raise newer[0]
        return None

    def _set_aside(self, newer: list[CheckpointNewer], step: int) -> None:
        """Renames them, so that they neither count among those to keep nor are removed."""
        for error in newer:
            with suppress(OSError):  # another process of the run was faster
                error.path.rename(error.path.with_name(error.path.name + NEWER))
            self.warnings.append(
                make_warning(
                    "numerics.checkpoint-set-aside",
                    "The checkpoint {checkpoint} was written by a newer version of this program and was set "
                    "aside; the run continues from step {step}.",
                    checkpoint=error.path,
                    step=step,
                )
            )

    def _folders(self) -> list[Path]:
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted(path for path in found if _NAME.fullmatch(path.name))

    def _make_room(self, needed: int) -> None:
        """Drops all but the newest and the best if there is no room beside them.

        Raises `CheckpointNotUsable`.
        """
        if free_space(self.folder) < needed:
            self._drop_all_but(1)
        free = free_space(self.folder)
        if free < needed:
            raise CheckpointNotUsable(
                "checkpoint.disk-space",
                (
                    "There is not enough disk space for a checkpoint in {folder}: {needed} are needed, "
                    "{free} are free."
                ),
                "Free some disk space, or choose another folder; earlier checkpoints are kept.",
                folder=self.folder,
                needed=size_text(needed),
                free=size_text(free),
            )

    def _prune(self) -> None:
        if self.keep != -1:
            self._drop_all_but(self.keep)

    def _drop_all_but(self, newest: int) -> None:
        """Also drops what a killed process left half written."""
        kept = {*self.saved()[-newest:], self.best()[0]}
        for path in self._folders():
            if path not in kept:
                shutil.rmtree(path, ignore_errors=True)


def load_state(path: Path, *, mapped: bool = False) -> dict[str, Any]:
    """The state in a checkpoint's folder or file. Runs no code from it. Raises `CheckpointNotUsable`."""
    file = path / STATE_FILE if path.is_dir() else path
    try:
        found: object = torch.load(file, weights_only=True, map_location="cpu", mmap=mapped)
    except Exception as error:  # torch names no common base for what a damaged file raises
        raise CheckpointNotUsable(
            "checkpoint.damaged",
            "The checkpoint {checkpoint} is missing or damaged.",
            "Choose another checkpoint.",
            checkpoint=path,
        ) from error
    if not isinstance(found, dict) or "step" not in found:
        raise CheckpointNotUsable(
            "checkpoint.not-a-checkpoint",
            "The file {file} is not a checkpoint.",
            "Choose another checkpoint.",
            file=file,
        )
    state: dict[str, Any] = found
    if JsonRecord(state).version > VERSION:
        raise CheckpointNewer(path)
    return state


def tensor_bytes(state: object) -> int:
    """What all tensors in nested dictionaries and lists take."""
    if isinstance(state, Tensor):
        return state.numel() * state.element_size()
    if isinstance(state, dict):
        return sum(map(tensor_bytes, state.values()))
    return sum(map(tensor_bytes, state)) if isinstance(state, list | tuple) else 0


def _loss_of(path: Path) -> float:
    try:
        record = JsonRecord(json.loads((path / LOSS_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return math.inf
    return record.get("loss", math.inf) if record.version <= VERSION else math.inf
